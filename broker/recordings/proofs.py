"""Proving stored recordings: the format's own verification, held against what the index knows besides."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec

from broker.recordings.sinks import Storage
from recording.verify import Check, Fault, Place, State, Verification, verify

PROOF_SECONDS = 900.0


class Prover:
    """Verifies recordings in a worker thread; ``public_keys`` are those that this broker signs or ever signed with."""

    def __init__(
        self, storage: Storage, public_keys: Mapping[str, ec.EllipticCurvePublicKey], executor: Executor
    ) -> None:
        self._storage = storage
        self._public_keys = public_keys
        self._executor = executor

    async def prove(
        self, recording: str, *, last_link: str = "", is_closed: bool = False, content_key: bytes | None = None
    ) -> Verification:
        """Verify a stored recording: whole in itself, the one of this id, and ending in the link that is known of it.

        Raises ``StorageFailedError`` when it is not there.
        """
        work = partial(self._prove, recording, last_link, is_closed, content_key)
        async with asyncio.timeout(PROOF_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _prove(self, recording: str, last_link: str, is_closed: bool, content_key: bytes | None) -> Verification:
        size = self._storage.size(recording)
        read = partial(self._storage.read, recording)
        found = verify(read, size, self._public_keys, content_key=content_key, expect_closed=is_closed)
        return _held_against(found, recording, last_link)


def _held_against(found: Verification, recording: str, last_link: str) -> Verification:
    if found.state is State.BROKEN or found.opening is None:
        return found
    if found.opening.recording != recording:
        detail = f"this is recording {found.opening.recording} in the place of another"
        return _broken(found, Fault(Place.OPENING, Check.RECORDING, 0, detail))
    if last_link and found.last_link != last_link:
        detail = "its chain does not end in the link that was noted when it was closed"
        return _broken(found, Fault(Place.CLOSING, Check.CHAIN, found.verified_bytes, detail))
    return found


def _broken(found: Verification, fault: Fault) -> Verification:
    return replace(found, state=State.BROKEN, detail=f"broken: {fault}", fault=fault)
