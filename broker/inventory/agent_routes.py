"""The routes that agents call: enrolment by join token; renewal and control link by certificate (wire protocol, 2)."""

from aiohttp import web

from broker.http.routes import AgentOnly, Call, Public, Route
from broker.inventory.control import ControlDesk
from broker.inventory.enrolment import Enrolment
from tunnel.messages import (
    CONTROL_PATH,
    ENROLMENT_PATH,
    RENEWAL_PATH,
    EnrolmentRequest,
    EnrolmentResponse,
    RenewalRequest,
)


class AgentFacingRoutes:
    """What an agent may ask of the inventory."""

    def __init__(self, enrolment: Enrolment, control: ControlDesk) -> None:
        self._enrolment = enrolment
        self._control = control

    def routes(self) -> list[Route]:
        """Return the routes."""
        by_token = Public("the body carries a one-time secret of 256 random bits, and nothing happens without it")
        return [
            Route("POST", ENROLMENT_PATH, self.enrol, by_token, "Enrol an agent with a join token",
                  request=EnrolmentRequest, response=EnrolmentResponse, max_body_bytes=32 * 1024,
                  errors=("join_token_invalid", "join_token_expired", "join_token_used", "clock_skew", "name_taken",
                          "bad_csr")),
            Route("POST", RENEWAL_PATH, self.renew, AgentOnly(), "Renew an agent's certificate",
                  request=RenewalRequest, response=EnrolmentResponse, max_body_bytes=32 * 1024, errors=("bad_csr",)),
            Route("GET", CONTROL_PATH, self.control, AgentOnly(), "Open an agent's control link", upgrade=True),
        ]  # fmt: skip

    async def enrol(self, call: Call) -> EnrolmentResponse:
        """Enrol an agent."""
        return await self._enrolment.enrol(call.body_as(EnrolmentRequest), call.address)

    async def renew(self, call: Call) -> EnrolmentResponse:
        """Renew a certificate."""
        return await self._enrolment.renew(call.agent_principal, call.body_as(RenewalRequest))

    async def control(self, call: Call) -> web.StreamResponse:
        """Serve a control link until it ends."""
        return await self._control.serve(call.request, call.agent_principal)
