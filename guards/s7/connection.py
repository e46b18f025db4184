"""The transport connection of one stream: who is called, whether that is allowed, and how leave is taken."""

from enum import Enum, auto

from guards.reasons import why
from guards.refusal import Cause, Refusal, denied
from guards.s7.cotp import USUAL_TPDU_BYTES, Connect, disconnect_request
from guards.s7.plus import Purpose
from policies.routes import DIRECT

_ROOT = b"SIMATIC-ROOT-"


class State(Enum):
    """How far the connection is. ``UNSEEN``: nothing was said yet, or the stream was joined in its middle."""

    UNSEEN = auto()
    ASKED = auto()
    OPEN = auto()
    CLOSED = auto()


class Connection:
    """One connection at a time, by the rules of class 0; ``route`` is the rack and slot that it leads to."""

    __slots__ = ("_asset", "_fence", "_user", "purpose", "route", "state", "tpdu_bytes")

    def __init__(self, fence: frozenset[str] | None) -> None:
        """Begin with nothing said; ``fence`` are the routes that may be taken, ``None`` for all."""
        self._fence = fence
        self._user = self._asset = 0
        self.state = State.UNSEEN
        self.purpose = Purpose.UNKNOWN
        self.route = ""
        self.tpdu_bytes = USUAL_TPDU_BYTES

    def ask(self, request: Connect) -> Refusal | None:
        """Take a connection request; return why its address may not be called."""
        self._user = request.source
        self.route, self.purpose = _called(request)
        return self.judge_route()

    def judge_route(self) -> Refusal | None:
        """Return the refusal of what goes to this address; where none is known, no fence has it."""
        if self._fence is None or self.route in self._fence:
            return None
        where = why("station_outside", station=self.route) if self.route else why("no_station_outside")
        return denied(Cause.FENCE, where)

    def confirm(self, confirm: Connect) -> None:
        """Take the asset's word that the connection is there."""
        self._asset = confirm.source
        self.state = State.OPEN
        self.tpdu_bytes = confirm.tpdu_bytes or USUAL_TPDU_BYTES

    def dismiss(self, reason: int) -> bytes:
        """Return what tells the tool that it has no connection."""
        return disconnect_request(self._user, self._asset, reason)

    def good_bye(self) -> bytes | None:
        """Return what tells the asset that the connection ends, if there is one that nobody took leave of."""
        if self.state is not State.OPEN:
            return None
        self.state = State.CLOSED
        return disconnect_request(self._asset, self._user)


def _called(request: Connect) -> tuple[str, Purpose]:
    """Return route and purpose of the TSAP that is called; a route that no fence can name is spelled out.

    A TSAP of two bytes has rack (3 bits) and slot (5 bits) in the second. Parameters beyond class 0 are how a request
    is led on into another subnet.
    """
    called = request.called
    name = f"tsap {(called or b'').hex()}".rstrip()
    if not request.is_plain:
        return f"{name} and on", Purpose.CLASSIC
    if called is None:
        return DIRECT, Purpose.CLASSIC
    if called.startswith(_ROOT):
        return DIRECT, _purpose(called.removeprefix(_ROOT))
    if len(called) == 2:
        return f"{called[1] >> 5}/{called[1] & 31}", Purpose.CLASSIC
    return name, Purpose.CLASSIC


def _purpose(suffix: bytes) -> Purpose:
    if suffix == b"HMI":
        return Purpose.HMI
    return Purpose.ENGINEERING if suffix in {b"ES", b"ESL"} else Purpose.UNKNOWN
