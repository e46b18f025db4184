"""What the pages know of the broker, its API, the protocols' words and all that the broker says, is as it is now."""

from pathlib import Path

import pytest

from deploy.dev import phrases, protocol_words
from deploy.dev.openapi import description, written

WEB = Path(__file__).parents[3] / "web"


async def test_the_pages_types_are_made_of_the_api_as_it_is() -> None:
    assert (WEB / "api" / "openapi.json").read_text() == written(await description()), "run `npm run api` in web/"


def test_the_pages_forms_know_the_words_of_each_protocol() -> None:
    assert (WEB / "src" / "api" / "protocols.json").read_text() == protocol_words.written(), "run `npm run api` in web/"


@pytest.mark.parametrize("name", phrases.TABLES)
def test_the_pages_know_each_text_of_the_broker(name: str) -> None:
    kept = (WEB / "src" / "api" / f"{name}.json").read_text()
    assert kept == phrases.written(name), "run `npm run api` in web/"
