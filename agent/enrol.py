"""Enrolment: a one-time join token finds the right broker, the key is made on site, the broker signs a certificate."""

import asyncio
import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping

import aiohttp
from pydantic import ValidationError

from agent.door import BrokerAddress, Door
from agent.errors import EnrolmentError
from agent.faults import explain
from agent.keys import belongs_to, make_key
from agent.state import AgentRecord, StateDirectory
from agent.version import software
from tunnel.clock import Clock
from tunnel.dial import Endpoint, connect
from tunnel.errors import UpgradeError
from tunnel.exchange import explained
from tunnel.messages import ENROLMENT_PATH, EnrolmentRequest, EnrolmentResponse, JoinToken
from tunnel.proxy import Proxy
from tunnel.tls import PinMismatchError, find_pinned, fingerprint, presented_chain, unverified_context

TOKEN_PREFIX = "wgj1."  # noqa: S105 - the public mark of a join token
MAX_TOKEN_CHARACTERS = 4096
MAX_ANSWER_BYTES = 256 * 1024
DEADLINE_SECONDS = 30.0
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

_ADVICE = {
    "join_token_expired": "the join token has expired (they live 15 minutes): make a new one at the broker",
    "join_token_used": "the join token was used before; if that was not you, tell the broker's admin now",
    "join_token_invalid": "the broker does not know this join token: make a new one for this site",
    "clock_skew": "this machine's clock differs from the broker's: set it (timedatectl), then enrol again",
    "name_taken": "another agent of the site has this name: choose one with --name",
}


def read_join_token(text: str) -> JoinToken:
    """Read the text form ``wgj1.<base64url JSON>``; raises EnrolmentError."""
    text = text.strip()
    if not text.startswith(TOKEN_PREFIX) or len(text) > MAX_TOKEN_CHARACTERS:
        raise EnrolmentError("token_malformed", f"a join token starts with {TOKEN_PREFIX}: copy it as a whole")
    body = text.removeprefix(TOKEN_PREFIX)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        return JoinToken.model_validate_json(raw)
    except (binascii.Error, ValueError, ValidationError) as error:
        raise EnrolmentError("token_malformed", "the join token is damaged: copy it as a whole") from error


class Enroller:
    """Enrols one agent; nothing is kept unless all of it worked."""

    def __init__(self, state: StateDirectory, proxy: Proxy | None, clock: Clock) -> None:
        """Keep the identity in ``state``, which must be prepared."""
        self._state = state
        self._proxy = proxy
        self._clock = clock

    async def enrol(self, token: JoinToken, name: str) -> AgentRecord:
        """Enrol, and keep the identity; raises EnrolmentError with what to do."""
        if not _NAME.fullmatch(name):
            raise EnrolmentError("name_malformed", f"{name!r} is not a name: use a-z, 0-9 and - (at most 63)")
        ca = await self._find_ca(token)
        made = await asyncio.to_thread(make_key, name)
        request = EnrolmentRequest(
            secret=token.secret, csr=made.request, name=name, software=software(), clock=self._clock.now()
        )
        door = Door(token.url, ca, None, self._proxy)
        response = read_answer(await _post(door, request))
        check_answer(response, made.key, token.site)
        record = AgentRecord(
            agent=response.agent,
            site=response.site,
            site_name=response.site_name,
            name=name,
            url=token.url,
            issuer=response.issuer,
            ca_fingerprint=token.ca_fingerprint,
        )
        if not hmac.compare_digest(_fingerprint_of(response.ca), token.ca_fingerprint):
            raise EnrolmentError("wrong_ca", "the broker's answer carries another CA than the join token speaks of")
        self._state.save_enrolment(response, made.key, record)
        return record

    async def _find_ca(self, token: JoinToken) -> str:
        """Fetch the broker's chain, believing nothing, and take the CA that the token names. Nothing is sent."""
        address = BrokerAddress.of(token.url)
        endpoint = Endpoint(address.host, address.port, unverified_context(), proxy=self._proxy)
        try:
            async with explained(endpoint.authority, DEADLINE_SECONDS):
                transport, _ = await connect(endpoint, asyncio.Protocol)
                try:
                    return find_pinned(presented_chain(transport.get_extra_info("ssl_object")), token.ca_fingerprint)
                finally:
                    transport.abort()
        except PinMismatchError as error:
            sentence = (
                f"{endpoint.authority} is not the broker that the join token speaks of (no certificate with its "
                "fingerprint): somebody intercepts the connection, or the token belongs to another broker"
            )
            raise EnrolmentError("wrong_ca", sentence) from error
        except UpgradeError as error:
            raise EnrolmentError(*explain(error)) from error


async def _post(door: Door, request: EnrolmentRequest) -> Mapping[str, object]:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), door.session() as session:
            return await post_json(session, door, ENROLMENT_PATH, request.model_dump(mode="json"))
    except (aiohttp.ClientError, OSError) as error:
        raise EnrolmentError(*explain(error)) from error


async def post_json(session: aiohttp.ClientSession, door: Door, path: str, body: object) -> Mapping[str, object]:
    """Post JSON and return the answer; raises EnrolmentError on a refusal, ``aiohttp.ClientError`` or ``OSError``."""
    async with session.post(door.url(path), json=body, allow_redirects=False, **door.way()) as response:
        raw = await response.content.read(MAX_ANSWER_BYTES)
        try:
            answer = json.loads(raw)
        except (ValueError, RecursionError):
            answer = None
        if response.status >= 300 or not isinstance(answer, dict):
            raise _refused(response.status, answer if isinstance(answer, dict) else {})
        return answer


def _refused(status: int, problem: Mapping[str, object]) -> EnrolmentError:
    code = str(problem.get("code") or f"http_{status}")[:64]
    said = str(problem.get("detail") or problem.get("title") or "")[:500]
    return EnrolmentError(code, _ADVICE.get(code) or said or f"the broker answered with HTTP status {status}")


def read_answer(answer: Mapping[str, object]) -> EnrolmentResponse:
    """Read what enrolment and renewal are answered with; raises EnrolmentError."""
    try:
        return EnrolmentResponse.model_validate(answer)
    except ValidationError as error:
        raise EnrolmentError("malformed", "the broker's answer is not understood: are both of one version?") from error


def check_answer(response: EnrolmentResponse, key_pem: str, site: str) -> None:
    """Make sure that the certificate is for our key and site; raises EnrolmentError."""
    try:
        ours = belongs_to(response.certificate, key_pem)
    except ValueError as error:
        raise EnrolmentError("malformed", "the broker's answer holds no readable certificate") from error
    if not ours or response.site != site:
        raise EnrolmentError("malformed", "the broker's answer is for another key or site")


def _fingerprint_of(pem: str) -> str:
    lines = pem.strip().splitlines()
    try:
        body = lines[lines.index("-----BEGIN CERTIFICATE-----") + 1 : lines.index("-----END CERTIFICATE-----")]
        return fingerprint(base64.b64decode("".join(body)))
    except (ValueError, binascii.Error) as error:
        raise EnrolmentError("malformed", "the broker's answer holds no readable CA certificate") from error
