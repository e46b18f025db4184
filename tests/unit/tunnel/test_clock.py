import asyncio
from datetime import timedelta

from tunnel.clock import SystemClock


def test_the_wall_clock_is_aware_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


async def test_the_monotonic_clock_is_the_event_loops() -> None:
    before, now = SystemClock().monotonic(), asyncio.get_running_loop().time()
    assert before <= now <= SystemClock().monotonic()
