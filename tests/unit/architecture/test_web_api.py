"""The description of the API from which the pages' types are made is the broker's own, as it is now."""

from pathlib import Path

from deploy.dev.openapi import description, written

KEPT = Path(__file__).parents[3] / "web" / "api" / "openapi.json"


async def test_the_pages_types_are_made_of_the_api_as_it_is() -> None:
    assert KEPT.read_text() == written(await description()), "run `npm run api` in web/"
