"""What was said, as the record shows it."""

from guards.bacnet.limits import PROTOCOL
from guards.bacnet.npdu import HERE, Station
from guards.bacnet.services import Said
from guards.effects import Direction, Operation, Verdict
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason
from policies.rules import Tier

UNCONFIRMED_CODE, NETWORK_CODE, LINK_CODE = 0x100, 0x200, 0x300
"""Added to the numbers of what is no confirmed service, so that a record's function codes tell them apart."""
SAID_TO_SEVERAL = flaw("said_to_several")


def operation(
    direction: Direction, code: int, said: Said, station: Station = HERE, invoke: int | None = None,
    reason: Reason = UNSAID,
) -> Operation:  # fmt: skip
    """Return what a request or message is, before anybody has judged it."""
    return Operation(
        direction, PROTOCOL, code, said.service.name, said.tier, Verdict.ALLOWED, False, invoke, station.network,
        said.objects, said.contents.values, reason, None, station.route, said.service.is_upload,
    )  # fmt: skip


def heard(
    code: int,
    name: str,
    station: Station,
    direction: Direction = Direction.TO_USER,
    invoke: int | None = None,
    reason: Reason = UNSAID,
) -> Operation:
    """Return what is said without being asked, or in answer to what was: it changes nothing, and is READ."""
    return Operation(
        direction, PROTOCOL, code, name, Tier.READ, Verdict.ALLOWED, True, invoke, station.network,
        reason=reason, route=station.route,
    )  # fmt: skip


def lost(
    direction: Direction,
    reason: Reason,
    verdict: Verdict = Verdict.MALFORMED,
    invoke: int | None = None,
    station: Station = HERE,
) -> Operation:
    """Return what is passed on to nobody and cannot be answered."""
    return Operation(
        direction, PROTOCOL, 0, "datagram", Tier.FIRMWARE, verdict, direction is Direction.TO_USER, invoke,
        station.network, reason=reason, route=station.route,
    )  # fmt: skip
