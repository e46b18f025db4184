"""What is asked for before it is done, in whatever protocol: refused, allowed by the plant, passed once."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.e2e.plant import Plant, patience

Try = Callable[[], Awaitable[bool]]
"""Does what is asked for; tells whether the device did it, and fails unless the guard refused it as it should."""


async def allow_what_is_asked(plant: Plant, asset: str, function: str) -> None:
    """Say yes to the one question of a device's session."""
    operator, waiting = plant.apis["operator-1"], []
    async with patience():
        while not waiting:
            questions = (await operator.get("/questions", pending="true", limit="50"))["items"]
            waiting = [each for each in questions if each["asset_name"] == asset]
            await asyncio.sleep(0)
    assert [each["function"] for each in waiting] == [function]
    await operator.post(f"/questions/{waiting[0]['id']}/answer", answer="yes", reason="the line stands")


async def passes_once_after_a_yes(plant: Plant, asset: str, function: str, attempt: Try) -> None:
    assert not await attempt()
    await allow_what_is_asked(plant, asset, function)
    assert await attempt()
    assert not await attempt(), "approved once is once"
