"""The whole story by itself, through the real command-line programs: ``make demo ONCE=1``.

Each step says what is promised and stops the run at the first thing that is not so.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.plant import SITE, DemoPlant
from deploy.demo.programs import python_program, run_once

PLC = f"{SITE}/pump-plc/modbus"
LOGGER = f"{SITE}/data-logger/ssh"
TICKET = "CHG-20417"
POLL = ("mbpoll", "-1", "-0", "-a", "1", "-p", "{port}")


class BrokenPromiseError(Exception):
    """Something was not as promised."""


@dataclass(slots=True)
class Answer:
    """What a command printed, and its exit code."""

    command: str
    code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.output)

    def expect(self, code: int, *words: str) -> "Answer":
        """Check the exit code, and that the words stand in the output."""
        text = self.output + self.errors
        missing = [word for word in words if word.lower() not in text.lower()]
        if self.code != code or missing:
            wanted = f"exit code {code}" + (f" and the words {missing}" if missing else "")
            raise BrokenPromiseError(f"$ {self.command}\nended with {self.code}, expected {wanted}:\n{text}")
        return self


@dataclass(slots=True)
class Story:
    """Tells the story in a running plant."""

    plant: DemoPlant
    say: Callable[[str], None]
    facts: dict[str, str] = field(default_factory=dict)

    async def tell(self) -> None:
        """Tell it from the request to the forged recording."""
        steps: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("everybody signs in with password and second factor", self._sign_in),
            ("the engineer is refused without an approval", self._refused),
            ("the engineer asks for two hours, with a ticket", self._request),
            ("nobody approves their own request", self._own_approval),
            ("one operator approves, which is not enough", self._first_approval),
            ("a second operator, of another group, approves", self._second_approval),
            ("the engineer reads the tank's level through the tunnel", self._read),
            ("a write within bounds passes, one beyond is refused inside Modbus", self._write),
            ("a session of eight seconds is cut at its deadline", self._deadline),
            ("the auditor sees who did what", self._replay),
            ("the recording and the audit log prove to be whole", self._verify),
            ("a tampered copy is found, and the place named", self._tampered),
        ]
        for number, (title, step) in enumerate(steps, 1):
            self.say(f"{number:2}. {title}")
            await step()

    # --- steps

    async def _sign_in(self) -> None:
        for name in ("engineer", "operator-1", "operator-2", "auditor"):
            person = self.plant.people[name]
            environment = {**self.plant.client_environment(name), "WICKET_PASSWORD": person.password}
            (await self._run(name, "login", "--otp", await person.app.code(), environment=environment)).expect(0)
        (await self._wicket("engineer", "whoami")).expect(0, "engineer", "acme-pumps")

    async def _refused(self) -> None:
        (await self._wicket("engineer", "connect", PLC, "--", "true")).expect(2, "ot-operations", "it-security")
        (await self._wicket("operator-2", "connect", LOGGER, "--", "true")).expect(4)

    async def _request(self) -> None:
        asked = ["request", PLC, "--reason", "pump trips at night", "--ticket", TICKET, "--duration", "2h", "--json"]
        self.facts["request"] = (await self._wicket("engineer", *asked)).expect(5).json["id"]

    async def _own_approval(self) -> None:
        (await self._wicket("engineer", "approve", self.facts["request"], "--yes")).expect(4)

    async def _first_approval(self) -> None:
        (await self._wicket("operator-1", "approve", self.facts["request"], "--yes")).expect(0)
        (await self._wicket("engineer", "connect", PLC, "--reason", "x", "--ticket", TICKET, "--", "true")).expect(5)

    async def _second_approval(self) -> None:
        (await self._wicket("operator-2", "approve", self.facts["request"], "--yes")).expect(0, "approved")

    async def _read(self) -> None:
        poll = [*POLL, "-t", "3", "-r", "0", "-c", "3", "{host}"]
        (await self._wicket("engineer", "connect", PLC, "--", *poll)).expect(0, "[0]:")

    async def _write(self) -> None:
        before = self._writes()
        write = [*POLL, "-t", "4", "-r", "100", "{host}"]
        (await self._wicket("engineer", "connect", PLC, "--", *write, "650")).expect(0, "written 1")
        refused = await self._wicket("engineer", "connect", PLC, "--", *write, "950")
        if refused.code == 0 or "illegal data value" not in (refused.output + refused.errors).lower():
            raise BrokenPromiseError(f"a write beyond its bounds was not refused:\n{refused.output}{refused.errors}")
        arrived = self._writes()[len(before) :]
        if [line["values"] for line in arrived] != [[650]]:
            raise BrokenPromiseError(f"the PLC saw {arrived}, and should have seen 650 alone")

    async def _deadline(self) -> None:
        asked = ["request", LOGGER, "--reason", "read the log", "--duration", "8s", "--json"]
        request = (await self._wicket("engineer", *asked)).expect(5).json["id"]
        (await self._wicket("operator-1", "approve", request, "--yes")).expect(0)
        host = self.plant.ssh
        shell = ["ssh", *host.options(), "-p", "{port}", f"{host.user}@{{host}}", "echo in; sleep 60"]
        cut = await self._wicket("engineer", "connect", LOGGER, "--", *shell)
        if cut.code == 0 or "in\n" not in cut.output:
            raise BrokenPromiseError(f"the shell was not cut at its deadline:\n{cut.output}{cut.errors}")
        if "approved time is over" not in (cut.output + cut.errors):
            raise BrokenPromiseError(f"nobody said why the shell ended:\n{cut.output}{cut.errors}")

    async def _replay(self) -> None:
        listed = (await self._wicket("auditor", "recordings", "list", "--json")).expect(0).json
        with_writes = [item for item in _items(listed) if item["denials"]]
        if not with_writes:
            raise BrokenPromiseError(f"no recording tells of the refused write: {listed}")
        self.facts["recording"] = with_writes[0]["id"]
        shown = await self._wicket("auditor", "recordings", "show", self.facts["recording"])
        shown.expect(0, "engineer", TICKET, "950", "denied")

    async def _verify(self) -> None:
        (await self._wicket("auditor", "recordings", "verify", self.facts["recording"])).expect(0, "whole")
        (await self._wicket("auditor", "audit", "verify")).expect(0)

    async def _tampered(self) -> None:
        folder = self.plant.folder / "evidence"
        folder.mkdir(exist_ok=True)
        copy, keys = folder / "recording.wgr", folder / "keys.json"
        (await self._wicket("auditor", "recordings", "download", self.facts["recording"], "--out", str(copy))).expect(0)
        printed = (await self._wicket("auditor", "recordings", "keys", "--json")).expect(0).output
        keys.write_text(printed)
        (await self._wicket("auditor", "recordings", "verify", str(copy), "--keys", str(keys))).expect(0, "whole")
        content = bytearray(copy.read_bytes())
        content[len(content) // 2] ^= 1
        copy.write_bytes(content)
        (await self._wicket("auditor", "recordings", "verify", str(copy), "--keys", str(keys))).expect(8, "segment")

    # --- tools

    async def _wicket(self, user: str, *arguments: str) -> Answer:
        return await self._run(user, *arguments, environment=self.plant.client_environment(user))

    async def _run(self, _user: str, *arguments: str, environment: dict[str, str]) -> Answer:
        code, output, errors = await run_once([python_program("wicket"), *arguments], environment=environment)
        return Answer("wicket " + " ".join(arguments), code, output, errors)

    def _writes(self) -> list[dict[str, Any]]:
        if not self.plant.journal.exists():
            return []
        lines = [json.loads(line) for line in self.plant.journal.read_text().splitlines()]
        return [line for line in lines if line["values"] is not None]


def _items(listed: Any) -> list[dict[str, Any]]:
    return list(listed["items"] if isinstance(listed, dict) else listed)


async def tell(folder: Path) -> int:
    """Start a plant, tell the story, stop the plant; return the exit code."""

    def say(text: str) -> None:
        print(text, flush=True)

    say("Starting broker, agent, PLC and SSH host ...")
    async with DemoPlant(folder) as plant:
        try:
            await Story(plant, say).tell()
        except BrokenPromiseError as error:
            print(f"\nNot as promised:\n{error}", file=sys.stderr)
            return 1
    say("Everything was as promised.")
    return 0


def run(folder: Path) -> int:
    """Tell the story once."""
    return asyncio.run(tell(folder))
