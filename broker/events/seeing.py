"""What one person may be told: of each event the topic and those of its ids that they could look up themselves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from broker.cluster.bus import Event
from broker.cluster.topics import Topic
from broker.events.history import Numbered
from broker.events.topics import MOVES, OTHERWISE, SUBJECTS
from broker.http.principal import Permission, Principal


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may know of a thing of some kind: holders of one of the permissions and, with ``own``, whose it is."""

    permissions: tuple[Permission, ...]
    own: bool = False


RULES: dict[str, Rule] = {
    "request": Rule((Permission.REQUESTS_READ_ALL,), own=True),
    "grant": Rule((Permission.REQUESTS_READ_ALL,), own=True),
    "review": Rule((Permission.REQUESTS_READ_ALL,)),
    "session": Rule((Permission.SESSIONS_READ_ALL,), own=True),
    "extension": Rule((Permission.SESSIONS_READ_ALL,), own=True),
    "question": Rule((Permission.SESSIONS_READ_ALL,), own=True),
    "block": Rule((Permission.SESSIONS_READ_ALL,)),
    "drill": Rule((Permission.SESSIONS_READ_ALL,)),
    "lock": Rule((Permission.LOCKS_MANAGE, Permission.SESSIONS_READ_ALL)),
    "recording": Rule((Permission.RECORDINGS_READ,)),
    "sequence": Rule((Permission.AUDIT_READ,)),
    "policy": Rule((Permission.POLICIES_READ,)),
    "agent": Rule((Permission.INVENTORY_READ,)),
    "site": Rule((Permission.INVENTORY_READ,)),
    "asset": Rule((Permission.INVENTORY_READ,)),
    "user": Rule((Permission.PEOPLE_READ,), own=True),
    "group": Rule((Permission.PEOPLE_READ,)),
    "organization": Rule((Permission.PEOPLE_READ,)),
    "login": Rule((Permission.PEOPLE_MANAGE,), own=True),
}
"""The same answers as the routes give that show one thing of this kind. What is not here is told to nobody."""


@dataclass(frozen=True, slots=True)
class Places:
    """The assets and sites that policies open to somebody who may not read the whole inventory."""

    assets: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def __or__(self, other: "Places") -> "Places":
        return Places(self.assets | other.assets, self.sites | other.sites)

    def hold(self, kind: str, thing: str) -> bool:
        """Tell whether this asset or site is among them."""
        return thing in {"asset": self.assets, "site": self.sites}.get(kind, frozenset())


@dataclass(frozen=True, slots=True)
class Told:
    """An event as one person is told it."""

    seq: int
    topic: Topic
    ids: Mapping[str, str]


class Viewer:
    """One person's eyes. ``look`` before the first ``tell``; ``places_of`` reads what policies open to them now."""

    def __init__(self, principal: Principal, places_of: Callable[[Principal], Awaitable[Places]]) -> None:
        self._principal = principal
        self._places_of = places_of
        self._sees_everywhere = principal.may(Permission.INVENTORY_READ)
        self._places = Places()

    async def look(self) -> None:
        """Learn where this person may look."""
        if not self._sees_everywhere:
            self._places = await self._places_of(self._principal)

    async def tell(self, events: Sequence[Numbered], *, was_away: bool = False) -> list[Told]:
        """Return what this person may know of these events, in order.

        Of an asset that came into sight, or went out of it, they are told without its id that there is a change; also
        when they were away while it may have happened. That comes first and bears the number before these events: who
        is cut off behind it hears it again.
        """
        before = self._places
        moves = self.may_move(events)
        if moves:
            await self.look()
        in_sight = before | self._places
        told = [one for seq, event in events if (one := self._judged(seq, event, in_sight)) is not None]
        if moves and (was_away or before != self._places):
            seq = events[0].seq - 1
            return [Told(seq, "asset.changed", {}), Told(seq, "site.changed", {}), *told]
        return told

    def may_move(self, events: Sequence[Numbered]) -> bool:
        """Tell whether these events may change where this person may look, which takes a look to find out."""
        return not self._sees_everywhere and any(self._moves(event) for _, event in events)

    def _moves(self, event: Event) -> bool:
        return event.topic in MOVES and event.ids.get("user") in (None, self._principal.user_id)

    def _judged(self, seq: int, event: Event, in_sight: Places) -> Told | None:
        topic = cast("Topic", event.topic)
        ids = {kind: thing for kind, thing in event.ids.items() if self._sees(kind, thing, event, in_sight)}
        if SUBJECTS[topic] in ids:
            return Told(seq, topic, ids)
        other = OTHERWISE.get(topic)
        return Told(seq, other, ids) if other is not None and SUBJECTS[other] in ids else None

    def _sees(self, kind: str, thing: str, event: Event, in_sight: Places) -> bool:
        rule = RULES.get(kind)
        if rule is None:
            return False
        is_own = rule.own and event.ids.get("user") == self._principal.user_id
        return is_own or any(map(self._principal.may, rule.permissions)) or in_sight.hold(kind, thing)
