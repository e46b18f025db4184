"""Renews the agent's certificate in good time: a new key at two thirds of its life, kept with its certificate."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog

from agent.door import Door
from agent.enrol import check_answer, post_json, read_answer
from agent.errors import EnrolmentError
from agent.faults import explain
from agent.files import read_text
from agent.keys import Validity, make_key, validity
from agent.state import AgentRecord, StateDirectory
from tunnel.clock import Clock
from tunnel.messages import RENEWAL_PATH, RenewalRequest
from tunnel.tasks import Backoff

DEADLINE_SECONDS = 30.0
MAX_SLEEP = timedelta(hours=1)  # clocks are set and machines sleep: look again
JITTER = 0.05  # of the lifetime, so that a fleet enrolled on one day does not renew in one minute


def renew_at(certificate: Validity, random: float) -> datetime:
    """Return when to renew: two thirds of the lifetime, up to a twentieth later (``random`` is 0.0 to 1.0)."""
    lifetime = certificate.not_after - certificate.not_before
    return certificate.not_before + lifetime * (2 / 3 + JITTER * random)


class Renewer:
    """Keeps the certificate fresh for as long as it runs."""

    def __init__(
        self,
        state: StateDirectory,
        record: AgentRecord,
        door: Door,
        clock: Clock,
        backoff: Backoff,
        random: Callable[[], float],
    ) -> None:
        """Renew through ``door``, and have it show the new certificate afterwards."""
        self._state = state
        self._record = record
        self._door = door
        self._clock = clock
        self._backoff = backoff
        self._random = random
        self._log = structlog.get_logger("renewal")

    def certificate(self) -> Validity:
        """Return the validity of the certificate in use."""
        return validity(read_text(self._state.identity))

    async def run(self) -> None:
        """Wait for the time, renew, and so on; failures are tried again until it works."""
        jitter = self._random()
        while True:
            due = renew_at(self.certificate(), jitter)
            left = due - self._clock.now()
            if left > timedelta():
                await asyncio.sleep(min(left, MAX_SLEEP).total_seconds())
            else:
                await self._renew_until_done()

    async def _renew_until_done(self) -> None:
        while True:
            try:
                await self.renew()
            except (EnrolmentError, aiohttp.ClientError, OSError) as error:
                code, sentence = (error.code, str(error)) if isinstance(error, EnrolmentError) else explain(error)
                self._log.warning("renewal_failed", code=code, detail=sentence)
                await asyncio.sleep(self._backoff.next_pause())
            else:
                self._backoff.reset()
                return

    async def renew(self) -> None:
        """Renew now; raises EnrolmentError, ``aiohttp.ClientError`` or ``OSError``."""
        made = await asyncio.to_thread(make_key, self._record.name)
        async with asyncio.timeout(DEADLINE_SECONDS), self._door.session() as session:
            request = RenewalRequest(csr=made.request).model_dump(mode="json")
            response = read_answer(await post_json(session, self._door, RENEWAL_PATH, request))
        check_answer(response, made.key, self._record.site)
        if response.agent != self._record.agent:
            raise EnrolmentError("malformed", "the broker's answer is for another agent")
        self._state.save_identity(made.key, response.certificate)
        self._door.reload()
        until = validity(response.certificate).not_after
        self._log.info("certificate_renewed", not_after=until.isoformat(timespec="seconds"))
