"""Wicketgate's chain: broker, agent and ``wicket connect`` as real processes, with and without a recording."""

from pathlib import Path
from typing import Any

from benchmarks.load import SECONDS
from deploy.demo.api import Api
from deploy.demo.plant import SITE, DemoPlant
from deploy.demo.programs import Program, python_program, run_once

ASSET = "bench"
USER = "engineer"
STREAMS = 250
POLICY = """
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {{name: bench-{name}}}
spec:
  who: {{groups: [acme-engineers]}}
  what: {{sites: [{site}], assets: {{names: [{asset}]}}, services: [{services}]}}
  access: {{mode: standing, max_duration: 8h, valid_until: "2036-01-01T00:00:00+00:00"}}
  session: {{at_expiry: cut, recording: {recording}, max_streams: {streams}}}
  allow: {allow}
"""
# More free space than any disk has: no recording can begin, and a policy that only wishes for one goes on without.
UNRECORDED = {"WICKET_BROKER_STORAGE__MIN_FREE_MB": str(10**9)}
GENEROUS = {
    "WICKET_BROKER_LIMITS__SESSIONS_PER_USER": "100",
    "WICKET_BROKER_LIMITS__SESSIONS_PER_ASSET": "100",
    "WICKET_BROKER_LIMITS__STREAMS_PER_AGENT": "4000",
    "WICKET_BROKER_LIMITS__MAX_CONNECTIONS_PER_ADDRESS": "20000",
}


class BenchPlant(DemoPlant):
    """The demo's plant with the benchmarks' device beside it: one service a port, named ``bulk`` or ``modbus-N``."""

    def __init__(self, folder: Path, ports: dict[str, int], *, recorded: bool) -> None:
        super().__init__(folder, broker_settings={**GENEROUS, **({} if recorded else UNRECORDED)})
        self._ports = ports
        self._recorded = recorded

    def agent_environment(self) -> dict[str, str]:
        return {**super().agent_environment(), "WICKET_AGENT_MAX_STREAMS": "1024"}

    def _ceiling(self) -> str:
        own = [
            f"  - name: bench {name}\n    addresses: [{host_of(name)}]\n    ports: [{port}]\n"
            f"    protocols: [{protocol_of(name)}]\n    tiers: [read]\n    opaque: true\n"
            f"    max_connections: 256\n    max_connects_per_minute: 6000\n    max_rate: 100000\n"
            for name, port in self._ports.items()
        ]
        return super()._ceiling() + "".join(own)

    async def _make_assets(self, admin: Api) -> None:
        await super()._make_assets(admin)
        services = [
            {
                "name": name,
                "protocol": protocol_of(name),
                "host": host_of(name),
                "port": port,
                "limits": {"max_streams": 256},
            }
            for name, port in self._ports.items()
        ]
        await admin.post("/assets", site=SITE, name=ASSET, services=services)
        recording = "required" if self._recorded else "best_effort"
        for name, allow in (("bulk", "{opaque: true}"), ("modbus", "{tiers: [read]}")):
            services_named = ", ".join(service for service in self._ports if service.startswith(name))
            text = POLICY.format(
                name=name,
                site=SITE,
                asset=ASSET,
                services=services_named,
                recording=recording,
                streams=STREAMS,
                allow=allow,
            )
            await admin.post("/policies/apply", yaml=text, comment="for the benchmark")

    async def connect(self, service: str, local: int) -> Program:
        """Run ``wicket connect`` for a service and return when its local port listens."""
        name = f"connect-{service}"
        command = [python_program("wicket"), "connect", f"{SITE}/{ASSET}/{service}", "--local", str(local)]
        program = await self._run(name, command, self.client_environment(USER))
        await program.wait_for(str(local))
        return program

    async def login(self) -> None:
        """Sign the user in at the command line."""
        person = self.people[USER]
        code, output, errors = await run_once(
            [python_program("wicket"), "login", "--otp", await person.app.code()],
            environment={**self.client_environment(USER), "WICKET_PASSWORD": person.password},
            seconds=SECONDS,
        )
        if code:
            raise RuntimeError(f"wicket login failed:\n{output}{errors}")

    async def open_session(self, api: Api, service: str) -> dict[str, Any]:
        """Open a session through the API."""
        session: dict[str, Any] = await api.post("/sessions", asset=f"{SITE}/{ASSET}", service=service)
        return session


def host_of(service: str) -> str:
    """The loopback address of a service: each of its own, for a site caps its connections by the device's address."""
    number = service.partition("-")[2]
    return f"127.0.0.{int(number) + 1}" if number else "127.0.0.1"


def protocol_of(service: str) -> str:
    """The protocol of a service of the benchmarks."""
    return "modbus" if service.startswith("modbus") else "tcp"
