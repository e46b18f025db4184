"""What the pages know of the broker, its API and the protocols' words, is as it is now."""

from pathlib import Path

from deploy.dev import protocol_words
from deploy.dev.openapi import description, written

WEB = Path(__file__).parents[3] / "web"


async def test_the_pages_types_are_made_of_the_api_as_it_is() -> None:
    assert (WEB / "api" / "openapi.json").read_text() == written(await description()), "run `npm run api` in web/"


def test_the_pages_forms_know_the_words_of_each_protocol() -> None:
    assert (WEB / "src" / "api" / "protocols.json").read_text() == protocol_words.written(), "run `npm run api` in web/"
