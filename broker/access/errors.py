"""What access refuses, with stable codes; the HTTP status of each is in ``broker/http/errors.py``."""

from broker.http.errors import BrokerError


class AccessError(BrokerError):
    """Root of the errors of access."""


class DeniedError(AccessError):
    """No policy gives this; ``fields['reasons']`` tells why and what would help."""

    code = "denied"
    title = "No policy gives this access"


class ApprovalRequiredError(AccessError):
    """It may happen after a request; ``fields['approvals']`` names the groups that must agree."""

    code = "approval_required"
    title = "This needs an approval"


class PolicyInvalidError(AccessError):
    """The policy text cannot be taken; ``fields['problems']`` gives line, column and remedy of each fault."""

    code = "policy_invalid"
    title = "The policy text has faults"


class SelfApprovalError(AccessError):
    """Nobody decides their own request."""

    code = "self_approval"
    title = "Nobody decides their own request"


class NotAnApproverError(AccessError):
    """The caller is in none of the groups whose word is asked for."""

    code = "not_an_approver"
    title = "Your groups are not asked for this decision"


class AlreadyApprovedError(AccessError):
    """The caller said yes to exactly this before; once counts."""

    code = "already_approved"
    title = "You approved this already"


class RequestChangedError(AccessError):
    """The caller decides on terms that are no longer those of the request."""

    code = "request_changed"
    title = "The request changed since you read it"


class RequestOutdatedError(AccessError):
    """The policy that the request rests on changed or is gone."""

    code = "request_outdated"
    title = "The policy changed since the request was made"


class RequestClosedError(AccessError):
    """The request (or extension, or review) is already decided, withdrawn or expired."""

    code = "request_closed"
    title = "This was decided already"


class NotNarrowerError(AccessError):
    """Narrowing may only take away."""

    code = "not_narrower"
    title = "This would not narrow the request"


class GrantEndedError(AccessError):
    """The grant was revoked, has run out, or was not used in time."""

    code = "grant_ended"
    title = "The grant has ended"
