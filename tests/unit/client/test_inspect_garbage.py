"""Whatever a file holds, ``wicket inspect`` prints rows or says in words what is wrong with it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from client.captures.flows import PORTS
from client.cli import cli
from tests.unit.client.captures.wire import ACK, ASSET, SYN, USER, Conversation, ethernet, ip4, pcap, pcapng, udp
from tests.unit.guards.test_seeking import MESSAGES

REMARK = re.compile(
    r"wicket: (Packets (of link types that are not read|that were cut short)|Frames of protocols).*: [\d,]+\."
)
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path: Path) -> None:
    """Read a file both ways; what is wrong with it is one sentence, and the lines are JSON."""
    for options in (["--json"], []):
        result = CliRunner().invoke(cli, ["inspect", str(path), *options])
        assert result.exit_code in {0, 2}, result.output
        assert isinstance(result.exception, SystemExit | None), result.exception
        said = [line for line in result.stderr.splitlines() if not REMARK.fullmatch(line)]
        assert len(said) == (1 if result.exit_code else 0), result.stderr
        if options:
            for line in result.stdout.splitlines():
                json.loads(line)


def _frames() -> Iterator[bytes]:
    for (transport, port), protocol in sorted(PORTS.items()):
        message = MESSAGES.get(protocol, bytes.fromhex("810b000801001008"))
        talk = Conversation(port, 40000 + port % 1000)
        if transport == "tcp":
            yield from (talk.ask(b"", SYN), talk.answer(b"", SYN | ACK), talk.ask(message), talk.answer(message))
        else:
            yield ethernet(ip4(udp(message, (40000, port)), USER, ASSET, 17))


WHOLE = {"pcap": pcap(list(_frames())), "pcapng": pcapng(list(_frames()))}


@often
@given(st.binary(max_size=400), st.sampled_from([b"", WHOLE["pcap"][:24], WHOLE["pcapng"][:60], b"\x1f\x8b\x08\0"]))
def test_noise(tmp_path: Path, noise: bytes, head: bytes) -> None:
    path = tmp_path / "noise"
    path.write_bytes(head + noise)
    read(path)


@often
@given(data=st.data())
@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_captures_with_bytes_changed_left_out_and_put_in(tmp_path: Path, kind: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                del damaged[at : at + data.draw(st.integers(1, 40))]
            case 1:
                damaged[at:at] = data.draw(st.binary(min_size=1, max_size=40))
            case _:
                damaged[at] ^= 1 << data.draw(st.integers(0, 7))
        damaged = damaged or bytearray(b"\0")
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    read(path)
