"""Opens the connection to a device: one attempt, at one checked address, with patience.

A device that speaks datagrams gets a UDP socket of its own, connected: the system passes nothing from elsewhere.
"""

import asyncio
import errno
import socket

from agent.addresses import IPAddress, parse_address
from agent.ceiling import Permit
from agent.refusals import Refusal, RefusalCode
from policies.protocols import OPAQUE_DATAGRAMS, is_datagrams
from tunnel.datagrams import DATAGRAMS_PER_SECOND, DatagramEnd
from tunnel.ends import End, PlainEnd, ReadBuffer

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


async def connect(
    permit: Permit, protocol: str, buffer: ReadBuffer, *, max_rate: float | None, deadline_seconds: float
) -> End | Refusal:
    """Connect to the permitted address as ``protocol`` wants it, or say in the device's words why not.

    Where no guard counts requests, datagrams are held to ``max_rate``.
    """
    where = f"{permit.address} port {permit.port}"
    per_second = min(max_rate or DATAGRAMS_PER_SECOND, DATAGRAMS_PER_SECOND)
    try:
        async with asyncio.timeout(deadline_seconds):
            if not is_datagrams(protocol):
                return await _stream(permit, buffer)
            return await _datagrams(
                permit, buffer, per_second if protocol == OPAQUE_DATAGRAMS else DATAGRAMS_PER_SECOND
            )
    except TimeoutError:
        return Refusal(RefusalCode.DEVICE_TIMEOUT, f"{where} did not answer within {deadline_seconds:g} s.")
    except OSError as error:
        return _refusal(where, error)


async def _stream(permit: Permit, buffer: ReadBuffer) -> End:
    loop = asyncio.get_running_loop()
    _, end = await loop.create_connection(lambda: PlainEnd(buffer), str(permit.address), permit.port)
    return end


async def _datagrams(permit: Permit, buffer: ReadBuffer, per_second: float) -> End:
    """Say nothing to the device yet: whether anybody is there, only an answer will tell."""
    loop = asyncio.get_running_loop()
    remote = (str(permit.address), permit.port)
    _, end = await loop.create_datagram_endpoint(lambda: DatagramEnd(buffer, per_second=per_second), remote_addr=remote)
    return end


def _refusal(where: str, error: OSError) -> Refusal:
    if error.errno in _SILENT:
        return Refusal(RefusalCode.DEVICE_TIMEOUT, f"{where} did not answer.")
    if error.errno in _REFUSED:
        return Refusal(RefusalCode.DEVICE_REFUSED, f"{where} refused the connection: nothing serves this port there.")
    return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"{where} cannot be reached from the agent: {error.strerror}.")
