"""Through a real HTTP CONNECT proxy with Basic authentication (tinyproxy)."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.config import ProxySettings
from agent.door import proxy_of
from agent.enrol import Enroller, read_join_token
from agent.errors import EnrolmentError
from agent.state import StateDirectory
from deploy.demo.ports import free_port
from tests.integration.agent.fake_broker import FakeBroker
from tests.integration.agent.plant import FakeDevice, Plant, until
from tests.tinyproxy import PASSWORD, USER, tinyproxy
from tunnel.clock import SystemClock

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        shutil.which("tinyproxy") is None, reason="tinyproxy is not installed (apt-get install tinyproxy)"
    ),
]


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[tuple[int, Path]]:
    async with tinyproxy(tmp_path) as running:
        yield running


@pytest.fixture
def proxy_port(proxy: tuple[int, Path]) -> int:
    return proxy[0]


@pytest.fixture
def proxy_log(proxy: tuple[int, Path]) -> Path:
    return proxy[1]


def settings_for(port: int, tmp_path: Path, password: str = PASSWORD) -> ProxySettings:
    file = tmp_path / "proxy-password"
    file.write_text(password + "\n")
    return ProxySettings(url=f"http://127.0.0.1:{port}", user=USER, password_file=file)


def connects(log: Path, broker: FakeBroker) -> int:
    return log.read_text().count(f"CONNECT 127.0.0.1:{broker.port}")


async def test_enrolment_link_and_streams_go_through_the_proxy(
    tmp_path: Path, broker: FakeBroker, echo: FakeDevice, proxy_port: int, proxy_log: Path
) -> None:
    proxied = settings_for(proxy_port, tmp_path)
    plant = Plant(tmp_path, broker)
    plant.settings = plant.settings.model_copy(update={"proxy": proxied})
    plant.state.prepare()
    await Enroller(plant.state, proxy_of(proxied), SystemClock()).enrol(read_join_token(broker.join_token()), "north-1")
    plant.allow(echo.port)
    async with plant.running():
        link = await broker.link()
        await link.say(plant.order(echo.port))
        assert await (await broker.user()).ask(b"hello", 5) == b"hello"
    assert connects(proxy_log, broker) >= 4


@pytest.mark.parametrize("known", [True, False])
async def test_a_proxy_that_wants_other_credentials_is_named(
    tmp_path: Path, broker: FakeBroker, proxy_port: int, known: bool
) -> None:
    state = StateDirectory(tmp_path / "state")
    state.prepare()
    wrong = (
        settings_for(proxy_port, tmp_path, "wrong") if known else ProxySettings(url=f"http://127.0.0.1:{proxy_port}")
    )
    with pytest.raises(EnrolmentError, match="proxy") as caught:
        await Enroller(state, proxy_of(wrong), SystemClock()).enrol(read_join_token(broker.join_token()), "north-1")
    assert caught.value.code.startswith("proxy_")
    assert broker.enrolments == []


async def test_a_link_that_the_proxy_refuses_says_so_in_status(plant: Plant, tmp_path: Path, proxy_port: int) -> None:
    wrong = settings_for(proxy_port, tmp_path, "wrong")
    plant.settings = plant.settings.model_copy(update={"proxy": wrong})
    async with plant.running():
        agent = plant.agent
        assert agent is not None
        await until(lambda: "proxy" in agent.status().link.fault)
        assert "password_file" in agent.status().link.fault


async def test_a_proxy_that_is_not_there_is_named(plant: Plant) -> None:
    gone = ProxySettings(url=f"http://127.0.0.1:{free_port()}")
    plant.settings = plant.settings.model_copy(update={"proxy": gone})
    async with plant.running():
        agent = plant.agent
        assert agent is not None
        await until(lambda: agent.status().link.fault.startswith("proxy_unreachable"))
