"""The built-in types of the binary encoding that every message is laid out in (OPC 10000-6 1.05, 5.2.2)."""

from collections.abc import Callable
from struct import Struct, error
from typing import Any, NamedTuple, TypeVar

from guards.malformations import flaw
from guards.opcua.nodes import NodeId, guid_text, opaque_text
from guards.reasons import Reason

MAX_DEPTH = 16
MAX_IDENTIFIER_BYTES = 4096
NULL = b"\xff\xff\xff\xff"

_T = TypeVar("_T")
_BYTE, _UINT16, _INT32, _UINT32 = Struct("<B"), Struct("<H"), Struct("<i"), Struct("<I")
_INT64, _DOUBLE = Struct("<q"), Struct("<d")
_NUMERIC = Struct("<HI")
_NUMBER_CUT_OFF = flaw("number_beyond")


class LayoutError(Exception):
    """What a peer said is not laid out as it must be. It becomes a value before it leaves the package."""

    def __init__(self, reason: Reason) -> None:
        """Keep the text."""
        super().__init__(reason)
        self.reason = reason


class Extension(NamedTuple):
    """An ExtensionObject: what its body is, how that is encoded (0: none, 1: binary, 2: XML), and the body."""

    type_id: NodeId
    encoding: int
    body: bytes


