"""What other packages get to know about the inventory: frozen values, apart from the tables that they come from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.facts import Target
from policies.identity import DeviceIdentity
from tunnel.ids import AgentId, SiteId


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A plant; ``lock`` says why the plant refuses everybody now, ``None`` means that it does not."""

    id: SiteId
    name: str
    display_name: str
    timezone: str
    banner: str = ""
    lock: "SiteLockFacts | None" = None


@dataclass(frozen=True, slots=True)
class SiteLockFacts:
    """The plant's own refusal as its agent reported it; ``until`` is ``None`` when it stands until unlocked."""

    agent_id: AgentId
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class BannerFacts:
    """What a plant wants people to have read before they work there."""

    site_id: SiteId
    site: str
    text: str

    @property
    def digest(self) -> str:
        """What names the text: the SHA-256 of its UTF-8, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service takes, so that a fragile device is never the victim of our help.

    ``max_rate`` is in requests per second; ``None`` leaves a limit to the policy or the site's ceiling.
    """

    max_streams: int = 1
    max_rate: float | None = None
    idle_seconds: float | None = None
    device_timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """One way to talk to an asset; ``guarded`` tells whether a guard understands ``protocol``.

    ``units`` is the fence of asset and service together, ``own_units`` and ``routes`` those of the service; ``None``
    means no fence. ``is_identity_bad``: one is kept that older rules let in and today's do not; no session opens.
    """

    id: str
    name: str
    protocol: str
    host: str
    port: int
    guarded: bool
    units: frozenset[int] | None = None
    own_units: frozenset[int] | None = None
    routes: frozenset[str] | None = None
    identity: DeviceIdentity | None = None
    is_identity_bad: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Uses:
    """What rests on services now: live sessions, grants that may still be used, requests that nobody has decided."""

    sessions: int = 0
    grants: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """A device at a site."""

    id: str
    site_id: SiteId
    site: str
    name: str
    display_name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    criticality: str = "medium"
    units: frozenset[int] | None = None
    services: tuple[ServiceFacts, ...] = ()
    version: int = 1

    @property
    def path(self) -> str:
        """The name by which people call it: ``site/asset``."""
        return f"{self.site}/{self.name}"

    def service(self, name: str) -> ServiceFacts | None:
        """The service of this name or id."""
        return next((service for service in self.services if name in {service.name, service.id}), None)

    def target(self, service: ServiceFacts) -> Target:
        """What policies are asked about."""
        return Target(
            site=self.site,
            asset=self.name,
            service=service.name,
            protocol=service.protocol,
            guarded=service.guarded,
            labels=self.labels,
            zone=self.zone,
            criticality=self.criticality,
        )
