"""OPC UA traffic for tests: a tool and a device, each one end of a channel without security, and messages by hand."""

import struct
from collections.abc import Sequence

from hypothesis import strategies as st

from guards.effects import Ask, Cut, Direction, Effect, Observed, Operation, Reply
from guards.material import GuardMaterial
from guards.opcua.guard import OpcUaGuard
from policies.rules import Rules, Tier
from tests.unit.guards.material import MATERIAL

NOW = 100.0
ALL = ("read", "operate", "program", "firmware")
URL = "opc.tcp://127.0.0.1:4840/"
NULL = b"\xff\xff\xff\xff"
NONE_URI = "http://opcfoundation.org/UA/SecurityPolicy#None"
CHANNEL, TOKEN, TOOLS_TOKEN = 7, 9, 1
TO_ASSET, TO_USER = Direction.TO_ASSET, Direction.TO_USER


# --- fields


def u32(value: int) -> bytes:
    return struct.pack("<I", value)


def text(value: str) -> bytes:
    return u32(len(value.encode())) + value.encode()


def array(*items: bytes) -> bytes:
    return u32(len(items)) + b"".join(items)


def node(name: str = "Pump", namespace: int = 2) -> bytes:
    return b"\x03" + struct.pack("<H", namespace) + text(name)


def number(identifier: int, namespace: int = 0) -> bytes:
    return b"\x01" + struct.pack("<BH", namespace, identifier)


def double(value: float) -> bytes:
    return b"\x0b" + struct.pack("<d", value)


def value_of(variant: bytes) -> bytes:
    return b"\x01" + variant


# --- chunks


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + u32(8 + len(body)) + body


def hello(url: str = URL, size: int = 65535) -> bytes:
    return chunk(b"HELF", u32(0) + u32(size) * 2 + u32(0) * 2 + text(url))


ACKNOWLEDGE = chunk(b"ACKF", u32(0) + u32(65535) * 2 + u32(0) * 2)


def message(
    body: bytes,
    request_id: int,
    sequence: int,
    *,
    token: int = TOOLS_TOKEN,
    kind: bytes = b"MSGF",
    channel: int = CHANNEL,
) -> bytes:
    return chunk(kind, u32(channel) + u32(token) + u32(sequence) + u32(request_id) + body)


def opening(body: bytes, request_id: int, sequence: int, channel: int = 0, uri: str = NONE_URI) -> bytes:
    return chunk(b"OPNF", u32(channel) + text(uri) + NULL + NULL + u32(sequence) + u32(request_id) + body)


# --- messages


def request(code: int, fields: bytes, handle: int = 5, session: bytes = b"\x00\x00") -> bytes:
    return number(code) + session + bytes(8) + u32(handle) + u32(0) + NULL + u32(0) + bytes(3) + fields


def response(code: int, fields: bytes = b"", status: int = 0, handle: int = 5) -> bytes:
    return number(code) + bytes(8) + u32(handle) + u32(status) + b"\0" + NULL + bytes(3) + fields


OPEN = request(446, u32(0) + u32(0) + u32(1) + NULL + u32(60_000))
RENEW = request(446, u32(0) + u32(1) + u32(1) + NULL + u32(60_000))
OPENED = response(449, u32(0) + u32(CHANNEL) + u32(TOKEN) + bytes(8) + u32(60_000) + NULL)
CLOSE = request(452, b"")


def read(*nodes: bytes, attribute: int = 13) -> bytes:
    items = [one + u32(attribute) + NULL + b"\0\0" + NULL for one in nodes or (node(),)]
    return request(631, bytes(8) + u32(3) + array(*items))


def answer_read(*values: bytes) -> bytes:
    return response(634, array(*(value_of(value) for value in values)) + NULL)


def write(*pairs: tuple[bytes, bytes], attribute: int = 13) -> bytes:
    items = [one + u32(attribute) + NULL + value_of(value) for one, value in pairs or ((node(), double(5.0)),)]
    return request(673, array(*items))


def answer_write(*statuses: int) -> bytes:
    return response(676, array(*map(u32, statuses)) + NULL)


def call(owner: bytes, method: bytes, *arguments: bytes) -> bytes:
    return request(712, array(owner + method + array(*arguments)))


PUBLISH = request(826, array())
READ, WRITE = read(), write()
APPLICATION = NULL + NULL + b"\0" + u32(1) + NULL + NULL + NULL
CREATE_SESSION = request(461, APPLICATION + NULL + text(URL) + NULL + NULL + NULL + bytes(8) + u32(0))
SESSION = number(44, 1)
CREATED = response(464, number(43, 1) + SESSION + bytes(8) + NULL + NULL + NULL + NULL + NULL + NULL + u32(0))
CLOSE_SESSION = request(473, b"\x01", session=SESSION)


# --- a conversation


def rules(*tiers: str, **fields: object) -> Rules:
    return Rules.model_validate({"tiers": frozenset(Tier(tier) for tier in tiers), **fields})


def guard(*tiers: str, material: GuardMaterial = MATERIAL, **fields: object) -> OpcUaGuard:
    return OpcUaGuard(rules(*tiers, **fields), device_timeout_seconds=30.0, material=material)


