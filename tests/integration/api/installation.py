"""A whole broker composed in the test's process, behind its real TLS port; people of every role; an agent."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pyotp

from agent.enrol import read_join_token
from agent.keys import make_key
from broker.app import Broker, compose
from broker.config import IdentitySection, ServerSection, Settings, StorageSection
from broker.db import migrate
from broker.db.engine import Database
from broker.http.browser import COOKIE, CSRF_HEADER, csrf_token
from broker.http.listener import Listener, ListenerLimits, bind
from broker.http.principal import Role
from broker.identity.enrolments import EnrolmentRequired
from broker.identity.logins import Cookie, Device
from broker.identity.sign_in import Proof
from broker.identity.tables import PasskeyRow, UserRow
from broker.identity.tokens import TokenIssuer
from broker.identity.users import NewUser
from broker.pki.keys import load_or_make_key
from broker.sessions.tables import SessionRow
from policies.facts import OrganizationKind
from tests.unit.broker.fakes import FakeClock
from tunnel.ids import new_id
from tunnel.messages import STREAM_PROTOCOL
from tunnel.tls import client_context

PASSWORD = "copper lantern 47 walks"
DEVICE = Device("192.0.2.1", "test")
NOBODY, AGENT, EXPIRED, PAGE = "nobody", "agent", "expired", "page"
BANNER, IDLE_MINUTES = "For staff of the plant only.", 45
UPGRADES = {"Connection": "Upgrade", "Upgrade": STREAM_PROTOCOL}
POLICY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: pumps}
spec:
  who: {groups: [acme]}
  what: {sites: [north]}
  access: {mode: standing, max_duration: 1h, valid_until: "2036-01-01T00:00:00+00:00"}
  session: {recording: required}
  allow: {tiers: [read]}
"""


@dataclass
class Answer:
    """Status and document of an answer; ``shape`` is what a stranger could tell two answers apart by."""

    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.document.get("code", "")) if isinstance(self.document, dict) else ""

    @property
    def shape(self) -> object:
        """Everything but the id of the request."""
        document = {k: v for k, v in self.document.items() if k != "request_id"} if self.code else self.document
        return self.status, document


