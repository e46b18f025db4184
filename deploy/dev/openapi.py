"""Prints the description of the broker's API, from which the web pages' types are made: ``npm run api`` in ``web/``."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from broker.app import compose
from broker.config import Settings, StorageSection
from broker.http.openapi import openapi_document


async def description() -> dict[str, Any]:
    """Return the OpenAPI document of a broker that is composed and never started."""
    with TemporaryDirectory() as folder:
        async with compose(Settings(storage=StorageSection(data=Path(folder))), 0) as broker:
            # No version: a release changes nothing that the pages' types depend on.
            return openapi_document(broker.routes, version="")


def written(document: dict[str, Any]) -> str:
    """Return a document as it is kept in ``web/api/openapi.json``: one order, one line for each value."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(written(asyncio.run(description())), end="")
