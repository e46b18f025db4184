"""Serial lines: what the plant says of one, and the word by which a service names it."""

import re
from dataclasses import dataclass

from guards.modbus.rtu import silence_seconds

SCHEME = "serial:"
PROTOCOL = "modbus-rtu"
DEVICE = re.compile(r"/dev(/[A-Za-z0-9][A-Za-z0-9._:+@,-]*){1,8}")
BAUDS = (300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 76800, 115200, 230400)


@dataclass(frozen=True, slots=True)
class SerialLine:
    """One line and its settings. ``parity`` is N, E or O; characters have 8 bits, as RTU wants."""

    device: str
    baud: int
    parity: str
    stop_bits: int
    response_timeout_seconds: float = 1.0
    turnaround_seconds: float = 0.1

    def __str__(self) -> str:
        """Write it as people do: ``/dev/ttyS0 9600 8E1``."""
        return f"{self.device} {self.baud} 8{self.parity}{self.stop_bits}"

    @property
    def character_seconds(self) -> float:
        """How long one character takes on the wire, with start, parity and stop bits."""
        return self._character_bits / self.baud

    @property
    def silence_seconds(self) -> float:
        """How long the line must be silent between frames."""
        return silence_seconds(self.baud, self._character_bits)

    @property
    def _character_bits(self) -> int:
        return 1 + 8 + (self.parity != "N") + self.stop_bits


def device_of(host: str) -> str | None:
    """Return the device that a service's address names, or ``None`` if it names no serial line."""
    return host.removeprefix(SCHEME) if host.startswith(SCHEME) else None
