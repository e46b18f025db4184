"""What an OPC UA server tells of itself: what it was built as, when it started, its state, its namespaces.

OPC 10000-4 1.05, 5.6 (sessions) and 5.11.2 (Read), OPC 10000-5 1.05, 6.3.1 (Server), 12.9 and 12.10 (BuildInfo and
ServerStatus); numbers of nodes from ``NodeIds.csv``. A channel without security and a session of nobody in particular
are enough for it, and what a look has no need of is left out: it has no clock and no certificate.
"""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import pack
from typing import NamedTuple

from guards.look import MAX_FACT_LENGTH, Facts, LookKind, LookStoppedError, Script
from guards.opcua import chunks
from guards.opcua.answers import Answer, read_answer
from guards.opcua.binary import NULL, LayoutError, Reader, array, extension, int32, int64, string, type_id, uint32
from guards.opcua.chunks import Fault
from guards.opcua.endpoints import ANONYMOUS, Endpoint, endpoint
from guards.opcua.inside import NEEDS_SECURITY, OURS, AssetChannel, request_header
from guards.opcua.services import ACTIVATE_SESSION, CLOSE_SESSION, CREATE_SESSION, FAULT, READ, service_of
from guards.opcua.status import Status
from guards.opcua.variants import DataValue
from guards.shortfalls import short
from guards.splitting import Splitter
from policies.rules import Rules

_URL = "opc.tcp://localhost:4840"
"""A server knows its own names, and which of them its client calls is not known here."""
_NAME = "urn:wicketgate:look"
_NO_MOMENT = datetime(1601, 1, 1, tzinfo=UTC)
_LIFETIME_MS = 60_000
_A_MINUTE = pack("<d", 60_000.0)
"""So long the server keeps a session that says nothing, in milliseconds."""
_NO_SESSION = bytes(2)
_CLIENT = 1
_ANONYMOUS_TOKEN = 321
_VALUE, _NO_TIMES = 13, 3
_NO_SIGNATURE = NULL + NULL
_MAX_CHUNKS = 64
_MAX_NAMESPACES = 64
_STATES = (
    "running", "failed", "no configuration", "suspended", "shutdown", "test", "communication fault", "unknown",
)  # fmt: skip
_NAMESPACES, _STATE, _STARTED = 2255, 2259, 2257
_NODES = {
    2261: "product_name",
    2262: "product_uri",
    2263: "manufacturer",
    2264: "software",
    2265: "build",
    2266: "built",
    _STARTED: "started",
    _STATE: "state",
    2254: "servers",
    _NAMESPACES: "namespace",
}
_DATE_TIME = 13
_Asked = Generator[bytes, bytes, tuple[bytes, Answer]]


def script(rules: Rules, facts: Facts) -> Script:  # noqa: ARG001 - one server is at the address, whatever the fence
    """Open a channel and a session, read, and close the session; the channel is closed by the guard."""
    client = _Client()
    yield from client.open()
    created, answer = yield from client.ask(CREATE_SESSION, _NO_SESSION, _create())
    session = _created(created, answer.fields_at)
    yield from client.ask(ACTIVATE_SESSION, session.token, _activate(session))
    _, answer = yield from client.ask(READ, session.token, _read())
    if len(answer.read) != len(_NODES):
        raise LookStoppedError(short("server_said_other"))
    for node, value in zip(_NODES, answer.read, strict=True):
        facts |= _told(node, value)
    yield from client.ask(CLOSE_SESSION, session.token, b"\1")
    return ""


class _Client:
    """One channel without security."""

    def __init__(self) -> None:
        self._channel = AssetChannel()

    def open(self) -> Generator[bytes, bytes, None]:
        """Greet the server and open the channel."""
        limits = chunks.read_acknowledge(_of(chunks.ACKNOWLEDGE, (yield chunks.hello(OURS, _URL))))
        if isinstance(limits, Fault):
            raise LookStoppedError(short("not_understood", problem=limits.reason))
        self._channel.greet(limits)
        opened = self._channel.opened(_of(chunks.OPEN, (yield self._channel.ask(_LIFETIME_MS, _NO_MOMENT))))
        if isinstance(opened, Fault):
            raise LookStoppedError(_unopened(opened))

    def ask(self, code: int, token: bytes, fields: bytes) -> _Asked:
        """Return the whole answer to a request, and what it says."""
        number = self._channel.next_id()
        body = request_header(code, token, number, _NO_MOMENT) + fields
        raw = yield self._channel.put(number, body)
        for _ in range(_MAX_CHUNKS):
            whole = self._channel.take(_of(chunks.MESSAGE, raw))
            if isinstance(whole, Fault):
                raise LookStoppedError(short("not_understood", problem=whole.reason))
            if whole is not None and whole.request_id == number:
                return whole.body, _sound(code, whole.body, whole.abort)
            raw = yield b""
        raise LookStoppedError(short("server_said_other"))


