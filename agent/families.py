"""What kinds of device bear: defaults for a target of the ceiling file, above which stand the plant's own values.

Numbers are the cautious end of what makers publish (docs/agent.md#families names them): whoever is connected one time
too often drives out the oldest connection, which may be the plant's own master.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """How many connections from here a device gets, how often it is connected to, and whether streams share one.

    ``share`` counts only where the protocol allows it (Modbus). ``max_rate`` is in requests per second on one stream.
    """

    max_connections: int = 2
    max_connects_per_minute: int = 30
    max_rate: float | None = None
    share: bool = False


GENERIC = Family()
FAMILIES = {
    "generic": GENERIC,
    "gateway": Family(1, 10, 10.0, share=True),
    "click": Family(1, 10, share=True),
    "m218": Family(1, 10, share=True),
    "etc100": Family(2, 30),
}
"""By the word that stands in the file."""

SERIAL = Family(1, 10, share=True)
"""A serial line: opened once, whatever the file says."""
