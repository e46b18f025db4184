"""The public keys that evidence is proved with: a JWK set in a file, kept from a moment when one trusted it."""

import json
from pathlib import Path

from client.errors import ClientError
from client.exit_codes import Exit
from client.files import read_text
from recording.errors import RecordingError
from recording.keys import PublicKeys, public_keys

MAX_KEYS_BYTES = 256 * 1024


def read_keys(path: Path) -> PublicKeys:
    """Read a JWK set; keys are named by what they are, never by what they call themselves."""
    try:
        return keys_of(json.loads(read_text(path, MAX_KEYS_BYTES)))
    except ValueError as error:
        raise ClientError(f"{path} is not JSON.", exit_code=Exit.USAGE) from error


def keys_of(jwk_set: object) -> PublicKeys:
    """Return the keys of a JWK set."""
    try:
        return public_keys(jwk_set if isinstance(jwk_set, dict) else {})
    except RecordingError as error:
        raise ClientError(f"These are no keys of evidence: {error}", exit_code=Exit.USAGE) from error
