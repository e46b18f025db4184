"""S7comm-plus, as far as a filter can hold it: what a connection is for, and the functions that it shows in the clear.

There is no public specification; layouts are those of the Wireshark plugin by T. Wiens and of the captures. What a
connection is for stands in its TSAP (``SIMATIC-ROOT-HMI`` or ``-ES``). From version 3 on messages are signed, so that
none can be answered for the device: a refusal ends the connection.
"""

from enum import Enum
from typing import NamedTuple

from guards.decoding import Unanswered
from guards.dialogue import Cause, Refusal, denied
from guards.s7.limits import Limits
from policies.rules import Tier

PROTOCOL_ID = 0x72
REQUEST, RESPONSE, NOTIFICATION = 0x31, 0x32, 0x33
CREATE_OBJECT, DELETE_OBJECT, SET_VARIABLE, SET_VARIABLES, INIT_SSL = 0x04CA, 0x04D4, 0x04F2, 0x0542, 0x05B3
SESSIONS = 285
"""The object in which a tool creates its session."""
MAX_OWN_OBJECTS = 256
_WITH_DIGEST = 3
_TARGET = slice(14, 18)
_NARROWED = "objects are narrowed, and S7comm-plus cannot be held to that"

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

FUNCTIONS = {
    0x04BB: ("explore", _READ),
    CREATE_OBJECT: ("create_object", _PROGRAM),
    DELETE_OBJECT: ("delete_object", _PROGRAM),
    SET_VARIABLE: ("set_variable", _OPERATE),
    0x04FC: ("get_variable", _READ),
    0x0506: ("add_link", _PROGRAM),
    0x051A: ("remove_link", _PROGRAM),
    0x0524: ("get_link", _READ),
    SET_VARIABLES: ("set_multi_variables", _OPERATE),
    0x054C: ("get_multi_variables", _READ),
    0x0556: ("begin_sequence", _READ),
    0x0560: ("end_sequence", _READ),
    0x056B: ("invoke", _OPERATE),
    0x057C: ("set_var_sub_streamed", _PROGRAM),
    0x0586: ("get_var_sub_streamed", _READ),
    0x0590: ("get_variables_address", _READ),
    0x059A: ("abort", _READ),
    INIT_SSL: ("init_ssl", _OPERATE),
}
_CHANGING = frozenset({CREATE_OBJECT, DELETE_OBJECT, SET_VARIABLE, SET_VARIABLES})


class Purpose(Enum):
    """What a connection is for, by the TSAP that it asks for."""

    CLASSIC = "classic"
    HMI = "hmi"
    ENGINEERING = "engineering"
    UNKNOWN = "unknown"


class Said(NamedTuple):
    """One message: its kind, its function and the object that it is about; ``is_whole``: no piece of it follows."""

    opcode: int
    function: int
    name: str
    tier: Tier
    sequence: int | None
    target: int
    is_whole: bool


def read(message: bytes) -> Said | None:
    """Read a message that begins with the protocol's id; ``None`` where its lengths do not add up."""
    end = 4 + (message[2] << 8 | message[3]) if len(message) >= 4 else len(message) + 1
    trailer = message[end:]
    if end > len(message) or (trailer and trailer != bytes([PROTOCOL_ID, message[1], 0, 0])):
        return None
    body = message[4:end]
    if message[1] == _WITH_DIGEST and body:
        body = body[1 + body[0] :]
    is_whole = bool(trailer)
    opcode = body[0] if body else 0
    if opcode not in {REQUEST, RESPONSE} or len(body) < 10:
        name = "notification" if opcode == NOTIFICATION else "system_event"
        return Said(opcode, 0, name, _READ if opcode == NOTIFICATION else _FIRMWARE, None, 0, is_whole)
    function = body[3] << 8 | body[4]
    name, tier = FUNCTIONS.get(function, (f"function_{function:04x}", _FIRMWARE))
    return Said(opcode, function, name, tier, body[7] << 8 | body[8], int.from_bytes(body[_TARGET], "big"), is_whole)


def created(message: bytes) -> tuple[int, ...]:
    """Return the objects that the answer to a creation names: a return value, a count, and so many numbers."""
    end = 4 + (message[2] << 8 | message[3])
    body = message[4:end]
    if message[1] == _WITH_DIGEST and body:
        body = body[1 + body[0] :]
    found = _number(body, 10)
    if found is None or found[0] or found[1] >= len(body):
        return ()
    count, at = body[found[1]], found[1] + 1
    objects: list[int] = []
    for _ in range(count):
        one = _number(body, at)
        if one is None:
            break
        objects.append(one[0])
        at = one[1]
    return tuple(objects)


