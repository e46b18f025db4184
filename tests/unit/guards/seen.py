"""What guards answered, by kind."""

from guards.effects import Ask, Cut, Direction, Effect, Forward, Guard, Observed, Operation, Reply
from policies.rules import Rules, Tier

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def ask(inspector: Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_ASSET, data, now)


def answer(inspector: Guard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_USER, data, now)


def forwarded(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward)]


def replies(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Reply)]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def asks(effects: list[Effect]) -> list[Ask]:
    return [effect for effect in effects if isinstance(effect, Ask)]
