"""EtherNet/IP traffic for tests: guards with rules in one line, what they do, strategies."""

from hypothesis import strategies as st

from guards.effects import Ask, Cut, Direction, Effect, Forward, Observed, Operation, Reply
from guards.enip.guard import EnipGuard
from policies.rules import Rules, Tier
from tests.unit.guards.enip import cip

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
THERE, BACK = 0x11110000, 0x58000000
SLOT_0, SLOT_1 = cip.path(("port", 0)), cip.path(("port", 1))
CONTROLLER = cip.path(("class", 0x8E), ("instance", 1))
IDENTITY = cip.path(("class", 1), ("instance", 1))
STOP = cip.request(0x07, CONTROLLER)
READ, WRITE = cip.read_tag("Speed"), cip.write_int("Speed", 7)


def guard(*tiers: str, **fields: object) -> EnipGuard:
    rules = Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})
    return EnipGuard(rules, device_timeout_seconds=30.0)


def ask(inspector: EnipGuard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_ASSET, data, now)


def answer(inspector: EnipGuard, data: bytes, now: float = NOW) -> list[Effect]:
    return inspector.receive(Direction.TO_USER, data, now)


def registered(*tiers: str, **fields: object) -> EnipGuard:
    """A guard in whose stream a session is open."""
    inspector = guard(*tiers, **fields)
    ask(inspector, cip.REGISTER)
    answer(inspector, cip.REGISTERED)
    return inspector


def connected(*tiers: str, to: bytes = cip.ROUTER, **fields: object) -> EnipGuard:
    """A guard in whose stream a connection for requests is open, too."""
    inspector = registered(*tiers, **fields)
    assert opens(inspector, THERE, BACK, to)
    return inspector


def opens(
    inspector: EnipGuard, there: int, back: int, to: bytes = cip.ROUTER, serials: bytes = cip.SERIALS, now: float = NOW
) -> bool:
    passed = bool(forwarded(ask(inspector, cip.unconnected(cip.forward_open(to, serials=serials)), now)))
    if passed:
        answer(inspector, cip.unconnected(cip.opened(there, back, serials)), now)
    return passed


def does(inspector: EnipGuard, request: bytes, response: bytes, now: float = NOW) -> bool:
    """Ask outside connections, let the device answer if it was asked, and tell whether it was."""
    passed = bool(forwarded(ask(inspector, cip.unconnected(request), now)))
    if passed:
        answer(inspector, cip.unconnected(response), now)
    return passed


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


# --- strategies

_names = st.sampled_from(["Speed", "Motor.Speed", "Levels[2]", "Levels[0]"])
_tags = st.one_of(
    st.builds(cip.read_tag, _names, st.integers(0, 3)), st.builds(cip.write_int, _names, st.integers(0, 9))
)
_paths = st.lists(
    st.tuples(
        st.sampled_from(["class", "instance", "attribute", "member", "point", "port"]),
        st.sampled_from([0, 1, 2, 4, 6, 0x67, 0x6B, 0x8E, 0xA1]),
    ),
    max_size=4,
).map(lambda segments: cip.path(*segments))
_objects = st.builds(
    cip.request,
    st.sampled_from([1, 2, 3, 5, 0x0A, 0x0E, 0x10, 0x4B, 0x4C, 0x4E, 0x52, 0x54]),
    _paths,
    st.binary(max_size=12),
)
_pccc = st.builds(
    lambda function, rest: cip.pccc(b"\x0f\0\1\0" + bytes([function]) + rest),
    st.sampled_from([0xA2, 0xAA, 0xAB, 0x80, 0xEE]),
    st.binary(max_size=10),
)
_serials = st.sampled_from([cip.SERIALS, bytes(8)])
_linking = st.one_of(
    st.builds(
        cip.forward_open,
        st.sampled_from([cip.ROUTER, SLOT_0 + cip.ROUTER, IDENTITY]),
        st.sampled_from([0xA3, 0x01]),
        _serials,
        large=st.booleans(),
    ),
    st.builds(cip.forward_close, st.sampled_from([cip.ROUTER, SLOT_0 + cip.ROUTER]), _serials),
)
_leaves = st.one_of(_tags, _objects, _pccc, _linking)
requests = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda each: cip.several(*each)),
        st.builds(cip.sent_on, inner, st.sampled_from([SLOT_0, SLOT_1, b""])),
    ),
    max_leaves=4,
)
_answers = st.one_of(
    st.builds(
        cip.reply,
        st.sampled_from([0x0A, 0x0E, 0x4C, 0x4D, 0x54]),
        st.sampled_from([0, 6, 0x1E]),
        st.binary(max_size=12),
    ),
    st.builds(cip.opened, st.sampled_from([THERE, BACK]), st.sampled_from([THERE, BACK]), _serials),
    st.builds(lambda each: cip.answered(*each), st.lists(st.just(cip.told(3)), max_size=3)),
    st.just(cip.told(3)),
)
_said = st.one_of(requests, requests, _answers)
_contexts = st.sampled_from([bytes(8), b"another."])
_sessions = st.sampled_from([cip.SESSION, cip.SESSION, cip.SESSION, 7])
_carried = st.one_of(
    st.builds(cip.unconnected, _said, _contexts, _sessions),
    st.builds(cip.connected, _said, st.sampled_from([THERE, BACK]), st.integers(1, 2), _sessions),
)
_commands = st.sampled_from(
    [
        cip.REGISTER,
        cip.REGISTERED,
        cip.LIST_IDENTITY,
        cip.NOP,
        cip.UNREGISTER,
        cip.message(0x77),
        cip.message(0x6F, b"\1"),
    ]
)
messages = st.one_of(_carried, _carried, _carried, _commands)
bursts = st.lists(st.one_of(messages, st.binary(max_size=40)), max_size=4).map(b"".join)
sound = st.lists(messages, max_size=4).map(b"".join)
steps = st.lists(st.tuples(st.sampled_from(Direction), st.one_of(sound, sound, sound, bursts)), max_size=8)
