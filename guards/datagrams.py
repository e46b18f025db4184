"""Datagrams in a stream: each stands behind its length, so that all hops carry, judge and record bytes as ever.

The layout is normative in docs/wire-protocol.md, 6. Guards and decoders of datagram protocols get this stream too, cut
it with ``measure`` (``guards.splitting.Splitter``), and wrap what they reply with ``framed``.
"""

from guards.malformations import flaw
from guards.splitting import INCOMPLETE, FramingFault

HEAD_BYTES = 2
MAX_DATAGRAM_BYTES = 2048
"""Above what any of our protocols sends at once (BACnet/IP 1,497, FINS 2,012), far below what one would fragment."""


def framed(datagram: bytes) -> bytes:
    """Return a datagram as it stands in a stream: two bytes of length, big-endian, then the datagram."""
    return len(datagram).to_bytes(HEAD_BYTES, "big") + datagram


def measure(stream: bytes, at: int) -> int | FramingFault:
    """Return where the datagram that begins at ``at`` ends; see ``guards.splitting.Measure``."""
    if len(stream) - at < HEAD_BYTES:
        return INCOMPLETE
    size = stream[at] << 8 | stream[at + 1]
    if size > MAX_DATAGRAM_BYTES:
        return FramingFault("datagram_too_large", flaw("datagram_too_large", size=size, most=MAX_DATAGRAM_BYTES))
    return at + HEAD_BYTES + size
