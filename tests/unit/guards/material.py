"""What guards are made with in tests: bytes that can be foreseen, and a clock that began long ago."""

from datetime import UTC, datetime

from guards.material import GuardMaterial

MATERIAL = GuardMaterial(random=bytes, started_at=datetime(2026, 10, 5, 8, 0, tzinfo=UTC), started_monotonic=0.0)
