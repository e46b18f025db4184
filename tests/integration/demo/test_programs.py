"""Programs that cannot bind to port 0, on a machine where others take ports too."""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.demo.programs import PortTakenError, ProgramError, start_on_free_port

pytestmark = pytest.mark.integration
SAYS = "Serving HTTP"


class Rival:
    """Takes the first ports that a program is told to use, just before it starts."""

    def __init__(self, times: int) -> None:
        self.left, self.tried = times, list[int]()
        self.held = ExitStack()

    def command(self, port: int) -> Sequence[str]:
        self.tried.append(port)
        if self.left:
            self.left -= 1
            self.held.enter_context(socket.create_server(("127.0.0.1", port)))
        return [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", str(port)]


@pytest.fixture
def rival(request: pytest.FixtureRequest) -> Iterator[Rival]:
    made = Rival(request.param)
    with made.held:
        yield made


@pytest.mark.parametrize("rival", [2], indirect=True)
async def test_a_program_whose_port_was_taken_gets_another(rival: Rival, tmp_path: Path) -> None:
    program, port = await start_on_free_port("pages", rival.command, tmp_path / "log", says=SAYS)
    try:
        assert port == rival.tried[2]
        assert f"port {port}" in program.tail()
    finally:
        await program.stop()


@pytest.mark.parametrize("rival", [9], indirect=True)
async def test_after_so_many_ports_it_is_said_that_they_were_taken(rival: Rival, tmp_path: Path) -> None:
    with pytest.raises(PortTakenError, match="Address already in use"):
        await start_on_free_port("pages", rival.command, tmp_path / "log", says=SAYS, ports=3)
    assert len(rival.tried) == 3


async def test_a_program_that_ends_for_another_reason_is_not_tried_again(tmp_path: Path) -> None:
    tried = []

    def command(port: int) -> Sequence[str]:
        tried.append(port)
        return [sys.executable, "-c", "raise SystemExit('no such setting')"]

    with pytest.raises(ProgramError, match="no such setting") as caught:
        await start_on_free_port("pages", command, tmp_path / "log", says=SAYS)
    assert not isinstance(caught.value, PortTakenError)
    assert len(tried) == 1
