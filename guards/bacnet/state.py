"""What both directions of one stream know: open requests, questions of the device, subscriptions."""

from collections.abc import Hashable

from guards.arming import Armed
from guards.bacnet import services
from guards.bacnet.before import Befores
from guards.bacnet.exchange import BacnetExchange, refuse
from guards.bacnet.judge import Judge
from guards.bacnet.limits import Limits
from guards.bacnet.operations import operation
from guards.bacnet.subscriptions import Subscriptions
from guards.bacnet.values import Values
from guards.dialogue import Dialogue
from guards.effects import Direction, Effect, Observed, Reply
from guards.rate import RateLimit
from policies.rules import Rules

MAX_QUESTIONS = 64
MAX_GOOD_BYE_BYTES = 4096


class State:
    """The conversation of one stream."""

    __slots__ = ("_questions", "befores", "dialogue", "judge", "subscriptions", "values")

    def __init__(
        self, rules: Rules, limits: Limits, device_timeout_seconds: float, armed: Armed | None = None,
        interrogations: RateLimit | None = None,
    ) -> None:  # fmt: skip
        """Begin with nothing said."""
        self.values = Values(is_wanted=limits.needs_values)
        self.judge = Judge(limits, self.values)
        self.befores = Befores(rules, self.judge)
        self.dialogue: Dialogue[BacnetExchange] = Dialogue(
            rules, device_timeout_seconds, refuse, armed, self.befores, interrogations
        )
        self.subscriptions = Subscriptions()
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
