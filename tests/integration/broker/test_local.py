"""The loopback listener of a real broker: the pages and the API for this machine, and nothing for anybody else."""

import re
import socket
from pathlib import Path

import aiohttp
import pytest

from tests.integration.broker.test_process import refused, serving

pytestmark = pytest.mark.integration


def address_of(words: list[str]) -> str:
    (line,) = (line for line in words if "http://localhost:" in line and "/setup" not in line)
    return line.rpartition(" ")[2]


async def test_it_is_off_until_it_is_asked_for(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, words):
        assert "http://" not in "\n".join(words)


async def test_it_serves_pages_and_api_on_both_loopback_addresses_and_says_where(tmp_path: Path) -> None:
    async with serving(tmp_path, WICKET_BROKER_SERVER__LOCAL_HTTP_PORT="0") as (_, words):
        address = address_of(words)
        port = int(address.rpartition(":")[2])
        async with aiohttp.ClientSession() as session:
            for host in ("127.0.0.1", "[::1]"):
                here = {"Host": f"localhost:{port}", "Accept": "text/html"}
                page = await session.get(f"http://{host}:{port}/", headers=here)
                assert page.content_type == "text/html"
                assert "Strict-Transport-Security" not in page.headers
                document = await session.get(f"http://{host}:{port}/api/v1/openapi.json", headers=here)
                assert (await document.json())["openapi"] == "3.1.0"
        assert re.search(rf"{address}/setup#wgs1\.", "\n".join(words)), "the first admin can use it"


async def test_it_knows_no_agents_no_other_name_and_no_other_address(tmp_path: Path) -> None:
    async with serving(tmp_path, WICKET_BROKER_SERVER__LOCAL_HTTP_PORT="0") as (_, words):
        address = address_of(words)
        async with aiohttp.ClientSession() as session:
            for method, path in (("POST", "enrolment"), ("GET", "control"), ("POST", "certificate")):
                assert (await session.request(method, f"{address}/agent/v1/{path}")).status == 404
            assert (await session.get(f"{address}/healthz", headers={"Host": "plant.example"})).status == 400
        with socket.socket() as other, pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", int(address.rpartition(":")[2])))


async def test_a_port_in_use_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = await refused(tmp_path, WICKET_BROKER_SERVER__LOCAL_HTTP_PORT=str(port))
    assert f"localhost:{port}" in said
    assert "server.local_http_port" in said
