"""The process behind the simulated PLC: a tank, a pump that fills it, a drain."""

from dataclasses import dataclass

HEIGHT_MM = 4000
LITRES_PER_MM = 2.0
MAX_INFLOW = 600.0  # litres a minute at full speed
DRAIN = 240.0
CONSUMPTION = 90.0


@dataclass
class Tank:
    """Level in millimetres, flows in litres a minute, pump speed in per mille; time comes from outside."""

    level_mm: float = 1800.0
    pump_speed: int = 400
    pump_on: bool = True
    drain_open: bool = False
    high_alarm_mm: int = 3600
    low_alarm_mm: int = 400

    @property
    def inflow(self) -> float:
        """What the pump brings."""
        return MAX_INFLOW * self.pump_speed / 1000 if self.pump_on else 0.0

    @property
    def outflow(self) -> float:
        """What the town and the drain take."""
        wanted = CONSUMPTION + (DRAIN if self.drain_open else 0.0)
        return wanted if self.level_mm > 0 else 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        litres = (self.inflow - self.outflow) * seconds / 60
        self.level_mm = min(float(HEIGHT_MM), max(0.0, self.level_mm + litres / LITRES_PER_MM))

    @property
    def alarms(self) -> tuple[bool, bool]:
        """High and low alarm."""
        return self.level_mm >= self.high_alarm_mm, self.level_mm <= self.low_alarm_mm
