"""One attempt at one address: a device that refuses, is not there, or says nothing is named as such."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address

import pytest

from agent.ceiling import Permit
from agent.devices import attach, connect, resolve
from agent.refusals import Refusal, RefusalCode
from policies.rules import Rules
from tunnel.datagrams import DatagramEnd
from tunnel.ends import End, PlainEnd, ReadBuffer


def permit(port: int, address: str = "127.0.0.1") -> Permit:
    return Permit("device", ip_address(address), port, Rules(), True, 2, 30)


async def attempt(port: int, address: str = "127.0.0.1", seconds: float = 10.0) -> End | Refusal:
    return await connect(permit(port, address), partial(PlainEnd, ReadBuffer()), deadline_seconds=seconds)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        yield server


async def test_a_device_that_answers_is_connected_to(listening: socket.socket) -> None:
    end = await attempt(listening.getsockname()[1])
    assert isinstance(end, PlainEnd)
    end.discard()
    await end.wait_lost()


async def test_a_port_that_nobody_serves_is_a_refusal(listening: socket.socket) -> None:
    port = listening.getsockname()[1]
    listening.close()
    answer = await attempt(port)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.DEVICE_REFUSED


async def test_a_device_that_says_nothing_is_given_up_after_its_time(listening: socket.socket) -> None:
    with contextlib.ExitStack() as crowd:
        for _ in range(4):  # the queue of those who wait to be accepted is full: the next SYN is not answered
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        answer = await attempt(listening.getsockname()[1], seconds=0.2)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.DEVICE_TIMEOUT


async def test_a_device_of_datagrams_gets_a_socket_that_hears_it_alone() -> None:
    make = partial(DatagramEnd, ReadBuffer(), per_second=100)
    end = await attach(permit(47808), make, deadline_seconds=10.0)
    assert isinstance(end, DatagramEnd)
    assert end._transport is not None
    assert end._transport.get_extra_info("peername") == ("127.0.0.1", 47808)
    end.discard()
    await end.wait_lost()


async def test_an_address_without_a_way_to_it_is_unreachable() -> None:
    answer = await attempt(502, "255.255.255.255")
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.DEVICE_UNREACHABLE


async def test_a_name_that_leads_nowhere_is_unreachable() -> None:
    answer = await resolve("no-such-device.invalid", deadline_seconds=5)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.DEVICE_UNREACHABLE


async def test_a_name_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", silent)
    answer = await resolve("device", deadline_seconds=0.05)
    assert isinstance(answer, Refusal)
    assert (answer.code, "no answer in time" in answer.detail) == (RefusalCode.DEVICE_UNREACHABLE, True)