class Talk:
    """Both ends of an open connection through one guard. ``asked`` are the chunks that reached the device."""

    def __init__(self, *tiers: str, **fields: object) -> None:
        self.guard = guard(*tiers, **fields)
        self.users, self.assets = 2, 2
        self.number = 2
        self.asked: list[bytes] = []
        for way, data in BEGINNING:
            self.tell(way, data)
        self.asked.clear()

    def tell(self, way: Direction, data: bytes, now: float = NOW) -> list[Effect]:
        effects = self.guard.receive(way, data, now)
        self.asked += chunks_of(effects, TO_ASSET)
        return effects

    def ask(self, body: bytes, *, kind: bytes = b"MSGF", now: float = NOW) -> list[Effect]:
        """Say a message as the tool does."""
        self.users, self.number = self.users + 1, self.number + 1
        return self.tell(TO_ASSET, message(body, self.number, self.users - 1, kind=kind), now)

    def answer(self, body: bytes, *, to: int | None = None, kind: bytes = b"MSGF", now: float = NOW) -> list[Effect]:
        """Say a message as the device does: to the newest request that it got, if not another is meant."""
        self.assets += 1
        newest = struct.unpack_from("<I", self.asked[-1], 20)[0] if to is None else to
        return self.tell(TO_USER, message(body, newest, self.assets - 1, token=TOKEN, kind=kind), now)


BEGINNING: Sequence[tuple[Direction, bytes]] = (
    (TO_ASSET, hello()),
    (TO_USER, ACKNOWLEDGE),
    (TO_ASSET, opening(OPEN, 1, 1)),
    (TO_USER, opening(OPENED, 1, 1, CHANNEL)),
)


def chunks_of(effects: list[Effect], way: Direction) -> list[bytes]:
    """Return the chunks that were said one way."""
    said = b"".join(effect.data for effect in effects if isinstance(effect, Reply) and effect.direction is way)
    found: list[bytes] = []
    while said:
        size = struct.unpack_from("<I", said, 4)[0]
        found, said = [*found, said[:size]], said[size:]
    return found


def bodies(effects: list[Effect], way: Direction) -> list[bytes]:
    """Return what is in the MSG chunks that were said one way."""
    return [one[24:] for one in chunks_of(effects, way) if one[:3] in {b"MSG", b"CLO"}]


def operations(effects: list[Effect]) -> list[Operation]:
    return [effect.operation for effect in effects if isinstance(effect, Observed)]


def verdicts(effects: list[Effect]) -> list[str]:
    return [operation.verdict.value for operation in operations(effects)]


def cuts(effects: list[Effect]) -> list[str]:
    return [effect.code for effect in effects if isinstance(effect, Cut)]


def asks(effects: list[Effect]) -> list[bytes]:
    return [effect.fingerprint for effect in effects if isinstance(effect, Ask)]


def statuses(effects: list[Effect]) -> list[int]:
    """Return the status codes in answers of the guard: of the service, then of its items, as far as they are plain."""
    found: list[int] = []
    for body in bodies(effects, TO_USER):
        code, status = struct.unpack_from("<H", body, 2)[0], struct.unpack_from("<I", body, 16)[0]
        found.append(status)
        if code == 676:
            count = struct.unpack_from("<I", body, 28)[0]
            found += struct.unpack_from(f"<{count}I", body, 32)
    return found


# --- strategies

messages = st.one_of(
    st.sampled_from(
        [READ, WRITE, PUBLISH, CREATE_SESSION, CLOSE_SESSION, read(number(2258)), write((node("Valve"), double(1.0)))]
    ),
    st.builds(request, st.integers(0, 0xFFFF), st.binary(max_size=60)),
    st.builds(lambda body, at: body[:at], st.sampled_from([READ, WRITE, CREATE_SESSION]), st.integers(0, 60)),
    st.binary(max_size=80),
)
answers = st.one_of(
    st.sampled_from([answer_read(double(1.0)), answer_write(0), CREATED, response(397, status=0x80010000)]),
    st.builds(response, st.integers(0, 0xFFFF), st.binary(max_size=60), st.sampled_from([0, 0x80010000])),
    st.binary(max_size=80),
)
_kinds = st.sampled_from([b"MSGF", b"MSGF", b"MSGF", b"MSGC", b"MSGA", b"CLOF"])


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[Direction, bytes]]:
    """A connection that opens, or does not quite, and then goes on with sound, broken and random messages."""
    said = list(BEGINNING[: draw(st.sampled_from([4, 4, 4, 4, 3, 2, 1, 0]))])
    users = assets = 2
    for _ in range(draw(st.integers(0, 8))):
        match draw(st.integers(0, 9)):
            case 0:
                said.append((draw(st.sampled_from(Direction)), draw(st.binary(max_size=60))))
            case 1:
                said.append((TO_ASSET, opening(RENEW, users, users, CHANNEL)))
                users += 1
            case n if n < 6:
                said.append((TO_ASSET, message(draw(messages), draw(st.integers(1, 9)), users, kind=draw(_kinds))))
                users += 1
            case _:
                body = draw(answers)
                said.append((TO_USER, message(body, draw(st.integers(1, 6)), assets, token=TOKEN, kind=draw(_kinds))))
                assets += 1
    return said
