"""What streams can share: something that takes one Modbus/TCP request at a time, and may be gone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from guards.modbus.framing import ExceptionCode, exception_response


class DeviceLostError(Exception):
    """The device, or the way to it, is gone; nothing more can be asked."""


@dataclass(slots=True)
class Counts:
    """What was asked and what went wrong, since the device was opened."""

    requests: int = 0
    broadcasts: int = 0
    silent: int = 0
    crc_errors: int = 0
    short_frames: int = 0
    strays: int = 0


class Device(Protocol):
    """One line or connection. ``ask`` is never called twice at once."""

    @property
    def counts(self) -> Counts:
        """What happened so far."""
        ...

    async def ask(self, adu: bytes, deadline_monotonic: float) -> bytes | None:
        """Return the answer to a request ADU; an exception 0B for silence, ``None`` for a broadcast.

        Raises ``DeviceLostError``. The answer bears the request's transaction.
        """
        ...

    def when_lost(self, told: Callable[[str], None]) -> None:
        """Tell ``told``, once, when the device goes away while nothing is asked."""
        ...

    async def close(self) -> None:
        """Give the device free for others."""
        ...


def silent(adu: bytes) -> bytes:
    """Return the answer for a device that does not give one."""
    return exception_response(adu, ExceptionCode.GATEWAY_TARGET_SILENT)
