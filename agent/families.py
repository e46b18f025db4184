"""What kinds of device bear: defaults for a target of the ceiling file, above which stand the plant's own values.

Numbers are the cautious end of what makers publish (docs/agent.md#families names them): whoever is connected one time
too often drives out the oldest connection, which may be the plant's own master.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """How many connections from here a device gets, how often it is connected to, and whether streams share one.

    ``share`` counts only where the protocol allows it (Modbus). ``max_rate`` is in requests per second on one stream;
    ``calm_rate`` the same, for streams that may neither program nor load: what is half loaded must not be broken off
    by a limit that nobody chose. ``max_interrogations_per_minute`` is how often the device is asked for all it has.
    """

    max_connections: int = 2
    max_connects_per_minute: int = 30
    max_rate: float | None = None
    share: bool = False
    calm_rate: float | None = None
    max_interrogations_per_minute: int = 1


GENERIC = Family(calm_rate=10.0)
FAMILIES = {
    "generic": GENERIC,
    "gateway": Family(1, 10, 10.0, share=True),
    "click": Family(1, 10, share=True),
    "m218": Family(1, 10, share=True),
    "etc100": Family(2, 30),
    "s7-cpu": Family(2, 30),
    "s7-cp": Family(1, 10),
    "logix": Family(2, 10),
    "fins-tcp": Family(1, 10),
    "bmenor": Family(1, 6),
    "telecontrol": Family(1, 6, 10.0),
}
"""By the word that stands in the file."""

SERIAL = Family(1, 10, share=True)
"""A serial line: opened once, whatever the file says."""
