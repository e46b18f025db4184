"""Errors with stable codes, and the one place that gives each code its HTTP status (RFC 9457)."""

from collections.abc import Mapping
from typing import ClassVar

from aiohttp import web

from broker.http.hints import HINTS

PROBLEM_CONTENT_TYPE = "application/problem+json"


class BrokerError(Exception):
    """Root of what the broker refuses; each package derives its own root, each leaf has a stable ``code``.

    ``detail`` says what happened and why, ``hint`` what to do about it (where empty, the caller reads the usual hint of
    the code). Both reach the caller: no secrets in them.
    ``fields`` are further members of the problem document.
    """

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "", *, hint: str = "", fields: Mapping[str, object] | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.hint = hint
        self.fields = dict(fields or {})

    @property
    def advice(self) -> str:
        """What to do about it: the hint of this place, else the usual one of the code."""
        return self.hint or HINTS.get(self.code, "")


class NotFoundError(BrokerError):
    """The thing does not exist, or is not the caller's to see: both look alike."""

    code = "not_found"
    title = "Not found"


class ForbiddenError(BrokerError):
    """The caller may see this but not do it."""

    code = "forbidden"
    title = "Not allowed"


class UnauthenticatedError(BrokerError):
    """No valid proof of who is asking."""

    code = "unauthenticated"
    title = "Sign in first"


class InvalidInputError(BrokerError):
    """The body, query or path cannot be understood; ``fields['errors']`` lists where."""

    code = "invalid_input"
    title = "Invalid input"


class MethodNotAllowedError(BrokerError):
    """The path exists, the method does not."""

    code = "method_not_allowed"
    title = "Method not allowed"


class BadRequestError(BrokerError):
    """Not HTTP as we speak it."""

    code = "bad_request"
    title = "Bad request"


class ConflictError(BrokerError):
    """The thing is not in a state that allows this."""

    code = "conflict"
    title = "Conflict"


class NameTakenError(BrokerError):
    """Something of this kind has this name already."""

    code = "name_taken"
    title = "Name already taken"


class TooManyRequestsError(BrokerError):
    """A limit before or after login was reached; ``fields['retry_after']`` is in seconds."""

    code = "too_many_requests"
    title = "Too many requests"


class IdempotencyMismatchError(BrokerError):
    """An idempotency key came back with another request body."""

    code = "idempotency_mismatch"
    title = "Idempotency key reused for another request"


class TooLargeError(BrokerError):
    """The body is larger than the limit."""

    code = "too_large"
    title = "Body too large"


class UnavailableError(BrokerError):
    """Something the broker needs is not there now; retrying later may work."""

    code = "unavailable"
    title = "Temporarily unavailable"


STATUS: dict[str, int] = {
    # http
    "internal": 500,
    "not_found": 404,
    "method_not_allowed": 405,
    "forbidden": 403,
    "unauthenticated": 401,
    "invalid_input": 422,
    "bad_request": 400,
    "conflict": 409,
    "name_taken": 409,
    "too_many_requests": 429,
    "idempotency_mismatch": 422,
    "too_large": 413,
    "unavailable": 503,
    "csrf_failed": 403,
    # sessions
    "limit_reached": 429,
    "reconnect_blocked": 403,
    "session_ended": 410,
    "session_held": 409,
    "dial_failed": 502,
    # identity
    "login_failed": 401,
    "token_invalid": 401,
    "refresh_failed": 401,
    "enrolment_failed": 401,
    "setup_failed": 401,
    "otp_rejected": 403,
    "passkey_rejected": 403,
    "passkeys_unavailable": 409,
    "mfa_required": 403,
    "weak_password": 422,
    "account_rule": 422,
    # vault
    "unseal_failed": 500,
    # pki
    "bad_csr": 422,
    # inventory
    "edit_conflict": 409,
    "banner_not_accepted": 409,
    "invalid_inventory": 422,
    "join_token_invalid": 403,
    "join_token_expired": 403,
    "join_token_used": 403,
    "clock_skew": 422,
    "agent_offline": 503,
    "agent_busy": 503,
    # access
    "denied": 403,
    "approval_required": 403,
    "policy_invalid": 422,
    "self_approval": 403,
    "not_an_approver": 403,
    "already_approved": 409,
    "request_changed": 409,
    "request_outdated": 409,
    "request_closed": 409,
    "not_narrower": 422,
    "grant_ended": 409,
    # recordings
    "range_unsatisfiable": 416,
    "storage_full": 503,
    "storage_failed": 503,
    "recording_failed": 503,
    "recording_broken": 409,
    "recording_key_missing": 503,
}


def problem(error: BrokerError, request_id: str) -> web.Response:
    """Render an error as ``application/problem+json`` with its code and request id."""
    status = STATUS.get(error.code, 500)
    body: dict[str, object] = {
        "type": f"urn:wicketgate:problem:{error.code}",
        "title": error.title,
        "status": status,
        "code": error.code,
        "request_id": request_id,
    }
    if error.detail:
        body["detail"] = error.detail
    if error.advice:
        body["hint"] = error.advice
    body.update({name: value for name, value in error.fields.items() if name not in body})
    headers = {}
    if "retry_after" in error.fields:
        headers["Retry-After"] = str(error.fields["retry_after"])
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="wicketgate"'
    return web.json_response(body, status=status, content_type=PROBLEM_CONTENT_TYPE, headers=headers)
