"""The guard of SLMP over UDP: each datagram is a whole frame.

Mitsubishi Electric, SLMP Reference Manual (SH(NA)-080956ENG), chapter 4. A datagram that is not exactly one frame is
dropped and recorded, and frames of either code may follow each other: nothing of one is read as part of another.
"""

from guards.arming import Armed
from guards.datagram_guard import DatagramGuard
from guards.datagrams import framed
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason
from guards.registers.contents import Head, Heard
from guards.registers.conversation import Conversation
from guards.slmp.codec import SlmpCodec
from guards.slmp.frames import measure
from guards.splitting import FramingFault
from policies.rules import Rules


class SlmpDatagrams(SlmpCodec):
    """Reads and answers datagrams, of which only a whole frame makes sense."""

    def head(self, message: bytes) -> Head | Reason:
        """See ``Codec``."""
        return _fault(message) or super().head(message)

    def heard(self, message: bytes) -> Heard | Reason:
        """See ``Codec``."""
        return _fault(message) or super().heard(message)


class SlmpUdpGuard(DatagramGuard):
    """The inspector of one stream of SLMP over UDP; sans I/O, on the caller's clock."""

    __slots__ = ()

    def __init__(self, rules: Rules, *, device_timeout_seconds: float = 30.0, armed: Armed | None = None) -> None:
        """Compile ``rules``; a device that is silent for ``device_timeout_seconds`` is answered for with CF71."""
        super().__init__(
            Conversation(SlmpDatagrams(), rules, device_timeout_seconds, armed, wrap=framed, is_datagrams=True)
        )


def _fault(datagram: bytes) -> Reason:
    """Return why a datagram is not one frame; empty if it is."""
    end = measure(datagram, 0) if datagram else 0
    if isinstance(end, FramingFault):
        return end.reason
    return UNSAID if end == len(datagram) and datagram else flaw("not_one_frame", size=len(datagram))
