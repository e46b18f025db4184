"""Opens a serial line for this program alone, and moves its bytes on the event loop. The one importer of pyserial."""

import asyncio
import contextlib
import errno
import fcntl
import os
import stat
import termios
from collections.abc import Callable

import serial

from agent.lines import SerialLine
from agent.refusals import Refusal, RefusalCode
from agent.sharing.device import DeviceLostError
from guards.modbus.rtu import MAX_FRAME_BYTES

MAX_BUFFERED_BYTES = 4 * MAX_FRAME_BYTES
_MISSING = {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO}
_BUSY = {errno.EBUSY, errno.EAGAIN}


class SerialPort:
    """An open line; ``received`` holds what came and was not taken yet, at most 1 KiB: what is more is noise."""

    def __init__(self, line: SerialLine, opened: serial.Serial) -> None:
        """Read from now on; made by ``open_port``."""
        self._line = line
        self._serial = opened
        self._fd: int = opened.fileno()
        self._loop = asyncio.get_running_loop()
        self._came = asyncio.Event()
        self._fault = ""
        self._told: Callable[[str], None] | None = None
        self.received = bytearray()
        self.last_activity_monotonic = self._loop.time()
        self._loop.add_reader(self._fd, self._readable)

    def when_lost(self, told: Callable[[str], None]) -> None:
        """Tell ``told``, once, when the line goes away."""
        self._told = told

    def discard(self) -> None:
        """Forget what came, also what the machine still holds."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._fd, termios.TCIFLUSH)
        self.received.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait for more bytes, at most so long; tell whether some came. Raises ``DeviceLostError``."""
        self._came.clear()
        if not self._fault:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await self._came.wait()
        self._raise()
        return self._came.is_set()

    async def write(self, frame: bytes, deadline_monotonic: float) -> None:
        """Hand a frame to the line; return when its last bit has left. Raises ``DeviceLostError``."""
        self._raise()
        rest = memoryview(frame)
        while rest:
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                if self._loop.time() >= deadline_monotonic:
                    raise DeviceLostError(f"{self._line.device} takes no bytes") from None
                await asyncio.sleep(self._line.character_seconds * 8)
            except OSError as error:
                self._lose(error.strerror or "write error")
                self._raise()
        await asyncio.sleep(len(frame) * self._line.character_seconds)
        self.last_activity_monotonic = self._loop.time()
        self._raise()

    def close(self) -> None:
        """Let go of the line."""
        if self._serial.is_open:
            self._loop.remove_reader(self._fd)
            with contextlib.suppress(OSError):
                fcntl.ioctl(self._fd, termios.TIOCNXCL)
            with contextlib.suppress(OSError, termios.error):
                self._serial.close()

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, MAX_BUFFERED_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or "read error")
            return
        if not data:
            self._lose("it hung up")
            return
        self.last_activity_monotonic = self._loop.time()
        self.received += data[: MAX_BUFFERED_BYTES - len(self.received)]
        self._came.set()

    def _lose(self, why: str) -> None:
        if not self._fault:
            self._fault = f"{self._line.device} is gone: {why}"
            self._loop.remove_reader(self._fd)
            self._came.set()
            if self._told is not None:
                self._loop.call_soon(self._told, self._fault)

    def _raise(self) -> None:
        if self._fault:
            raise DeviceLostError(self._fault)


async def open_port(line: SerialLine, *, deadline_seconds: float) -> SerialPort | Refusal:
    """Open and set up a line, or say why not."""
    opening = asyncio.ensure_future(asyncio.to_thread(_open, line))
    try:
        async with asyncio.timeout(deadline_seconds):
            return SerialPort(line, await asyncio.shield(opening))
    except TimeoutError:
        opening.add_done_callback(_close_late)
        return Refusal(RefusalCode.DEVICE_TIMEOUT, f"{line.device} could not be opened within {deadline_seconds:g} s.")
    except (OSError, ValueError, termios.error) as error:
        return _refusal(line, error)
    except BaseException:
        opening.add_done_callback(_close_late)
        raise


def _open(line: SerialLine) -> serial.Serial:
    if not stat.S_ISCHR(os.stat(line.device).st_mode):  # noqa: PTH116 - a device, not a file
        raise ValueError("it is no serial device")
    opened = serial.Serial(
        line.device,
        line.baud,
        serial.EIGHTBITS,
        line.parity,
        line.stop_bits,
        timeout=0,
        write_timeout=0,
        exclusive=True,
    )
    fcntl.ioctl(opened.fileno(), termios.TIOCEXCL)
    opened.reset_input_buffer()
    return opened


def _close_late(opening: "asyncio.Future[serial.Serial]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _refusal(line: SerialLine, error: Exception) -> Refusal:
    number = error.errno if isinstance(error, OSError) else None
    if number in _MISSING:
        return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"There is no device {line.device} on the agent's machine.")
    if number in {errno.EACCES, errno.EPERM}:
        return Refusal(RefusalCode.DEVICE_REFUSED, f"The agent's user may not open {line.device} (group dialout?).")
    if number in _BUSY:
        return Refusal(RefusalCode.DEVICE_REFUSED, f"Another program has {line.device} open.")
    return Refusal(RefusalCode.DEVICE_UNREACHABLE, f"{line} cannot be opened: {error}.")
