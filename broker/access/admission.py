"""A yes to opening a session, with all that sessions must know; where there is no yes, the decision itself."""

from dataclasses import dataclass

from broker.inventory.facts import AssetFacts, ServiceFacts
from policies.decision import Deny, NeedsApproval, NeedsMfa, Obligations
from policies.facts import Asked


@dataclass(frozen=True, slots=True)
class Admission:
    """On these terms, by this grant, to this service, for this user.

    The grant of a standing policy does not exist yet; ``activate`` makes it under the id that is given here.
    """

    obligations: Obligations
    grant_id: str
    request_id: str | None
    asked: Asked
    asset: AssetFacts
    service: ServiceFacts
    is_emergency: bool = False
    user_id: str = ""
    user_name: str = ""
    address: str = ""


Answer = Admission | Deny | NeedsApproval | NeedsMfa
