"""The one place where facts for the policies are gathered: from caller, directory, inventory and locks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from sqlalchemy.ext.asyncio import AsyncSession

from broker.access.locks import LockReader
from broker.access.ports import Devices, People, Reached
from broker.http.errors import NotFoundError
from broker.http.principal import Principal
from broker.inventory.banners import not_accepted
from policies.facts import Approval, Asked, Facts, Login, Origin, Purpose, Subject
from tunnel.clock import Clock

POLICY_METHODS = {"recovery_code": "recovery"}
"""Login methods that policies call by another name than identity does."""


def login_of(principal: Principal) -> Login:
    """Return how the caller proved who they are, in the words of the policies."""
    methods = frozenset(POLICY_METHODS.get(method, method) for method in principal.methods)
    shown_at = {POLICY_METHODS.get(method, method): at for method, at in principal.shown_at.items()}
    return Login(methods, principal.authenticated_at, principal.mfa_at, shown_at)


def approvals_of(approvers: Iterable[str], subjects: Mapping[str, Subject]) -> tuple[Approval, ...]:
    """Return each approver's word with their groups of now; who was disabled since has none."""
    return tuple(Approval(who, subjects[who].groups) for who in approvers if who in subjects)


def origin_of(address: str) -> Origin:
    """Return where a connection comes from; what is no IP address matches no network."""
    return Origin(_parsed(address))


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be judged: who wants to reach what, from where, how proved, asking for what."""

    subject: Subject
    login: Login
    reached: Reached
    address: str
    asked: Asked


class FactGatherer:
    """Builds ``Facts`` from what the database says now."""

    def __init__(self, people: People, devices: Devices, locks: LockReader, clock: Clock) -> None:
        self._people = people
        self._devices = devices
        self._locks = locks
        self._clock = clock

    async def reach(self, view: AsyncSession, asset: str, service: str) -> Reached:
        """Return the service (by name or id; empty means the only one) of the asset, or raise ``NotFoundError``."""
        found = await self._devices.asset_and_service(view, asset, service)
        if found is None:
            raise NotFoundError
        return Reached(*found)

    async def require_banner(self, view: AsyncSession, user_id: str, reached: Reached) -> None:
        """Raise ``BannerNotAcceptedError`` unless this person accepted what the plant wants read first."""
        banner = await self._devices.banner_to_accept(view, reached.asset.site_id, user_id)
        if banner is not None:
            raise not_accepted(banner, f"The site {banner.site} wants its banner accepted first.")

    async def subject(self, view: AsyncSession, user_id: str) -> Subject | None:
        """Return the person as of now; ``None`` if they may not sign in any more."""
        return (await self.subjects(view, [user_id])).get(user_id)

    async def subjects(self, view: AsyncSession, user_ids: Iterable[str]) -> Mapping[str, Subject]:
        """Return people by id as of now, without those who may not sign in any more."""
        return await self._people.subjects(view, user_ids, self._clock.now())

    async def gather(
        self,
        view: AsyncSession,
        purpose: Purpose,
        question: Question,
        approvals: tuple[Approval, ...] = (),
    ) -> Facts:
        """Return the facts of a question, with the locks and the time of now."""
        asset = question.reached.asset
        return Facts(
            purpose=purpose,
            now=self._clock.now(),
            subject=question.subject,
            login=question.login,
            target=question.reached.target,
            origin=origin_of(question.address),
            asked=question.asked,
            locks=await self._locks.on(view, site=asset.site_id, asset=asset.id, user=question.subject.user),
            approvals=approvals,
        )


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