class Reader:
    """A cursor over one message. Every method raises ``LayoutError`` where the bytes are not what they must be."""

    __slots__ = ("_data", "_depth", "_room", "at")

    def __init__(self, data: bytes, at: int = 0, *, most_elements: int | None = None) -> None:
        """Begin at ``at``; all arrays together may have ``most_elements``."""
        self._data = data
        self._depth = 0
        self._room = len(data) if most_elements is None else most_elements
        self.at = at

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        end = self.at + size
        if not self.at <= end <= len(self._data):
            raise LayoutError(flaw("field_beyond"))
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def number(self, form: Struct) -> int | float | bool:
        """Return the next number of a form."""
        try:
            (value,) = form.unpack_from(self._data, self.at)
        except error:
            raise LayoutError(_NUMBER_CUT_OFF) from None
        self.at += form.size
        found: int | float | bool = value
        return found

    def byte(self) -> int:
        """Return a Byte."""
        at = self.at
        if at >= len(self._data):
            raise LayoutError(_NUMBER_CUT_OFF)
        self.at = at + 1
        return self._data[at]

    def boolean(self) -> bool:
        """Return a Boolean; everything but 0 is true (5.2.2.1)."""
        return self.byte() != 0

    def uint16(self) -> int:
        """Return a UInt16."""
        return int(self.number(_UINT16))

    def int32(self) -> int:
        """Return an Int32, or the number of an enumeration."""
        try:
            found: int = _INT32.unpack_from(self._data, self.at)[0]
        except error:
            raise LayoutError(_NUMBER_CUT_OFF) from None
        self.at += 4
        return found

    def uint32(self) -> int:
        """Return a UInt32 or a StatusCode."""
        try:
            found: int = _UINT32.unpack_from(self._data, self.at)[0]
        except error:
            raise LayoutError(_NUMBER_CUT_OFF) from None
        self.at += 4
        return found

    def int64(self) -> int:
        """Return an Int64 or a DateTime."""
        return int(self.number(_INT64))

    def peek(self, form: Struct) -> tuple[Any, ...] | None:
        """Return what stands here in a form of several fields, without going on; ``None`` where too little is left."""
        return form.unpack_from(self._data, self.at) if len(self._data) - self.at >= form.size else None

    def double(self) -> float:
        """Return a Double."""
        return float(self.number(_DOUBLE))

    def count(self) -> int:
        """Return the length of an array, 0 for a null one; each element takes a byte at least."""
        length = self.int32()
        if length > len(self._data) - self.at:
            raise LayoutError(flaw("array_too_long"))
        if length < -1:
            raise LayoutError(flaw("array_negative"))
        return max(length, 0)

    def array(self, one: Callable[["Reader"], _T]) -> list[_T]:
        """Return an array whose elements ``one`` reads."""
        count = self.count()
        if not count:
            return []
        self._room -= count
        if self._room < 0:
            raise LayoutError(flaw("too_many_elements"))
        return [one(self) for _ in range(count)]

    def numbers(self, form: Struct) -> tuple[int | float | bool, ...]:
        """Return an array of numbers of a form, at once."""
        data = self.take(self.count() * form.size)
        return tuple(value for (value,) in form.iter_unpack(data))

    def blob(self) -> bytes | None:
        """Return a ByteString."""
        length = self.int32()
        if length < -1:
            raise LayoutError(flaw("string_negative"))
        return None if length == -1 else self.take(length)

    def string(self) -> str | None:
        """Return a String."""
        data = self.blob()
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError:
            raise LayoutError(flaw("not_utf8")) from None

    def qualified_name(self) -> str:
        """Return a QualifiedName as ``2:Speed``."""
        namespace = self.uint16()
        return f"{namespace}:{self.string() or ''}"

    def localized_text(self) -> str:
        """Return the text of a LocalizedText."""
        mask = self.byte()
        if mask & ~0x03:
            raise LayoutError(flaw("localized_text"))
        if mask & 0x01:
            self.string()
        return (self.string() or "") if mask & 0x02 else ""

    def node_id(self) -> NodeId:
        """Return a NodeId (5.2.2.9)."""
        return self._node_id(self.byte())

    def expanded_node_id(self) -> NodeId:
        """Return the node of an ExpandedNodeId (5.2.2.10); its namespace's URI and its server are read over."""
        form = self.byte()
        node = self._node_id(form & 0x3F)
        if form & 0x80:
            self.string()
        if form & 0x40:
            self.uint32()
        return node

    def _node_id(self, form: int) -> NodeId:
        if form == 0:
            return NodeId(0, "i", self.byte())
        if form == 1:
            namespace = self.byte()
            return NodeId(namespace, "i", self.uint16())
        if form == 2:
            namespace, identifier = _NUMERIC.unpack(self.take(_NUMERIC.size))
            return NodeId(namespace, "i", identifier)
        namespace = self.uint16()
        if form == 3:
            return NodeId(namespace, "s", self._identifier(self.string() or ""))
        if form == 4:
            return NodeId(namespace, "g", guid_text(self.take(16)))
        if form == 5:
            return NodeId(namespace, "b", self._identifier(opaque_text(self.blob() or b"")))
        raise LayoutError(flaw("node_id_form", form=f"{form:#04x}"))

    def _identifier(self, text: str) -> str:
        # A device that ends strings at a zero byte would touch another node than the one that was judged.
        if "\0" in text or len(text) > MAX_IDENTIFIER_BYTES:
            raise LayoutError(flaw("identifier"))
        return text

    def extension(self) -> Extension:
        """Return an ExtensionObject (5.2.2.15); its body is not looked into."""
        type_id, encoding = self.node_id(), self.byte()
        if encoding > 2:
            raise LayoutError(flaw("extension_object"))
        return Extension(type_id, encoding, (self.blob() or b"") if encoding else b"")

    def diagnostic(self) -> None:
        """Read over a DiagnosticInfo (5.2.2.12)."""
        mask = self.byte()
        if mask & 0x80:
            raise LayoutError(flaw("diagnostics"))
        self.take(4 * (mask & 0x0F).bit_count())
        if mask & 0x10:
            self.string()
        if mask & 0x20:
            self.uint32()
        if mask & 0x40:
            self.nested(Reader.diagnostic)

    def nested(self, one: Callable[["Reader"], _T]) -> _T:
        """Read what may hold more of its own kind, down to 16 levels."""
        if self._depth >= MAX_DEPTH:
            raise LayoutError(flaw("values_nested"))
        self._depth += 1
        try:
            return one(self)
        finally:
            self._depth -= 1

    def since(self, start: int) -> bytes:
        """Return the bytes from ``start`` to here."""
        return self._data[start : self.at]

    def rest(self) -> bytes:
        """Return what is left."""
        return self._data[self.at :]

    def end(self) -> None:
        """Hold that nothing is left: a device might read what we did not."""
        if self.at != len(self._data):
            raise LayoutError(flaw("goes_on"))


def uint32(value: int) -> bytes:
    """Encode a UInt32 or a StatusCode."""
    return _UINT32.pack(value)


def int32(value: int) -> bytes:
    """Encode an Int32."""
    return _INT32.pack(value)


def int64(value: int) -> bytes:
    """Encode an Int64 or a DateTime."""
    return _INT64.pack(value)


def blob(data: bytes | None) -> bytes:
    """Encode a ByteString."""
    return NULL if data is None else _INT32.pack(len(data)) + data


def string(text: str | None) -> bytes:
    """Encode a String."""
    return NULL if text is None else blob(text.encode())


def array(items: list[bytes]) -> bytes:
    """Encode an array of encoded elements."""
    return _INT32.pack(len(items)) + b"".join(items)


def type_id(code: int) -> bytes:
    """Encode the numeric node id of the namespace 0 that stands before each message body."""
    return b"\x01\x00" + _UINT16.pack(code)


def extension(code: int, body: bytes) -> bytes:
    """Encode an ExtensionObject with a binary body."""
    return type_id(code) + b"\x01" + blob(body)
