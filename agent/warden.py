"""Says yes or no on site to each dial: grant, lock, ceiling, guard, caps, in this order, before anything is opened."""

import secrets
from dataclasses import dataclass

from agent.addresses import IPAddress
from agent.ceiling import Ceiling, Judgement, Permit
from agent.ceiling_source import CeilingSource
from agent.governor import Governor
from agent.grants import Grant, GrantDesk
from agent.lock import refusal_sentence
from agent.lock_keeper import LockKeeper
from agent.refusals import Refusal, RefusalCode
from agent.terms import effective_rules
from guards.effects import Guard
from guards.errors import UnknownProtocolError
from guards.material import GuardMaterial
from guards.registry import guarded_protocols, make_guard
from policies.rules import Rules
from tunnel.clock import Clock
from tunnel.messages import Target


@dataclass(frozen=True, slots=True)
class Terms:
    """What a permitted stream is held to; ``guard`` is ``None`` for what the plant lets through uninspected."""

    permit: Permit
    rules: Rules
    guard: Guard | None


class Warden:
    """Holds everything that a dial is judged by. Answers are values; nothing is connected here."""

    def __init__(self, desk: GrantDesk, lock: LockKeeper, ceiling: CeilingSource, clock: Clock) -> None:
        """Judge by these from now on."""
        self.desk = desk
        self.lock = lock
        self.ceiling = ceiling
        self.governor = Governor()
        self.broker_offset_seconds = 0.0
        self._clock = clock

    def admit(self, token: str, stream: str | None) -> Grant | Refusal:
        """Judge the grant itself and the site's lock; ``stream`` is ``None`` for an extension."""
        grant = self.desk.accept(
            token,
            stream=stream,
            now=self._clock.now(),
            now_monotonic=self._clock.monotonic(),
            broker_offset_seconds=self.broker_offset_seconds,
        )
        return grant if isinstance(grant, Refusal) else self.locked() or grant

    def locked(self) -> Refusal | None:
        """Refuse if the plant locked its site."""
        lock = self.lock.current
        return Refusal(RefusalCode.LOCKED, refusal_sentence(lock)) if lock.locked else None

    def judge(self, target: Target, resolved: IPAddress | None = None) -> Judgement:
        """Hold a target against the ceiling file as it is now."""
        self.ceiling.refresh()
        ceiling = self.ceiling.current
        return ceiling.judge(target, resolved) if isinstance(ceiling, Ceiling) else ceiling

    def terms(self, grant: Grant, permit: Permit) -> Terms | Refusal:
        """Return rules and guard for a permitted stream."""
        claims = grant.claims
        protocol = claims.target.protocol
        rules = effective_rules(claims.rules, permit)
        if protocol not in guarded_protocols() and not rules.opaque:
            side = "grant" if permit.opaque else "site's ceiling"
            return Refusal(RefusalCode.CEILING_DENIED, f"The {side} does not allow {protocol} to pass uninspected.")
        try:
            guard = make_guard(
                protocol,
                rules,
                device_timeout_seconds=claims.device_timeout_seconds,
                material=GuardMaterial(
                    secrets.token_bytes,
                    self._clock.now(),
                    self._clock.monotonic(),
                    identity=claims.identity,
                    interrogations=self.governor.interrogations(permit.address, permit.max_interrogations_per_minute),
                ),
            )
        except UnknownProtocolError:
            return Refusal(RefusalCode.GRANT_INVALID, f"This agent does not know the protocol {protocol}: update it.")
        return Terms(permit, rules, guard)

    def take_place(self, permit: Permit, holder: str = "") -> Refusal | None:
        """Count one connection to the device, opened for ``holder``; ``leave_place`` gives it back."""
        return self.governor.admit(
            permit.address,
            max_open=permit.max_connections,
            max_per_minute=permit.max_connects_per_minute,
            now_monotonic=self._clock.monotonic(),
            holder=holder,
        )

    def leave_place(self, permit: Permit, holder: str = "") -> None:
        """Give the device's place back."""
        self.governor.release(permit.address, self._clock.monotonic(), holder)
