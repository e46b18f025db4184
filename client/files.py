"""Files that the client reads and writes: bounded, and private where they hold secrets."""

import os
from pathlib import Path

from client.errors import ClientError
from client.exit_codes import Exit


def is_file(name: str) -> bool:
    """Say whether there is a file of this name."""
    return Path(name).is_file()


def read_text(path: Path, limit: int) -> str:
    """Return a UTF-8 file of at most ``limit`` bytes; ``-`` is standard input. Raise ``ClientError`` otherwise."""
    try:
        if str(path) == "-":
            import sys

            content = sys.stdin.buffer.read(limit + 1)
        else:
            with path.open("rb") as file:
                content = file.read(limit + 1)
        if len(content) > limit:
            raise ClientError(f"{path} is larger than {limit} bytes.", exit_code=Exit.USAGE)
        return content.decode()
    except UnicodeDecodeError as error:
        raise ClientError(f"{path} is not text in UTF-8.", exit_code=Exit.USAGE) from error
    except OSError as error:
        raise ClientError(f"{path}: {error.strerror}", exit_code=Exit.USAGE) from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 in a folder of mode 0700, atomically and durably."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ClientError(f"{path} cannot be written: {error.strerror}") from error