class Installation:
    """The running broker and who may call it. ``callers`` hold what each shows: a token, a certificate, nothing."""

    def __init__(self, broker: Broker, database: Database, port: int, folder: Path) -> None:
        self.broker, self.port, self.folder = broker, port, folder
        self.database = database
        self.url = f"https://localhost:{port}"
        self.tokens: dict[str, str] = {NOBODY: "", AGENT: "", PAGE: ""}
        self.cookie = ""
        self.ids: dict[str, str] = {}
        self.trust = client_context(broker.authority.pem.decode())
        self._agent_trust: ssl.SSLContext = self.trust
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> "Installation":
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def call(self, caller: str, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call as somebody; ``PAGE`` is an operator in a browser, who sends what a page of ours would."""
        if self.tokens[caller]:
            headers["Authorization"] = f"Bearer {self.tokens[caller]}"
        if caller == PAGE:
            usual = {"Origin": self.url, CSRF_HEADER: csrf_token(self.cookie)}
            headers = {"Cookie": f"{COOKIE}={self.cookie}", **usual, **headers}
        trust = self._agent_trust if caller == AGENT else self.trust
        async with self._session.request(
            method, self.url + path, json=body, headers=headers, ssl=trust, allow_redirects=False
        ) as answer:
            is_json = "json" in answer.content_type and "jsonl" not in answer.content_type
            document = await answer.json(content_type=None) if is_json else await answer.read()
            return Answer(answer.status, document, dict(answer.headers))

    async def done(self, caller: str, method: str, path: str, body: object = None) -> Any:
        """Call and expect that it is done."""
        answer = await self.call(caller, method, path, body)
        assert answer.status < 300, (method, path, answer)
        return answer.document

    async def settle(self) -> None:
        """Make people of every role, a stranger, a site with an agent, an asset, a policy, a request and a grant."""
        identity = self.broker.identity
        await identity.setup.create_admin("admin", PASSWORD)
        await self.sign_in("admin", PASSWORD)
        await self.done("admin", "POST", "/api/v1/groups", {"name": "acme"})
        for name in ("acme", "globex"):
            kind = OrganizationKind.VENDOR.value
            await self.done(
                "admin", "POST", "/api/v1/organizations", {"name": name, "display_name": name, "kind": kind}
            )
        await self._person("vendor", Role.VENDOR, "acme")
        await self._person("stranger", Role.VENDOR, "globex")
        for role in (Role.OPERATOR, Role.AUDITOR):
            await self._person(role.value, role, "plant")
        await self.done("admin", "PUT", f"/api/v1/groups/acme/members/{self.ids['vendor']}")
        self.tokens[EXPIRED] = self.expired_token()
        self.cookie = await self.cookie_of(Role.OPERATOR.value)
        await self._plant()

    async def sign_in(self, name: str, password: str) -> None:
        """Go through the first sign-in of an account."""
        identity = self.broker.identity
        outcome = await identity.sign_in.sign_in(Proof(name, password, DEVICE))
        assert isinstance(outcome, EnrolmentRequired)
        secret = (await identity.enrolments.propose(outcome.enrolment_token)).secret
        enrolled = await identity.enrolments.confirm(outcome.enrolment_token, pyotp.TOTP(secret).now(), DEVICE)
        self.tokens[name] = enrolled.held.access_token
        who = await self.done(name, "GET", "/api/v1/auth/whoami")
        self.ids[name] = who["id"]

    async def cookie_of(self, name: str) -> str:
        """Start a browser's login."""
        browser = replace(DEVICE, is_browser=True)
        async with self.database.transaction() as tx:
            user = await tx.get_one(UserRow, self.ids[name])
            held = await self.broker.identity.logins.start(tx, user, ("password", "totp"), browser)
        assert isinstance(held, Cookie)
        return held.secret

    def expired_token(self) -> str:
        """The admin's access token of yesterday, signed with the right key."""
        claims = self.broker.identity.tokens.verify_access(self.tokens["admin"])
        yesterday = FakeClock(datetime.now(UTC) - timedelta(days=1))
        key = load_or_make_key(self.folder / "keys" / "tokens.key")
        issuer = TokenIssuer(key, self.broker.identity.tokens.issuer, yesterday)
        return issuer.issue_access(claims.user_id, claims.login_id)

    async def _person(self, name: str, role: Role, organization: str) -> None:
        identity = self.broker.identity
        claims = identity.tokens.verify_access(self.tokens["admin"])
        principal = await identity.principals.of(claims.user_id, claims.login_id)
        assert principal is not None
        is_vendor = role is Role.VENDOR
        more: dict[str, Any] = (
            {"sponsor": "admin", "ends_at": datetime.now(UTC) + timedelta(days=9)} if is_vendor else {}
        )
        created = await identity.users.create(principal, NewUser(name, name, organization, frozenset({role}), **more))
        await self.sign_in(name, created.initial_password)

    async def _plant(self) -> None:
        service = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502}
        site = await self.done("admin", "POST", "/api/v1/sites", {"name": "north", "timezone": "UTC"})
        asset = await self.done(
            "admin", "POST", "/api/v1/assets", {"site": "north", "name": "plc", "services": [service]}
        )
        await self._enrol_agent()
        applied = await self.done("admin", "POST", "/api/v1/policies/apply", {"yaml": POLICY, "comment": "first"})
        wish = {"asset": "north/plc", "service": "modbus", "reason": "pump", "duration": 600, "tiers": ["read"]}
        request = await self.done("vendor", "POST", "/api/v1/requests", wish)
        self.ids |= {
            "site": site["id"], "asset": asset["id"], "name": applied["applied"][0]["name"],
            "request": request["id"], "grant": request["grant"],
        }  # fmt: skip

        self.ids["login"] = self.broker.identity.tokens.verify_access(self.tokens["vendor"]).login_id
        self.ids["session"] = await self._ended_session()
        self.ids["passkey"] = await self._passkey()

    async def _passkey(self) -> str:
        """Leave the row of a passkey of the vendor, as if a browser had made it."""
        row = PasskeyRow(
            id=new_id("pky"), user_id=self.ids["vendor"], rp_id="localhost", credential_id=b"id", public_key=b"key",
            sign_count=0, name="Laptop", backed_up=False, created_at=datetime.now(UTC),
        )  # fmt: skip
        async with self.database.transaction() as tx:
            tx.add(row)
        return row.id

    async def _ended_session(self) -> str:
        """Leave the row of a session of the vendor, as its end would."""
        now, ids = datetime.now(UTC), self.ids
        row = SessionRow(
            id=new_id("ses"), previous="open", state="ended", node="nod_test", user_id=ids["vendor"],
            user_name="vendor", organization_id="org_acme", organization_kind="vendor", login_id=ids["login"],
            address="192.0.2.1", site_id=ids["site"], asset_id=ids["asset"], asset_name="north/plc",
            service_id="svc_test", service_name="modbus", protocol="modbus", grant_id=ids["grant"], policy="pumps",
            policy_digest="", rules={}, opened_at=now, not_after=now, ended_at=now, end_code="finished",
        )  # fmt: skip
        async with self.database.transaction() as tx:
            tx.add(row)
        return row.id

    async def _enrol_agent(self) -> None:
        issued = await self.done("admin", "POST", "/api/v1/sites/north/join-tokens")
        token, made = read_join_token(issued["token"]), make_key("north-1")
        now = datetime.now(UTC).isoformat()
        body = {"secret": token.secret, "csr": made.request, "name": "north-1", "software": "test", "clock": now}
        answer = await self.done(NOBODY, "POST", "/agent/v1/enrolment", body)
        certificate, key = self.folder / "agent.crt", self.folder / "agent.key"
        certificate.write_text(answer["certificate"])
        key.write_text(made.key)
        self._agent_trust = client_context(self.broker.authority.pem.decode(), certificate=certificate, key=key)
        self.ids["agent"] = answer["agent"]


@asynccontextmanager
async def installed(folder: Path) -> AsyncIterator[Installation]:
    """Compose, serve, settle; take it all down at the end."""
    cheap = {"argon2_memory_kib": 8, "argon2_time": 1, "argon2_lanes": 1, "access_token_seconds": 3600}
    settings = Settings(
        storage=StorageSection(data=folder, min_free_mb=0),
        identity=IdentitySection(**cheap, browser_idle_minutes=IDLE_MINUTES),
        server=ServerSection(banner=BANNER),
    )
    await migrate.upgrade(settings.database_url)
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(compose(settings, port))
        listener = Listener(broker.application(), broker.tls, ListenerLimits())
        await listener.start(listening)
        stack.push_async_callback(listener.stop)
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        installation = await stack.enter_async_context(Installation(broker, database, port, folder))
        await installation.settle()
        yield installation
