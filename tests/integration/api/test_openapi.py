"""The description of the API is valid, and the running broker does what it says, whatever is thrown at it."""

import os
import sys
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis

from broker.http.openapi import is_described
from tests.integration.api.installation import NOBODY, Installation

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

CASES = 4
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


async def test_the_document_is_served_to_anybody_and_describes_every_route(installation: Installation) -> None:
    document = await installation.done(NOBODY, "GET", "/api/v1/openapi.json")
    described = sum(len(item) for item in document["paths"].values())
    assert document["openapi"] == "3.1.0"
    assert described == sum(map(is_described, installation.broker.routes))


async def test_every_schema_in_it_is_valid_and_every_reference_leads_somewhere(installation: Installation) -> None:
    document = await installation.done(NOBODY, "GET", "/api/v1/openapi.json")
    schemas = document["components"]["schemas"]
    schemathesis.openapi.from_dict(document).validate()
    for schema in schemas.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    references = set(_references(document))
    assert references
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= set(schemas)


def _references(value: object) -> list[str]:
    match value:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [found for item in value.values() for found in _references(item)]
        case list():
            return [found for item in value for found in _references(item)]
        case _:
            return []


@pytest.mark.parametrize("caller", [NOBODY, "vendor", "admin"])
async def test_the_broker_answers_random_calls_as_described(
    installation: Installation, caller: str, tmp_path: Path
) -> None:
    """Schemathesis, over TLS: what fits the description and what does not, as nobody, as a vendor and as an admin."""
    ca = tmp_path / "ca.crt"
    ca.write_bytes(installation.broker.authority.pem)
    token = installation.tokens[caller]
    process = await create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{installation.url}/api/v1/openapi.json",
        "--tls-verify", str(ca), "--checks", CHECKS, "--max-examples", str(CASES), "--phases", "fuzzing",
        "--mode", "all", "--seed", "7", "--suppress-health-check", "all", "--no-color",
        # Would end the login in the middle of the run, or wait for a stream.
        "--exclude-path-regex", "/(logout|logins|watch|streams|password|disable|reset-mfa)",
        *(["--header", f"Authorization: Bearer {token}"] if token else []),
        stdout=PIPE, stderr=STDOUT, cwd=tmp_path, env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]
