"""One S7comm-plus connection: what it may, which objects are its own, and whether it has gone over to TLS."""

from guards.decoding import Unanswered
from guards.reasons import why
from guards.refusal import Cause, Refusal, denied
from guards.s7.limits import Limits
from guards.s7.plus import (
    CREATE_OBJECT,
    DELETE_OBJECT,
    INIT_SSL,
    REQUEST,
    RESPONSE,
    SESSIONS,
    SET_VARIABLE,
    SET_VARIABLES,
    Purpose,
    Said,
    created,
    is_done,
)
from policies.rules import Tier

MAX_OWN_OBJECTS = 256
_NARROWED = why("narrowed")

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE
_HIDDEN = (_READ, _OPERATE, _PROGRAM)
"""What TLS may hide, whatever the connection is for."""
_CHANGING = frozenset({CREATE_OBJECT, DELETE_OBJECT, SET_VARIABLE, SET_VARIABLES})


class Conversation:
    """One S7comm-plus connection: what it may, which objects are its own, whether it has gone over to TLS."""

    __slots__ = ("_asked", "_is_secret", "_limits", "_own", "_pending", "_tls_asked", "purpose")

    def __init__(self, limits: Limits, purpose: Purpose = Purpose.UNKNOWN) -> None:
        """Begin with what the connection request says that it is for."""
        self.purpose = purpose
        self._limits = limits
        self._own: set[int] = set()
        self._pending: Said | None = None
        self._asked: Unanswered[Tier] = Unanswered()
        self._is_secret = False
        self._tls_asked: int | None = None

    @property
    def is_secret(self) -> bool:
        """Whether the device agreed to TLS, so that nothing can be read any more.

        Before it agreed it reads what comes in the clear, and so does the guard.
        """
        return self._is_secret

    @property
    def is_open(self) -> bool:
        """Whether everything may pass, whatever it is."""
        return self.purpose is Purpose.ENGINEERING or self._is_secret

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
            self._note_tls(said)
            return said.tier if said.tier in {_READ, _OPERATE} else _PROGRAM, None
        pending, self._pending = self._pending, None
        if pending is not None:
            said = pending._replace(is_whole=said.is_whole)
        tier = _READ if self._is_own(said) else said.tier
        refusal = self._refusal(said, tier)
        if refusal is None and not said.is_whole:
            self._pending = said
        if refusal is None:
            self._note_tls(said)
        return tier, refusal

    def heard(self, said: Said, message: bytes) -> Tier:
        """Learn which objects were created for this tool; return the tier of what the device says: its request's."""
        if said.function == CREATE_OBJECT and said.opcode == RESPONSE and len(self._own) < MAX_OWN_OBJECTS:
            self._own.update(created(message)[: MAX_OWN_OBJECTS - len(self._own)])
        if said.function == INIT_SSL and said.opcode == RESPONSE and said.sequence == self._tls_asked:
            self._tls_asked = None
            self._is_secret = is_done(message)
        asked = self._asked.answered(said.sequence) if said.opcode == RESPONSE else _READ
        return said.tier if asked is None else asked

    def _note_tls(self, said: Said) -> None:
        if said.function == INIT_SSL and said.opcode == REQUEST:
            self._tls_asked = said.sequence

    def _is_own(self, said: Said) -> bool:
        if said.function == CREATE_OBJECT and said.target == SESSIONS:
            return True
        return said.function in _CHANGING and said.target in self._own

    def _refusal(self, said: Said, tier: Tier) -> Refusal | None:
        if self._limits.is_narrowed:
            return denied(Cause.OBJECT, _NARROWED)
        if said.opcode != REQUEST:
            return denied(Cause.MALFORMED, why("no_request"))
        if said.function == INIT_SSL and not (self.purpose is Purpose.HMI and self._limits.allows(*_HIDDEN)):
            return denied(Cause.FUNCTION, why("tls_hides_stop"))
        if not said.is_whole and not self._limits.allows(_READ, _OPERATE):
            return denied(Cause.FUNCTION, why("pieces_need_tiers"))
        if not self._limits.allows(tier):
            return denied(Cause.FUNCTION, why("tier_not_allowed", tier=tier.value))
        return None
