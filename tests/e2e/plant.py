"""The demo's plant as the journeys use it: everybody stays signed in, and devices, policies and people can be added."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from client.connecting.datagrams import Patience
from deploy.demo.api import Api, ApiRefusedError
from deploy.demo.plant import SITE, DemoPlant, Person
from deploy.demo.programs import Program
from tests.e2e.tunnel import DatagramTunnel, Tunnel
from tunnel.messages import USER_STREAM_PATH

PATIENCE_SECONDS = 30.0
OPEN_TO_ALL = "2036-01-01T00:00:00+00:00"


class Plant(DemoPlant):
    """One installation for many journeys. Names that tests add should be their own."""

    def __init__(self, folder: Path) -> None:
        # A busy machine must not sign anybody out in the middle of a file.
        super().__init__(folder, broker_settings={"WICKET_BROKER_IDENTITY__ACCESS_TOKEN_SECONDS": "7200"})
        self.apis: dict[str, Api] = {}
        self._targets: list[str] = []

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for api in self.apis.values():
            await api.__aexit__(None, None, None)
        await super().__aexit__(kind, error, trace)

    # --- people

    async def _first_admin(self, admin: Api, token: str) -> None:
        await super()._first_admin(admin, token)
        mine = self.apis["admin"] = await Api(self.url, self.ca).__aenter__()
        mine.token, mine.refresh_token = admin.token, admin.refresh_token

    async def _first_login(self, name: str, roles: list[str], initial: str) -> Person:
        # One code instead of two, and nobody has to wait for the next one to sign in again.
        api = self.apis[name] = await Api(self.url, self.ca).__aenter__()
        return Person(
            name, roles, initial, await api.enrol(await api.post("/auth/login", username=name, password=initial))
        )

    async def add_person(self, name: str, *, roles: list[str], groups: list[str], **more: object) -> Api:
        """Make an account of the plant's own organization and sign it in."""
        admin, about = self.apis["admin"], {"organization": "plant", **more}
        created = await admin.post("/users", username=name, roles=roles, **about)
        for group in groups:
            await admin.call("PUT", f"/groups/{group}/members/{created['user']['id']}")
        self.people[name] = await self._first_login(name, roles, created["initial_password"])
        return self.apis[name]

    async def account(self, name: str) -> dict[str, Any]:
        """What the broker knows of somebody, however many accounts there are."""
        found = await self.apis["admin"].get("/users", q=name, limit="500")
        return next(each for each in found["items"] if each["username"] == name)

    # --- devices and rules

    def widen_ceiling(self, name: str, port: int, terms: str) -> None:
        """Let the site's agent reach one more loopback port; ``terms`` are further YAML fields of the entry."""
        self._targets.append(f"  - {{name: {name}, addresses: [127.0.0.1], ports: [{port}], {terms}}}\n")
        self._write_ceiling()

    def drop_targets(self) -> None:
        """Let the agent reach what the demo lists and nothing else."""
        self._targets.clear()
        self._write_ceiling()

    def _write_ceiling(self) -> None:
        fresh = self.ceiling.with_suffix(".new")
        fresh.write_text(self._ceiling() + "".join(self._targets))
        fresh.chmod(0o600)
        fresh.rename(self.ceiling)

    async def add_asset(
        self, name: str, protocol: str, port: int, identity: dict[str, Any] | None = None, **limits: object
    ) -> str:
        """Add an asset of the label ``type: NAME`` with one service named after its protocol; return its path."""
        limits = {"max_streams": 8, **limits}
        service = {"name": protocol, "protocol": protocol, "host": "127.0.0.1", "port": port, "limits": limits}
        service |= {"identity": identity} if identity else {}
        return await self._add(name, service)

    async def allow(
        self, name: str, *, allow: str, duration: str = "1h", access: str = "", session: str = "", who: str = ""
    ) -> None:
        """Apply a policy on the asset of this name: standing access for the engineer unless told otherwise."""
        standing = f"mode: standing, valid_until: '{OPEN_TO_ALL}'"
        text = (
            "apiVersion: wicketgate/v1\nkind: AccessPolicy\n"
            f"metadata: {{name: {name}}}\n"
            "spec:\n"
            f"  who: {{{who or 'groups: [acme-engineers]'}}}\n"
            f"  what: {{assets: {{labels: {{type: {name}}}}}}}\n"
            f"  access: {{max_duration: {duration}, {access or standing}}}\n"
            f"  session: {{recording: required, max_streams: 8{session and ', ' + session}}}\n"
            f"  allow: {{{allow}}}\n"
        )
        await self.apis["admin"].post("/policies/apply", yaml=text, comment="for a test")

    async def add_opaque(self, name: str, port: int, **policy: Any) -> str:
        """Put a plain TCP device where the engineer may reach it: asset, ceiling entry and policy."""
        self.widen_ceiling(
            name, port, "protocols: [tcp], opaque: true, max_connections: 16, max_connects_per_minute: 600"
        )
        await self.allow(name, allow="opaque: true", **policy)
        return await self.add_asset(name, "tcp", port)

    async def add_opaque_datagrams(self, name: str, port: int, **policy: Any) -> str:
        """Put a device that speaks UDP where the engineer may reach it."""
        self.widen_ceiling(name, port, "protocols: [udp], opaque: true, max_connects_per_minute: 600")
        await self.allow(name, allow="opaque: true", **policy)
        return await self.add_asset(name, "udp", port)

    async def add_modbus(self, name: str, port: int, *, tiers: str, allow: str) -> str:
        """Put a Modbus device where the engineer may reach it; ``tiers`` is what the site's own file gives."""
        return await self.add_guarded(name, "modbus", port, ceiling=f"tiers: [{tiers}]", allow=allow)

    async def add_guarded(
        self, name: str, protocol: str, port: int, *, ceiling: str, allow: str, session: str = "",
        identity: dict[str, Any] | None = None,
    ) -> str:  # fmt: skip
        """Put a device of a guarded protocol where the engineer may reach it; ``ceiling`` is what the site gives."""
        caps = "max_connections: 4, max_connects_per_minute: 600, max_rate: 100000, max_interrogations_per_minute: 6000"
        self.widen_ceiling(name, port, f"protocols: [{protocol}], {ceiling}, {caps}")
        await self.allow(name, allow=allow, session=session)
        return await self.add_asset(name, protocol, port, identity=identity and {protocol: identity})

    async def add_serial(self, name: str, device: str, *, ceiling: str, allow: str) -> str:
        """Put a serial line where the engineer may reach it."""
        line = f"serial: {{device: {device}, baud: 115200, parity: N, stop_bits: 1, turnaround: 0.05}}"
        self._targets = [one for one in self._targets if device not in one]  # a line stands in one target
        terms = f"protocols: [modbus-rtu], {ceiling}, max_connects_per_minute: 600, max_rate: 100000"
        self._targets.append(f"  - {{name: {name}, {line}, {terms}}}\n")
        self._write_ceiling()
        await self.allow(name, allow=allow)
        service = {"name": "line", "protocol": "modbus-rtu", "host": f"serial:{device}", "port": 502}
        return await self._add(name, service | {"limits": {"max_streams": 8}})

    async def add_family(self, name: str, port: int, *, family: str, allow: str) -> str:
        """Put a Modbus device of a family where the engineer may reach it."""
        often = "max_rate: 100000, max_connects_per_minute: 600"  # all devices here have one address
        self.widen_ceiling(name, port, f"protocols: [modbus], tiers: [read], family: {family}, {often}")
        await self.allow(name, allow=allow)
        return await self.add_asset(name, "modbus", port)

    async def _add(self, name: str, service: dict[str, Any]) -> str:
        await self.apis["admin"].post("/assets", site=SITE, name=name, labels={"type": name}, services=[service])
        return f"{SITE}/{name}"

    async def id_of(self, path: str) -> str:
        """The id of an asset by its path, however many assets there are."""
        site, _, name = path.partition("/")
        found = await self.apis["admin"].get("/assets", site=site, q=name, limit="500")
        return str(next(asset["id"] for asset in found["items"] if asset["path"] == path))

    # --- access

    async def lift_blocks(self) -> None:
        """Let those whose sessions were cut back in, for the journeys that follow."""
        admin = self.apis["admin"]
        for block in (await admin.get("/blocks"))["items"]:
            await admin.call("DELETE", f"/blocks/{block['id']}")

    async def granted(self, asset: str, service: str, *, approvers: tuple[str, ...], **wish: object) -> dict[str, Any]:
        """Ask as the engineer and let the approvers say yes; return the request as it then stands."""
        wish = {"reason": "the pump trips", "duration": 3600, **wish}
        request: dict[str, Any] = await self.apis["engineer"].post("/requests", asset=asset, service=service, **wish)
        for approver in approvers:
            request = await self.apis[approver].post(f"/requests/{request['id']}/approve", hash=request["hash"])
        return request

    @asynccontextmanager
    async def session(self, asset: str, *, user: str = "engineer", **ask: object) -> AsyncIterator[dict[str, Any]]:
        """Open a session, and end it afterwards if nobody else has."""
        opened: dict[str, Any] = await self.apis[user].post("/sessions", asset=asset, **ask)
        try:
            yield opened
        finally:
            with contextlib.suppress(ApiRefusedError):
                await self.apis[user].post(f"/sessions/{opened['id']}/end")

    @asynccontextmanager
    async def tunnel(self, asset: str, *, user: str = "engineer", **ask: object) -> AsyncIterator[Tunnel]:
        """Open a session and a local port that leads into it."""
        async with self.session(asset, user=user, **ask) as opened, self.tunnel_into(opened, user=user) as tunnel:
            yield tunnel

    def tunnel_into(self, session: dict[str, Any], *, user: str = "engineer", token: str | None = None) -> Tunnel:
        """A local port that leads into a session that is open."""
        path = USER_STREAM_PATH.format(session=session["id"])
        shown = self.apis[user].token if token is None else token
        return Tunnel(self.port, self.ca.read_text(), path, shown, session)

    @asynccontextmanager
    async def datagrams(self, asset: str, *, patience: Patience = Patience()) -> AsyncIterator[DatagramTunnel]:  # noqa: B008
        """Open a session as the engineer and a local UDP port that leads into it."""
        async with self.session(asset) as opened:
            path_of = (self.port, self.ca.read_text(), opened["id"], self.apis["engineer"].token)
            async with DatagramTunnel(*path_of, patience) as tunnel:
                yield tunnel

    async def operations_of(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        """The decoded requests in the recording of a session that has ended."""
        page = await self.apis["auditor"].get(f"/recordings/{session['recording']}/operations", limit="500")
        return [item for item in page["items"] if not item.get("is_response")]

    # --- processes

    @property
    def port(self) -> int:
        """The broker's port."""
        return int(self.url.rpartition(":")[2])

    async def crash_broker(self) -> None:
        """Kill the broker and start it again on its port; return when the agent has come back."""
        await self.broker.kill()
        await self.return_broker()

    async def return_broker(self) -> None:
        """Start the broker that was killed; return when the agent has come back."""
        before = self._count("broker", "agent_connected")
        await self.restart_broker()
        await self.broker.wait_for("agent_connected", occurrence=before + 1)


@contextmanager
def frozen(program: Program) -> Iterator[None]:
    """Stop a process as it stands (SIGSTOP), its connections open; let it go on afterwards."""
    os.kill(program.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(program.pid, signal.SIGCONT)


@asynccontextmanager
async def patience(seconds: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Fail rather than wait for ever."""
    async with asyncio.timeout(seconds):
        yield
