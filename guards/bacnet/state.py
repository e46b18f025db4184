"""What both directions of one stream know: open requests, questions of the device, subscriptions."""

from collections.abc import Hashable

from guards.arming import Armed
from guards.bacnet import services
from guards.bacnet.exchange import BacnetExchange, refuse
from guards.bacnet.limits import PROTOCOL
from guards.bacnet.npdu import HERE, Station
from guards.bacnet.services import Said
from guards.bacnet.subscriptions import Subscriptions
from guards.bacnet.values import Values
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Observed, Operation, Reply, Verdict
from policies.rules import Rules, Tier

UNCONFIRMED_CODE, NETWORK_CODE, LINK_CODE = 0x100, 0x200, 0x300
"""Added to the numbers of what is no confirmed service, so that a record's function codes tell them apart."""
MAX_QUESTIONS = 64
MAX_GOOD_BYE_BYTES = 4096


class State:
    """The conversation of one stream."""

    __slots__ = ("_questions", "dialogue", "subscriptions", "values")

    def __init__(
        self, rules: Rules, device_timeout_seconds: float, armed: Armed | None = None, *, needs_values: bool
    ) -> None:
        """Begin with nothing said; ``needs_values``: what objects hold is of interest to the rules."""
        self.dialogue: Dialogue[BacnetExchange] = Dialogue(rules, device_timeout_seconds, refuse, armed)
        self.subscriptions = Subscriptions()
        self.values = Values(is_wanted=needs_values)
        self._questions: dict[Hashable, int] = {}

    def asked_by_device(self, key: Hashable, service: int) -> None:
        """Remember what the device wants to know of the tool; of more than 64 the oldest is forgotten."""
        self._questions.pop(key, None)
        self._questions[key] = service
        if len(self._questions) > MAX_QUESTIONS:
            del self._questions[next(iter(self._questions))]

    def question(self, key: Hashable) -> int | None:
        """Return the service of an open question of the device."""
        return self._questions.get(key)

    def close_question(self, key: Hashable) -> None:
        """Forget a question: it is answered, or taken back."""
        self._questions.pop(key, None)

    def end(self) -> None:
        """Forget everything that is open; what is subscribed can still be taken back."""
        self.dialogue.end()
        self._questions.clear()

    def good_bye(self) -> list[Effect]:
        """Return the last words to the asset."""
        effects: list[Effect] = []
        room = MAX_GOOD_BYE_BYTES
        for service, station, datagram in self.subscriptions.take_back():
            room -= len(datagram)
            if room < 0:
                break
            said = operation(Direction.TO_ASSET, service, services.unread(services.confirmed(service)), station)
            effects += [Observed(said), Reply(Direction.TO_ASSET, datagram)]
        return effects


def operation(
    direction: Direction, code: int, said: Said, station: Station = HERE, invoke: int | None = None
) -> Operation:
    """Return what a request or message is, before anybody has judged it."""
    return Operation(
        direction, PROTOCOL, code, said.service.name, said.tier, Verdict.ALLOWED, False, invoke, station.network,
        said.objects, said.contents.values, "", None, station.route, said.service.is_upload,
    )  # fmt: skip


def heard(
    code: int,
    name: str,
    station: Station,
    direction: Direction = Direction.TO_USER,
    invoke: int | None = None,
    reason: str = "",
) -> Operation:
    """Return what is said without being asked, or in answer to what was: it changes nothing, and is READ."""
    return Operation(
        direction, PROTOCOL, code, name, Tier.READ, Verdict.ALLOWED, True, invoke, station.network,
        reason=reason, route=station.route,
    )  # fmt: skip


def lost(
    direction: Direction,
    reason: str,
    verdict: Verdict = Verdict.MALFORMED,
    invoke: int | None = None,
    station: Station = HERE,
) -> Operation:
    """Return what is passed on to nobody and cannot be answered."""
    return Operation(
        direction, PROTOCOL, 0, "datagram", Tier.FIRMWARE, verdict, direction is Direction.TO_USER, invoke,
        station.network, reason=reason, route=station.route,
    )  # fmt: skip