class _Session(NamedTuple):
    token: bytes
    endpoints: list[Endpoint]


def _of(kind: bytes, raw: bytes) -> bytes:
    if raw[:3] == chunks.ERROR:
        status, reason = chunks.read_error(raw)
        raise LookStoppedError(short("server_ended", status=f"{status:08x}", words=reason))
    if raw[:3] != kind:
        raise LookStoppedError(short("server_said_other"))
    return raw


def _sound(code: int, body: bytes, abort: int | None) -> Answer:
    """Return an answer; of what is read, single items may have failed."""
    service = service_of(code)
    answer = read_answer(body, service)
    is_refused = answer.code == FAULT or (answer.exception_code is not None and code != READ)
    if abort is not None or answer.fault or is_refused:
        raise LookStoppedError(_why(service.name, answer, abort))
    return answer


def _why(name: str, answer: Answer, abort: int | None) -> str:
    if answer.result == Status.BAD_POLICY_REJECTED:
        return short("needs_security")
    if answer.fault:
        return short("not_understood", problem=answer.fault)
    return short("service_failed", service=name, status=f"{abort or answer.result:08x}")


def _unopened(fault: Fault) -> str:
    return short("needs_security") if fault.reason == NEEDS_SECURITY else short("not_understood", problem=fault.reason)


def _create() -> bytes:
    described = string(_NAME) + string(_NAME) + b"\0" + int32(_CLIENT) + NULL + NULL + NULL
    timeout = 2 * NULL + _A_MINUTE
    return described + NULL + string(_URL) + string("look") + timeout + uint32(chunks.MAX_RESPONSE_BYTES)


def _created(body: bytes, at: int) -> _Session:
    reader = Reader(body, at)
    try:
        reader.node_id()
        start = reader.at
        reader.node_id()
        token = reader.since(start)
        reader.double()
        reader.blob()
        reader.blob()
        return _Session(token, reader.array(endpoint))
    except LayoutError as wrong:
        raise LookStoppedError(short("not_understood", problem=wrong)) from wrong


def _activate(session: _Session) -> bytes:
    """Sign in as nobody in particular, by the name that the server has for it."""
    plain = [token for one in session.endpoints if one.is_plain for token in one.tokens]
    names = [token.policy_id for token in plain if token.kind == ANONYMOUS]
    if plain and not names:
        raise LookStoppedError(short("needs_name"))
    who = extension(_ANONYMOUS_TOKEN, string(names[0] if names else None))
    return _NO_SIGNATURE + NULL + NULL + who + _NO_SIGNATURE


def _read() -> bytes:
    nodes = [type_id(node) + uint32(_VALUE) + NULL + bytes(2) + NULL for node in _NODES]
    return int64(0) + int32(_NO_TIMES) + array(nodes)


def _told(node: int, value: DataValue) -> Facts:
    name, values = _NODES[node], value.values
    if Answer.is_bad(value.status) or not values:
        return {}
    if node == _NAMESPACES:
        return {f"ns{at}.{name}": _text(one) for at, one in enumerate(values[:_MAX_NAMESPACES]) if at}
    if node == _STATE and isinstance(values[0], int) and 0 <= values[0] < len(_STATES):
        return {name: _STATES[values[0]]}
    if value.variant.kind == _DATE_TIME:
        return {name: _moment(values[0])}
    return {name: _text(", ".join(str(one) for one in values))}


def _moment(ticks: object) -> str:
    """Return a DateTime as people write it; what lies beyond all years as its number."""
    try:
        since = timedelta(microseconds=int(str(ticks)) // 10)
        return (_NO_MOMENT + since).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return _text(ticks)


def _text(value: object) -> str:
    return "".join(each if each.isprintable() else "?" for each in str(value))[:MAX_FACT_LENGTH]


LOOK = LookKind(script, partial(Splitter, chunks.measure_up_to(chunks.MAX_CHUNK_BYTES)))
