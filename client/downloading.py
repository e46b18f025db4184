"""Content to files: under another name until it is whole, and taken up again where the network broke it off."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from client.api import Api
from client.errors import ClientError, UnreachableError
from client.exit_codes import Exit

PIECE_BYTES = 256 * 1024
RESUME_PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)


@dataclass(slots=True)
class Download:
    """One answer's content on its way to ``target``; ``-`` is standard output."""

    api: Api
    path: str
    target: str
    query: Mapping[str, str] | None = None
    force: bool = False

    async def run(self, *, resumable: bool = False) -> int:
        """Fetch it and return the number of bytes; a file that is there already is kept unless ``force``."""
        if self.target == "-":
            return await self._fetch(sys.stdout.buffer, 0)
        partial, file = self._begin(Path(self.target))
        try:
            count = await (self._fetch_resuming(file) if resumable else self._fetch(file, 0))
            os.fsync(file.fileno())
            partial.replace(self.target)
        finally:
            file.close()
            partial.unlink(missing_ok=True)
        return count

    def _begin(self, target: Path) -> tuple[Path, BinaryIO]:
        if target.exists() and not self.force:
            raise ClientError(f"{target} exists.", hint="Give --force to replace it.", exit_code=Exit.USAGE)
        partial = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            return partial, os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)
        except OSError as error:
            raise ClientError(f"{partial}: {error.strerror}", exit_code=Exit.USAGE) from error

    async def _fetch_resuming(self, file: BinaryIO) -> int:
        for pause in RESUME_PAUSES_SECONDS:
            try:
                return await self._fetch(file, file.tell())
            except UnreachableError as error:
                if not error.lost:
                    raise
            await asyncio.sleep(pause)
        return await self._fetch(file, file.tell())

    async def _fetch(self, file: BinaryIO, first: int) -> int:
        count = first
        async with self.api.download(self.path, self.query, first=first) as response:
            async for piece in response.content.iter_chunked(PIECE_BYTES):
                _write(file, piece)
                count += len(piece)
        return count


def _write(file: BinaryIO, piece: bytes) -> None:
    view = memoryview(piece)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        raise ClientError(f"What was downloaded cannot be written: {error.strerror}") from error
