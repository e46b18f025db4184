"""What the inventory says no with."""

from broker.http.errors import BrokerError


class InventoryError(BrokerError):
    """Root of this package's errors."""


class EditConflictError(InventoryError):
    """The thing changed after the caller read it; ``fields['version']`` is the present version."""

    code = "edit_conflict"
    title = "Changed by somebody else"


class BadInventoryError(InventoryError):
    """Names, addresses or units do not make sense; ``fields['errors']`` lists where."""

    code = "invalid_inventory"
    title = "Invalid inventory"


class BannerNotAcceptedError(InventoryError):
    """The caller has not accepted the site's present banner: ``fields`` hold ``site``, ``banner`` and ``digest``."""

    code = "banner_not_accepted"
    title = "The site's banner is not accepted"


class JoinTokenInvalidError(InventoryError):
    """Nobody gave out this join token."""

    code = "join_token_invalid"
    title = "Unknown join token"


class JoinTokenExpiredError(InventoryError):
    """The join token is older than its 15 minutes."""

    code = "join_token_expired"
    title = "Join token expired"


class JoinTokenUsedError(InventoryError):
    """The join token was used before: perhaps by somebody else."""

    code = "join_token_used"
    title = "Join token used"


class ClockSkewError(InventoryError):
    """The agent's clock is too far from ours for grants to hold; ``fields['offset_seconds']`` says how far."""

    code = "clock_skew"
    title = "The clocks differ"


class AgentOfflineError(InventoryError):
    """No agent of the site has a live link."""

    code = "agent_offline"
    title = "The site is not connected"


class AgentBusyError(InventoryError):
    """The agent's link takes no more messages now."""

    code = "agent_busy"
    title = "The agent is busy"