class Conversation:
    """One S7comm-plus connection: what it may, which objects are its own, whether it has gone over to TLS."""

    __slots__ = ("_asked", "_is_secret", "_limits", "_own", "_pending", "purpose")

    def __init__(self, limits: Limits, purpose: Purpose = Purpose.UNKNOWN) -> None:
        """Begin with what the connection request says that it is for."""
        self.purpose = purpose
        self._limits = limits
        self._own: set[int] = set()
        self._pending: Said | None = None
        self._asked: Unanswered[Tier] = Unanswered()
        self._is_secret = False

    @property
    def is_secret(self) -> bool:
        """Whether TLS was let begin, so that nothing can be read any more."""
        return self._is_secret

    @property
    def is_open(self) -> bool:
        """Whether everything may pass, whatever it is."""
        return self.purpose is Purpose.ENGINEERING or self._is_secret

    @property
    def tier(self) -> Tier:
        """What cannot be read counts as."""
        return _PROGRAM if self.purpose is Purpose.ENGINEERING else _OPERATE

    def admit(self) -> tuple[Tier, Refusal | None]:
        """Return the tier of a connection for this purpose, and why it may not be made."""
        if self.purpose is Purpose.CLASSIC:
            return _READ, self._limits.judge_setup()
        tier = {Purpose.HMI: _READ, Purpose.ENGINEERING: _PROGRAM}.get(self.purpose, _FIRMWARE)
        if self._limits.is_narrowed:
            return tier, denied(Cause.OBJECT, _NARROWED)
        return tier, self._limits.judge_tiers(tier) or self._limits.judge_asking(tier)

    def judge(self, said: Said) -> tuple[Tier, Refusal | None]:
        """Return the tier of a request, and why it may not pass."""
        tier, refusal = self._judge(said)
        self._asked.asked(said.sequence, tier)
        return tier, refusal

    def _judge(self, said: Said) -> tuple[Tier, Refusal | None]:
        if self.purpose is Purpose.ENGINEERING:
            self._is_secret = said.function == INIT_SSL
            return said.tier if said.tier in {_READ, _OPERATE} else _PROGRAM, None
        pending, self._pending = self._pending, None
        if pending is not None:
            said = pending._replace(is_whole=said.is_whole)
        tier = _READ if self._is_own(said) else said.tier
        refusal = self._refusal(said, tier)
        if refusal is None and not said.is_whole:
            self._pending = said
        if refusal is None and said.function == INIT_SSL:
            self._is_secret = True
        return tier, refusal

    def heard(self, said: Said, message: bytes) -> Tier:
        """Learn which objects were created for this tool; return the tier of what the device says: its request's."""
        if said.function == CREATE_OBJECT and said.opcode == RESPONSE and len(self._own) < MAX_OWN_OBJECTS:
            self._own.update(created(message)[: MAX_OWN_OBJECTS - len(self._own)])
        if said.opcode != RESPONSE:
            return _READ
        asked = self._asked.answered(said.sequence)
        return said.tier if asked is None else asked

    def _is_own(self, said: Said) -> bool:
        if said.function == CREATE_OBJECT and said.target == SESSIONS:
            return True
        return said.function in _CHANGING and said.target in self._own

    def _refusal(self, said: Said, tier: Tier) -> Refusal | None:
        if self._limits.is_narrowed:
            return denied(Cause.OBJECT, _NARROWED)
        if said.opcode != REQUEST:
            return denied(Cause.MALFORMED, "this is no request")
        if said.function == INIT_SSL and not (self.purpose is Purpose.HMI and self._limits.allows(_READ, _OPERATE)):
            return denied(Cause.FUNCTION, "TLS hides what is written: it needs the tiers read and operate")
        if not said.is_whole and not self._limits.allows(_READ, _OPERATE):
            return denied(Cause.FUNCTION, "a request in pieces needs the tiers read and operate")
        if not self._limits.allows(tier):
            return denied(Cause.FUNCTION, f"tier {tier.value} is not allowed")
        return None


def _number(data: bytes, at: int) -> tuple[int, int] | None:
    """Return a number of variable length, seven bits a byte, and where it ends."""
    value = 0
    for end in range(at, min(at + 10, len(data))):
        value = value << 7 | data[end] & 0x7F
        if not data[end] & 0x80:
            return value, end + 1
    return None
