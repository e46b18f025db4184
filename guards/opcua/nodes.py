"""Node ids, and how policies and people write them (OPC 10000-6 1.05, 5.1.12 and 5.2.2.9)."""

from base64 import b64encode
from typing import NamedTuple


class NodeId(NamedTuple):
    """One node: namespace, kind (``i``, ``s``, ``g``, ``b``), and the identifier, written as text but for numbers."""

    namespace: int
    kind: str
    identifier: int | str

    def __str__(self) -> str:
        """Return it as ``ns=2;s=Pump1``; the namespace 0 is left out: ``i=2258``."""
        where = f"ns={self.namespace};" if self.namespace else ""
        return f"{where}{self.kind}={self.identifier}"

    @property
    def standard(self) -> int | None:
        """The number of a node that the OPC Foundation numbers (namespace 0), ``None`` for all others."""
        if self.namespace or not isinstance(self.identifier, int):
            return None
        return self.identifier


def guid_text(data: bytes) -> str:
    """Return 16 bytes of a Guid as text, in small letters (5.2.2.6: the first three fields come low byte first)."""
    text = (data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def opaque_text(data: bytes) -> str:
    """Return an opaque identifier as text: base64."""
    return b64encode(data).decode()
