"""The routes of requests and reviews."""

from datetime import timedelta

from broker.access.approvals import ApprovalService
from broker.access.cards import Cards
from broker.access.models import (
    AccessRequest,
    AccessRequestPage,
    ApproveIn,
    NarrowIn,
    ReasonIn,
    RequestIn,
    RequestListQuery,
    ReviewIn,
    ReviewListQuery,
    ReviewOut,
    ReviewPage,
)
from broker.access.preview_models import RequestPreview
from broker.access.previewing import Previewer
from broker.access.requests import RequestQuery, RequestService
from broker.access.reviews import ReviewService
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn

DECIDE = Needs(Permission.REQUESTS_DECIDE)
DECIDING_ERRORS = (
    "self_approval",
    "not_an_approver",
    "already_approved",
    "request_changed",
    "request_outdated",
    "request_closed",
)


class RequestRoutes:
    """Handlers of requests."""

    def __init__(
        self,
        requests: RequestService,
        previewer: Previewer,
        cards: Cards,
        approvals: ApprovalService,
        reviews: ReviewService,
    ) -> None:
        self._requests = requests
        self._previewer = previewer
        self._cards = cards
        self._approvals = approvals
        self._reviews = reviews

    async def create(self, call: Call) -> AccessRequest:
        """Ask for access."""
        return AccessRequest.of(await self._requests.create(call.principal, call.body_as(RequestIn).wish()))

    async def preview(self, call: Call) -> RequestPreview:
        """What a request would come to."""
        return RequestPreview.of(await self._previewer.preview(call.principal, call.body_as(RequestIn).wish()))

    async def list(self, call: Call) -> AccessRequestPage:
        """One page of requests."""
        query = call.query_as(RequestListQuery)
        wanted = RequestQuery(state=query.state, mine=query.mine, waiting=query.waiting)
        records, cursor = await self._requests.page(call.principal, wanted, query)
        return AccessRequestPage(items=[AccessRequest.of(record) for record in records], next_cursor=cursor)

    async def get(self, call: Call) -> AccessRequest:
        """One request."""
        record = await self._requests.get(call.principal, call.path("request"))
        return AccessRequest.of(record, await self._cards.of(call.principal, record.row))

    async def withdraw(self, call: Call) -> AccessRequest:
        """Take one's own request back."""
        return AccessRequest.of(await self._requests.withdraw(call.principal, call.path("request")))

    async def approve(self, call: Call) -> AccessRequest:
        """Say yes to exact terms."""
        body = call.body_as(ApproveIn)
        record = await self._approvals.approve(call.principal, call.path("request"), body.hash, body.comment)
        return AccessRequest.of(record)

    async def deny(self, call: Call) -> AccessRequest:
        """Say no."""
        reason = call.body_as(ReasonIn).reason
        return AccessRequest.of(await self._approvals.deny(call.principal, call.path("request"), reason))

    async def narrow(self, call: Call) -> AccessRequest:
        """Take away from a request."""
        body = call.body_as(NarrowIn)
        duration = timedelta(seconds=body.duration) if body.duration is not None else None
        record = await self._approvals.narrow(
            call.principal, call.path("request"), tiers=body.tiers, duration=duration, fence=body.fence()
        )
        return AccessRequest.of(record)

    async def review(self, call: Call) -> ReviewOut:
        """Close the review of an emergency access."""
        body = call.body_as(ReviewIn)
        record = await self._reviews.close(call.principal, call.path("request"), body.outcome, body.comment)
        return ReviewOut.of(record)

    async def show_review(self, call: Call) -> ReviewOut:
        """The review of one emergency access."""
        return ReviewOut.of(await self._reviews.get(call.principal, call.path("request")))

    async def reviews(self, call: Call) -> ReviewPage:
        """One page of reviews."""
        query = call.query_as(ReviewListQuery)
        records, cursor = await self._reviews.page(call.principal, query, only_open=query.open)
        return ReviewPage(items=[ReviewOut.of(record) for record in records], next_cursor=cursor)


def request_routes(on: RequestRoutes) -> list[Route]:
    """Return the routes of requests and reviews."""
    base, one = "/api/v1/requests", "/api/v1/requests/{request}"
    return [
        Route(
            "POST", base, on.create, Needs(Permission.REQUESTS_CREATE), "Ask for access",
            request=RequestIn, response=AccessRequest, status=201, idempotent_retry=True,
            errors=("denied", "mfa_required", "banner_not_accepted"),
        ),
        Route(
            "GET", base, on.list, SignedIn(), "List requests: one's own, or all for who may read all",
            query=RequestListQuery, response=AccessRequestPage,
        ),
        Route(
            "POST", f"{base}/preview", on.preview, Needs(Permission.REQUESTS_CREATE),
            "Tell what a request would come to, and change nothing", request=RequestIn, response=RequestPreview,
        ),
        Route("GET", one, on.get, SignedIn(), "Show a request", response=AccessRequest),
        Route(
            "POST", f"{one}/withdraw", on.withdraw, SignedIn(), "Take back one's own request",
            response=AccessRequest, errors=("request_closed",),
        ),
        Route(
            "POST", f"{one}/approve", on.approve, DECIDE, "Approve a request on its exact terms",
            request=ApproveIn, response=AccessRequest, errors=(*DECIDING_ERRORS, "mfa_required"),
        ),
        Route(
            "POST", f"{one}/deny", on.deny, DECIDE, "Deny a request",
            request=ReasonIn, response=AccessRequest, errors=DECIDING_ERRORS,
        ),
        Route(
            "POST", f"{one}/narrow", on.narrow, DECIDE, "Take away from a request; earlier approvals become void",
            request=NarrowIn, response=AccessRequest, errors=(*DECIDING_ERRORS, "not_narrower", "denied"),
        ),
        Route(
            "POST", f"{one}/review", on.review, DECIDE, "Close the review of an emergency access",
            request=ReviewIn, response=ReviewOut, errors=("self_approval", "not_an_approver", "request_closed"),
        ),
        Route(
            "GET", f"{one}/review", on.show_review, Needs(Permission.REQUESTS_READ_ALL),
            "Show the review of an emergency access", response=ReviewOut,
        ),
        Route(
            "GET", "/api/v1/reviews", on.reviews, Needs(Permission.REQUESTS_READ_ALL),
            "List the reviews of emergency accesses", query=ReviewListQuery, response=ReviewPage,
        ),
    ]  # fmt: skip
