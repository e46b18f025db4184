"""Sets the demo up: devices, broker, people, agent, assets, policies; and takes it down again."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deploy.demo.api import Api, Authenticator
from deploy.demo.programs import Program, python_program, run_once
from deploy.demo.sshd import SshHost

SITE = "waterworks"
AGENT = "waterworks-1"
POLICIES = Path(__file__).with_name("policies.yaml")
ADMIN_PASSWORD = "pump house demo admin"
PASSWORDS = "pump house demo {name}"
PEOPLE: dict[str, dict[str, Any]] = {
    "engineer": {"roles": ["vendor"], "organization": "acme-pumps", "groups": ["acme-engineers"]},
    "operator-1": {"roles": ["operator"], "organization": "plant", "groups": ["ot-operations"]},
    "operator-2": {"roles": ["operator"], "organization": "plant", "groups": ["it-security"]},
    "auditor": {"roles": ["auditor"], "organization": "plant", "groups": []},
}
GROUPS = ("acme-engineers", "ot-operations", "it-security")


@dataclass(slots=True)
class Person:
    """An account of the demo."""

    name: str
    roles: list[str]
    password: str
    app: Authenticator


class DemoPlant:
    """A whole small installation in one folder; ``async with`` starts and stops it. Clients trust ``ca``."""

    def __init__(self, folder: Path, *, broker_settings: dict[str, str] | None = None, ca: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.ca = ca or self.folder / "broker" / "keys" / "ca.crt"
        self.people: dict[str, Person] = {}
        self.url = ""
        self.pages = "http://localhost:0"
        self.plc_port = 0
        self.broker: Program
        self.agent: Program
        self.plc: Program
        self.ssh: SshHost
        self._settings = broker_settings or {}
        self._programs: list[Program] = []

    async def __aenter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def journal(self) -> Path:
        """What reached the PLC, a JSON line a request."""
        return self.folder / "plc.jsonl"

    @property
    def ceiling(self) -> Path:
        """The site's own ceiling file."""
        return self.folder / "agent" / "ceiling.yaml"

    def agent_environment(self) -> dict[str, str]:
        """What the agent's programs need to find their files."""
        folder = self.folder / "agent"
        return {"WICKET_AGENT_STATE_DIR": str(folder / "state"), "WICKET_AGENT_CEILING_FILE": str(self.ceiling)}

    def broker_environment(self) -> dict[str, str]:
        """The broker's settings."""
        return {
            "WICKET_BROKER_STORAGE__DATA": str(self.folder / "broker"),
            "WICKET_BROKER_STORAGE__MIN_FREE_MB": "16",
            **self._settings,
        }

    def client_environment(self, user: str) -> dict[str, str]:
        """What the ``wicket`` command needs to act as a user."""
        return {
            "WICKET_URL": self.url,
            "WICKET_CA": str(self.ca),
            "WICKET_USER": user,
            "WICKET_HOME": str(self.folder / "homes" / user),
        }

    async def signed_in(self, user: str) -> Api:
        """Return the API signed in as a user; the caller closes it (``async with`` on it is not needed again)."""
        api = await Api(self.url, self.ca).__aenter__()
        person = self.people[user]
        await api.login(person.name, person.password, person.app)
        return api

    # --- beginning

    async def _start(self) -> None:
        await self._start_devices()
        token = await self.start_broker()
        async with Api(self.url, self.ca) as admin:
            await self._first_admin(admin, token)
            await self._make_people(admin)
            await self._make_site(admin)
            await self.start_agent()
            await self._make_assets(admin)
            await admin.post("/policies/apply", yaml=POLICIES.read_text(), comment="the demo's policies")
        self._write_facts()

    async def _start_devices(self) -> None:
        self.plc = await self._run("plc", [sys.executable, "-m", "deploy.demo.plc", "--journal", str(self.journal)])
        self.plc_port = int((await self.plc.wait_for("plc on")).rpartition(":")[2])
        self.ssh = await SshHost.start(self.folder / "ssh")
        self._programs.append(self.ssh.program)

    async def start_broker(self, *, port: int = 0) -> str:
        """Start the broker; return the set-up token, empty when there is an admin already."""
        chosen = {
            "WICKET_BROKER_SERVER__PORT": str(port),
            "WICKET_BROKER_SERVER__LOCAL_HTTP_PORT": self.pages.rpartition(":")[2],
        }
        before = self._count("broker", "Wicketgate broker on")
        self.broker = await self._run(
            "broker", [python_program("wicket-broker"), "serve"], {**self.broker_environment(), **chosen}
        )
        line = await self.broker.wait_for("Wicketgate broker on", occurrence=before + 1)
        self.url = f"https://localhost:{line.rpartition(':')[2]}"
        nearby = await self.broker.wait_for("In a browser on this machine", occurrence=before + 1)
        self.pages = nearby.rpartition(" ")[2]
        if before:
            return ""
        return (await self.broker.wait_for("--token")).rpartition("--token ")[2].strip()

    async def restart_broker(self) -> None:
        """Start the broker again on the port that it had."""
        await self.start_broker(port=int(self.url.rpartition(":")[2]))

    async def start_agent(self) -> None:
        """Start the agent and wait until it is connected."""
        before = self._count("broker", "agent_connected")
        self.agent = await self._run("agent", [python_program("wicket-agent"), "run"], self.agent_environment())
        await self.broker.wait_for("agent_connected", occurrence=before + 1)

    async def _first_admin(self, admin: Api, token: str) -> None:
        answer = await admin.post("/setup", token=token, username="admin", password=ADMIN_PASSWORD)
        app = await admin.enrol(answer)
        self.people["admin"] = Person("admin", ["admin"], ADMIN_PASSWORD, app)

    async def _make_people(self, admin: Api) -> None:
        await admin.post("/organizations", name="acme-pumps", display_name="ACME Pumps", kind="vendor")
        for group in GROUPS:
            await admin.post("/groups", name=group)
        for name, about in PEOPLE.items():
            more: dict[str, Any] = {}
            if about["organization"] == "acme-pumps":
                more = {"sponsor": "admin", "ends_at": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
            created = await admin.post(
                "/users", username=name, organization=about["organization"], roles=about["roles"], **more
            )
            for group in about["groups"]:
                await admin.call("PUT", f"/groups/{group}/members/{created['user']['id']}")
            self.people[name] = await self._first_login(name, about["roles"], created["initial_password"])

    async def _first_login(self, name: str, roles: list[str], initial: str) -> Person:
        password = PASSWORDS.format(name=name)
        async with Api(self.url, self.ca) as api:
            app = await api.enrol(await api.post("/auth/login", username=name, password=initial))
            await api.post("/auth/password", current_password=initial, new_password=password, otp=await app.code())
        return Person(name, roles, password, app)

    async def _make_site(self, admin: Api) -> None:
        await admin.post("/sites", name=SITE, display_name="Waterworks", timezone="Europe/Berlin")
        joined = await admin.post(f"/sites/{SITE}/join-tokens")
        self.ceiling.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ceiling.write_text(self._ceiling())
        self.ceiling.chmod(0o600)
        code, output, errors = await run_once(
            [python_program("wicket-agent"), "enroll", "--token", joined["token"], "--name", AGENT],
            environment=self.agent_environment(),
        )
        if code:
            raise RuntimeError(f"the agent could not enrol:\n{output}{errors}")

    def _ceiling(self) -> str:
        return (
            "# What this site ever lets anybody reach, whatever the broker says.\n"
            "version: 1\n"
            "targets:\n"
            "  - name: pump house PLC\n"
            "    addresses: [127.0.0.1]\n"
            f"    ports: [{self.plc_port}]\n"
            "    protocols: [modbus]\n"
            "    tiers: [read, operate]\n"
            "    max_connections: 8\n"
            "    max_connects_per_minute: 600\n"
            "    max_rate: 100000\n"
            "  - name: data logger\n"
            "    addresses: [127.0.0.1]\n"
            f"    ports: [{self.ssh.port}]\n"
            "    protocols: [ssh, tcp]\n"
            "    opaque: true\n"
            "    max_connections: 16\n"
            "    max_connects_per_minute: 600\n"
        )

    async def _make_assets(self, admin: Api) -> None:
        limits = {"max_streams": 8}
        modbus = {"name": "modbus", "protocol": "modbus", "host": "127.0.0.1", "port": self.plc_port, "limits": limits}
        shell = {"name": "ssh", "protocol": "ssh", "host": "127.0.0.1", "port": self.ssh.port, "limits": limits}
        await admin.post(
            "/assets",
            site=SITE,
            name="pump-plc",
            display_name="Pump house PLC",
            labels={"type": "plc"},
            services=[modbus],
        )
        await admin.post(
            "/assets",
            site=SITE,
            name="data-logger",
            display_name="Data logger",
            labels={"type": "host"},
            services=[shell],
        )

    def _write_facts(self) -> None:
        facts = {
            "url": self.url,
            "pages": self.pages,
            "ca": str(self.ca),
            "users": {
                person.name: {
                    "role": person.roles[0], "roles": person.roles, "password": person.password,
                    "totp_secret": person.app.secret,
                }
                for person in self.people.values()
            },
            "sites": [SITE],
            "assets": {
                f"{SITE}/pump-plc": {
                    "service": "modbus", "protocol": "modbus", "address": f"127.0.0.1:{self.plc_port}", "unit": 1,
                },
                f"{SITE}/data-logger": {
                    "service": "ssh", "protocol": "ssh", "address": f"127.0.0.1:{self.ssh.port}", "user": self.ssh.user,
                    "identity": str(self.ssh.identity), "known_hosts": str(self.ssh.known_hosts),
                },
            },
        }  # fmt: skip
        path = self.folder / "demo.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(facts, file, indent=2)

    # --- end

    async def stop(self) -> None:
        """Stop everything, in the opposite order."""
        for program in reversed(self._programs):
            await program.stop()
        self._programs.clear()

    async def _run(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> Program:
        program = await Program.start(name, command, self.folder / f"{name}.log", environment=environment)
        self._programs.append(program)
        return program

    def _count(self, name: str, text: str) -> int:
        log = self.folder / f"{name}.log"
        return sum(text in line for line in log.read_text(errors="replace").splitlines()) if log.exists() else 0
