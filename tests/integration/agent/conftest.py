"""Fixtures: a broker of our own, devices and an enrolled agent, all on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.agent.fake_broker import FakeBroker, FakePki
from tests.integration.agent.plant import FakeDevice, Plant


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> FakePki:
    return FakePki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def broker(pki: FakePki) -> AsyncIterator[FakeBroker]:
    fake = FakeBroker(pki)
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def plant(tmp_path: Path, broker: FakeBroker) -> Plant:
    made = Plant(tmp_path, broker)
    await made.enrol()
    return made


@pytest.fixture
async def echo() -> AsyncIterator[FakeDevice]:
    device = FakeDevice()
    await device.start()
    yield device
    await device.stop()


@pytest.fixture
async def plc() -> AsyncIterator[FakeDevice]:
    device = FakeDevice("modbus")
    await device.start()
    yield device
    await device.stop()
