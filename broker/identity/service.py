"""Identity as the composition root sees it: every service, wired once, in the order in which they need each other."""

from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from broker.audit.log import AuditLog
from broker.cluster.bus import Bus
from broker.db.engine import Database
from broker.identity.account import Account
from broker.identity.attempts import Attempts
from broker.identity.authenticator import AgentIsLive, IdentityAuthenticator
from broker.identity.catalogue import Catalogue
from broker.identity.ceremonies import Ceremonies
from broker.identity.directory import Directory
from broker.identity.enrolments import Enrolments
from broker.identity.groups import Groups
from broker.identity.logins import LoginLimits, Logins
from broker.identity.organizations import Organizations
from broker.identity.own_passkeys import OwnPasskeys
from broker.identity.passkey_proof import PasskeyProof
from broker.identity.passkey_sign_in import PasskeySignIn
from broker.identity.passkey_step_up import PasskeyStepUp
from broker.identity.passwords import Argon2Cost, Passwords
from broker.identity.principals import Principals
from broker.identity.relying_party import RelyingParties
from broker.identity.second_factor import SecondFactor
from broker.identity.setup import Setup
from broker.identity.sign_in import SignIn
from broker.identity.tokens import ACCESS_LIFETIME, TokenIssuer
from broker.identity.users import Users
from broker.vault.sealing import Sealer
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """What may be configured. ``names`` are the broker's own, ``public_url`` is what people reach it by."""

    argon2: Argon2Cost = field(default_factory=Argon2Cost)
    password_workers: int = 2
    logins: LoginLimits = field(default_factory=LoginLimits)
    access_lifetime: timedelta = ACCESS_LIFETIME
    names: tuple[str, ...] = ("localhost",)
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What identity stands on."""

    database: Database
    audit: AuditLog
    bus: Bus
    clock: Clock
    sealer: Sealer


class Identity:
    """Every service of identity. ``close`` ends the password threads."""

    def __init__(
        self, ground: Ground, key: ec.EllipticCurvePrivateKey, issuer: str, settings: IdentitySettings | None = None
    ) -> None:
        settings = settings or IdentitySettings()
        database, audit, bus, clock = ground.database, ground.audit, ground.bus, ground.clock
        self._clock = clock
        self.directory = Directory()
        self.catalogue = Catalogue(database)
        self.principals = Principals(database, bus, clock, settings.logins.browser_idle)
        self.tokens = TokenIssuer(key, issuer, clock, lifetime=settings.access_lifetime)
        self.passwords = Passwords(settings.argon2, workers=settings.password_workers)
        self.second_factor = SecondFactor(ground.sealer, clock)
        self.attempts = Attempts(database, clock)
        self.logins = Logins(database, self.directory, self.tokens, audit, bus, clock, settings.logins)
        self.enrolments = Enrolments(
            database, self.directory, self.second_factor, self.logins, self.attempts, audit, bus, clock
        )
        self.sign_in = SignIn(
            database, self.directory, self.passwords, self.second_factor, self.attempts, self.enrolments,
            self.logins, audit, clock,
        )  # fmt: skip
        self.account = Account(database, self.directory, self.passwords, self.second_factor, self.logins, audit)
        self.relying_parties = RelyingParties(settings.names, settings.public_url)
        ceremonies = Ceremonies(clock)
        proof = PasskeyProof(ceremonies, clock)
        self.own_passkeys = OwnPasskeys(database, ceremonies, self.logins, audit, bus, clock)
        self.passkey_step_up = PasskeyStepUp(database, ceremonies, proof, self.logins)
        self.passkey_sign_in = PasskeySignIn(
            database, self.directory, ceremonies, proof, self.attempts, self.logins, audit, clock
        )
        self.users = Users(database, self.directory, self.passwords, self.second_factor, self.logins, audit, bus, clock)
        self.groups = Groups(database, self.directory, audit, bus, clock)
        self.organizations = Organizations(database, self.logins, audit, bus, clock)
        self.setup = Setup(database, self.passwords, self.enrolments, self.attempts, audit, clock)

    def authenticator(self, agent_is_live: AgentIsLive) -> IdentityAuthenticator:
        """Return the edge's authenticator; ``agent_is_live(agent_id, serial)`` is inventory's word."""
        return IdentityAuthenticator(self.principals, self.tokens, self._clock, agent_is_live)

    def close(self) -> None:
        """End the password threads."""
        self.passwords.close()
