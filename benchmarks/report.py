"""The result of a run: ratios of ours over OpenSSH's, and absolute numbers of this machine."""

import os
import platform
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.guards import LOADS, VARIED
from benchmarks.load import percentile

GOALS: dict[str, tuple[str, float]] = {
    "throughput_up": (">=", 1.0),
    "throughput_down": (">=", 1.0),
    "throughput_up_recorded": (">=", 0.8),
    "throughput_down_recorded": (">=", 0.8),
    "round_trip_p50": ("<=", 1.5),
    "recorded_round_trip_added_p95_ms": ("<=", 1.0),
    "stream_open_p50_ms": ("<=", 30.0),
    "revoke_to_cut_p99_ms": ("<=", 250.0),
    "agent_link_kb": ("<=", 100.0),
    **{f"guard_{protocol}_per_s": (">=", 20_000) for protocol in LOADS},
    **{f"guard_{protocol}_varied_per_s": (">=", 20_000) for protocol in VARIED},
    "guard_modbus_per_s": (">=", 50_000),
    "guard_modbus_varied_per_s": (">=", 50_000),
}


@dataclass(frozen=True, slots=True)
class Report:
    """Throughput in MiB/s, times in milliseconds, memory in kilobytes of the broker."""

    ratios: dict[str, float]
    absolute: dict[str, float]

    @classmethod
    def of(
        cls,
        samples: Mapping[str, list[float]],
        opened: list[float],
        cuts: list[float],
        *,
        link_kb: float,
        stream_kb: float,
        guards: Mapping[str, float],
    ) -> "Report":
        """Condense the samples: medians over the rounds. Round trips are those with guard and recording on.

        ``guards`` are the requests a second of each guard alone.
        """
        middle = {name: statistics.median(values) for name, values in samples.items()}
        pairs = {
            "throughput_up": ("plain throughput_up", "openssh throughput_up"),
            "throughput_down": ("plain throughput_down", "openssh throughput_down"),
            "throughput_up_recorded": ("recorded throughput_up", "openssh throughput_up"),
            "throughput_down_recorded": ("recorded throughput_down", "openssh throughput_down"),
            "round_trip_p50": ("recorded round_trip_p50", "openssh round_trip_p50"),
            "round_trip_p99": ("recorded round_trip_p99", "openssh round_trip_p99"),
        }
        absolute = {
            "stream_open_p50_ms": percentile(opened, 0.5) * 1000,
            "stream_open_p99_ms": percentile(opened, 0.99) * 1000,
            "revoke_to_cut_p50_ms": percentile(cuts, 0.5) * 1000,
            "revoke_to_cut_p99_ms": percentile(cuts, 0.99) * 1000,
            "agent_link_kb": link_kb,
            "idle_stream_kb": stream_kb,
            **{f"guard_{protocol}_per_s": value for protocol, value in guards.items()},
        }
        for name, value in middle.items():
            chain, what = name.split(" ")
            is_time = what.startswith("round_trip")
            absolute[f"{chain}_{what}{'_ms' if is_time else '_mib_s'}"] = value * 1000 if is_time else value
        return cls({name: middle[ours] / middle[theirs] for name, (ours, theirs) in pairs.items()}, absolute)

    def as_json(self) -> dict[str, object]:
        """What is kept."""
        return {
            "ratios": {name: round(value, 3) for name, value in self.ratios.items()},
            "absolute": {name: round(value, 3) for name, value in self.absolute.items()},
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()},
        }

    def table(self) -> str:
        """The result for people; a goal that was missed is marked."""
        lines = [f"{'':34}{'value':>10}  goal", *map(self._line, self.ratios), "", *map(self._line, self.absolute)]
        return "\n".join(lines)

    def missed(self) -> list[str]:
        """Return what is worse than its goal."""
        return [name for name in (*self.ratios, *self.absolute) if not self._is_met(name)]

    def _value(self, name: str) -> float:
        return self.ratios.get(name, self.absolute.get(name, 0.0))

    def _is_met(self, name: str) -> bool:
        goal = GOALS.get(name)
        if goal is None:
            return True
        sign, bound = goal
        return self._value(name) >= bound if sign == ">=" else self._value(name) <= bound

    def _line(self, name: str) -> str:
        told, goal = f"{name:34}{self._value(name):10.2f}", GOALS.get(name)
        return told if goal is None else f"{told}  {goal[0]} {goal[1]:g}{'' if self._is_met(name) else '   MISSED'}"
