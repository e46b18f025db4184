"""How a stream takes leave of its device: connections are closed, then the session is unregistered.

The CIP Networks Library, Volume 1, 3-5.5.3 (Forward Close); Volume 2, 2-4.5 (UnRegisterSession).
"""

from collections.abc import Iterable

from guards.effects import Direction, Effect, Observed, Operation, Reply, Verdict
from guards.enip import encapsulation
from guards.enip.contents import Link
from guards.enip.encapsulation import COMMANDS, UNREGISTER_SESSION
from guards.enip.limits import PROTOCOL
from guards.enip.services import CONNECTION_MANAGER, FORWARD_CLOSE, TICKS
from policies.rules import Tier

MAX_BYTES = 4096
"""How much may be said at the end; connections beyond that time out at the device."""
_TO_MANAGER = bytes([FORWARD_CLOSE, 2, 0x20, CONNECTION_MANAGER, 0x24, 1])
_TO_ASSET, _ALLOWED = Direction.TO_ASSET, Verdict.ALLOWED


def words(session: int, links: Iterable[Link]) -> list[Effect]:
    """Return the good-bye of a session with these connections."""
    last = encapsulation.message(UNREGISTER_SESSION, session)
    room = MAX_BYTES - len(last)
    effects: list[Effect] = []
    for number, link in enumerate(links):
        closing = _close(session, number, link)
        if len(closing) > room:
            break
        room -= len(closing)
        about = Operation(
            _TO_ASSET,
            PROTOCOL,
            FORWARD_CLOSE,
            "forward_close",
            Tier.READ,
            _ALLOWED,
            objects=("class6 1",),
            route=link.route,
        )
        effects += [Observed(about), Reply(_TO_ASSET, closing)]
    leaving = Operation(_TO_ASSET, PROTOCOL, UNREGISTER_SESSION, COMMANDS[UNREGISTER_SESSION], Tier.READ, _ALLOWED)
    return [*effects, Observed(leaving), Reply(_TO_ASSET, last)]


def _close(session: int, number: int, link: Link) -> bytes:
    path = bytes([len(link.path) // 2, 0]) + link.path
    return encapsulation.unconnected(session, number.to_bytes(8, "little"), _TO_MANAGER + TICKS + link.serials + path)
