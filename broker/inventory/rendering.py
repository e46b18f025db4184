"""From facts to what the API answers."""

from broker.inventory.agents import AgentView
from broker.inventory.facts import AssetFacts, ServiceFacts, Uses
from broker.inventory.links import LinkRegistry
from broker.inventory.models import AgentOut, AssetOut, ServiceLimits, ServiceOut, SiteLockOut, SiteOut, UsesOut
from broker.inventory.sites import VersionedSite
from broker.inventory.words import AgentState


def site_out(site: VersionedSite, links: LinkRegistry) -> SiteOut:
    """Render a site, with whether it can be reached now."""
    facts = site.facts
    lock = facts.lock and SiteLockOut(agent=facts.lock.agent_id, reason=facts.lock.reason, until=facts.lock.until)
    return SiteOut(
        id=facts.id, name=facts.name, display_name=facts.display_name, timezone=facts.timezone, banner=facts.banner,
        online=links.is_online(facts.id), lock=lock, version=site.version,
    )  # fmt: skip


def agent_out(agent: AgentView, links: LinkRegistry) -> AgentOut:
    """Render an agent, with what its live link tells."""
    row, presence = agent.row, links.presence(agent.row.id)
    offset = presence.clock_offset_seconds if presence else row.clock_offset_seconds
    return AgentOut(
        id=row.id, name=row.name, site=row.site_id, site_name=agent.site_name, state=AgentState(row.state),
        state_reason=row.state_reason, state_at=row.state_at, online=presence is not None,
        streams=presence.streams if presence else 0, address=presence.address if presence else row.last_address,
        connected_at=presence and presence.connected_at, last_seen_at=row.last_seen_at, enrolled_at=row.enrolled_at,
        software=row.software, clock_offset_seconds=None if offset is None else round(offset, 3),
        ceiling_digest=row.ceiling_digest, certificate_expires_at=agent.certificate_expires_at, locked=row.locked,
        lock_until=row.lock_until, lock_reason=row.lock_reason,
    )  # fmt: skip


def asset_out(asset: AssetFacts) -> AssetOut:
    """Render an asset and its services."""
    return AssetOut(
        id=asset.id, path=asset.path, site=asset.site_id, site_name=asset.site, name=asset.name,
        display_name=asset.display_name, labels=dict(asset.labels), zone=asset.zone, criticality=asset.criticality,
        units=_sorted(asset.units), services=[_service_out(service) for service in asset.services],
        version=asset.version,
    )  # fmt: skip


def uses_out(uses: Uses) -> UsesOut:
    """Render what rests on services."""
    return UsesOut(sessions=uses.sessions, grants=uses.grants, requests=uses.requests)


def _service_out(service: ServiceFacts) -> ServiceOut:
    limits = service.limits
    return ServiceOut(
        id=service.id, name=service.name, protocol=service.protocol, host=service.host, port=service.port,
        guarded=service.guarded, units=_sorted(service.units), own_units=_sorted(service.own_units),
        routes=None if service.routes is None else sorted(service.routes),
        identity=service.identity,
        limits=ServiceLimits(
            max_streams=limits.max_streams, max_rate=limits.max_rate, idle_seconds=limits.idle_seconds,
            device_timeout_seconds=limits.device_timeout_seconds,
        ),
    )  # fmt: skip


def _sorted(units: frozenset[int] | None) -> list[int] | None:
    return None if units is None else sorted(units)
