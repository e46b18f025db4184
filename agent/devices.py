"""Opens the connection to a device: one attempt, at one checked address, with patience.

A device that speaks datagrams gets a UDP socket of its own, connected: the system passes nothing from elsewhere.
"""

import asyncio
import errno
import socket
from collections.abc import Callable

from agent.addresses import IPAddress, parse_address
from agent.ceiling import Permit
from agent.refusals import Refusal, RefusalCode
from tunnel.datagrams import DatagramEnd
from tunnel.ends import PlainEnd

_REFUSED = {errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED}
_SILENT = {errno.ETIMEDOUT}


async def resolve(hostname: str, *, deadline_seconds: float) -> IPAddress | Refusal:
    """Ask the site's resolver once; only the first address counts, so that nothing can be tried behind it."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline_seconds):
            found = await loop.getaddrinfo(hostname, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or "no answer in time"
        return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"The name {hostname} was not resolved on site: {reason}.")
    address = parse_address(str(found[0][4][0])) if found else None
    if address is None:
        return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"The name {hostname} has no usable address on site.")
    return address


async def connect(permit: Permit, make_end: Callable[[], PlainEnd], *, deadline_seconds: float) -> PlainEnd | Refusal:
    """Connect to the permitted address, or say in the device's words why not."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(deadline_seconds):
            _, end = await loop.create_connection(make_end, str(permit.address), permit.port)
    except (TimeoutError, OSError) as error:
        return refusal_of(permit, error, deadline_seconds)
    return end


async def attach(
    permit: Permit, make_end: Callable[[], DatagramEnd], *, deadline_seconds: float
) -> DatagramEnd | Refusal:
    """Make a socket for datagrams to the permitted address. Whether anybody is there, only an answer will tell."""
    loop = asyncio.get_running_loop()
    remote = (str(permit.address), permit.port)
    try:
        async with asyncio.timeout(deadline_seconds):
            _, end = await loop.create_datagram_endpoint(make_end, remote_addr=remote)
    except (TimeoutError, OSError) as error:
        return refusal_of(permit, error, deadline_seconds)
    return end


def refusal_of(permit: Permit, error: OSError, deadline_seconds: float) -> Refusal:
    """Say in the device's words why it was not connected to."""
    where = f"{permit.address} port {permit.port}"
    if isinstance(error, TimeoutError) and error.errno is None:
        return Refusal(RefusalCode.DEVICE_TIMEOUT, f"{where} did not answer within {deadline_seconds:g} s.")
    if error.errno in _SILENT:
        return Refusal(RefusalCode.DEVICE_TIMEOUT, f"{where} did not answer.")
    if error.errno in _REFUSED:
        return Refusal(RefusalCode.DEVICE_REFUSED, f"{where} refused the connection: nothing serves this port there.")
    return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"{where} cannot be reached from the agent: {error.strerror}.")
