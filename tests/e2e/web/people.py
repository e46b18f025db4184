"""People who stand at a shell beside their browser, and people of one journey alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.demo.programs import Program, python_program, run_once
from tests.e2e.plant import Plant


async def add_vendor(plant: Plant, name: str, **more: object) -> None:
    """An engineer of the vendor whom only one journey touches."""
    ends_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    about = {"organization": "acme-pumps", "sponsor": "admin", "ends_at": ends_at, **more}
    await plant.add_person(name, roles=["vendor"], groups=["acme-engineers"], **about)


async def terminal_login(plant: Plant, name: str) -> None:
    """``wicket login`` in somebody's terminal."""
    person = plant.people[name]
    environment = {**plant.client_environment(name), "WICKET_PASSWORD": person.password}
    code, output, errors = await run_once(
        [python_program("wicket"), "login", "--otp", await person.app.code()], environment=environment
    )
    assert code == 0, output + errors


@asynccontextmanager
async def connected(
    plant: Plant, name: str, asset: str, command: Sequence[str], *, options: Sequence[str] = ()
) -> AsyncIterator[Program]:
    """``wicket connect`` with a tool of the engineer's own, until both end."""
    log = plant.folder / f"wicket-{name}.log"
    program = await Program.start(
        "wicket",
        [python_program("wicket"), "connect", asset, *options, "--", *command],
        log,
        environment=plant.client_environment(name),
    )
    try:
        yield program
    finally:
        await program.stop()


def shell(go: Path) -> list[str]:
    """Read once; when the file ``go`` is there, write within the bounds, write beyond them, and go on reading."""
    poll = "mbpoll -0 -a 1 -p {port}"
    write = f"{poll} -1 -t 4 -r 100 {{host}}"
    script = (
        f"{poll} -1 -t 3 -r 0 -c 3 {{host}}; until [ -e '{go}' ]; do sleep 0.2; done; "
        f"{write} 650; {write} 950; exec {poll} -l 500 -t 3 -r 0 -c 3 {{host}}"
    )
    return ["sh", "-c", script]
