"""The control links of this node's agents: who is there, whom to dial through, and saying something to them."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.cluster.bus import Bus, Overrun
from broker.inventory.errors import AgentBusyError, AgentOfflineError
from broker.inventory.link import SEND_SECONDS, AgentLink
from broker.inventory.standing import AgentStanding
from tunnel.ids import AgentId, SiteId, StreamId
from tunnel.messages import CutSession, Dial, Extend, Goodbye

PROBE_SECONDS = 3.0
MAX_REMEMBERED_STREAMS = 1024

_REVOKED = Goodbye(code="revoked", reason="This agent was revoked. Enrol it anew with a join token.", retry=False)
_QUARANTINED = Goodbye(
    code="quarantined",
    reason="This agent's key was seen in two places at once. An admin must release or revoke the agent.",
    retry=False,
)
_GOODBYES = {"agent.revoked": _REVOKED, "agent.quarantined": _QUARANTINED}
_CLOSING = Goodbye(code="shutting_down", reason="The broker is stopping.")


@dataclass(frozen=True, slots=True)
class Presence:
    """A live link as people see it."""

    address: str
    connected_at: datetime
    clock_offset_seconds: float
    streams: int


class LinkRegistry:
    """Knows the live links, at most one for each agent, and the streams dialled through each."""

    def __init__(self, standing: AgentStanding, bus: Bus, *, max_agents: int = 10_000) -> None:
        self._standing = standing
        self._bus = bus
        self._max_agents = max_agents
        self._links: dict[AgentId, AgentLink] = {}
        self._by_site: defaultdict[SiteId, set[AgentId]] = defaultdict(set)
        self._streams: defaultdict[AgentId, OrderedDict[StreamId, None]] = defaultdict(OrderedDict)
        self._admitting: set[AgentId] = set()

    def live_agent_of(self, site_id: SiteId) -> AgentId | None:
        """Return the live agent of the site that carries the fewest streams, or ``None``."""
        ready = [agent for agent in self._by_site.get(site_id, ()) if self._links[agent].ready]
        return min(ready, key=lambda agent: (self._load(agent), agent), default=None)

    def presence(self, agent_id: str) -> Presence | None:
        """Return what is known of the agent's live link, if it has one."""
        link = self._links.get(AgentId(agent_id))
        if link is None or not link.ready or link.connected_at is None:
            return None
        return Presence(link.address, link.connected_at, link.clock_offset_seconds, self._load(link.agent_id))

    def is_online(self, site_id: str) -> bool:
        """Tell whether the site has a live agent."""
        return self.live_agent_of(SiteId(site_id)) is not None

    def online_sites(self) -> frozenset[str]:
        """Return the ids of all sites that have a live agent."""
        return frozenset(site for site in self._by_site if self.is_online(site))

    async def dial(self, site_id: SiteId, dial: Dial, *, deadline_seconds: float = SEND_SECONDS) -> AgentId:
        """Ask a live agent of the site to open a stream; return which one was asked: only it may answer.

        Raises ``AgentOfflineError`` or ``AgentBusyError``. What becomes of the stream is told to ``StreamEvents``.
        """
        agent_id = self.live_agent_of(site_id)
        if agent_id is None:
            raise AgentOfflineError(
                "No agent of this site is connected.", hint="Ask the plant to look at the agent: 'wicket-agent status'."
            )
        self._remember(agent_id, StreamId(dial.stream))
        try:
            await self._links[agent_id].send(dial, deadline_seconds=deadline_seconds)
        except (AgentOfflineError, AgentBusyError):
            self.forget_stream(agent_id, StreamId(dial.stream))
            raise
        return agent_id

    async def send(
        self, agent_id: AgentId, message: Dial | CutSession | Extend, *, deadline_seconds: float = SEND_SECONDS
    ) -> None:
        """Say something to one agent; raise ``AgentOfflineError`` if it is not there or does not take it."""
        link = self._links.get(agent_id)
        if link is None or not link.ready:
            raise AgentOfflineError("The agent is not connected.")
        await link.send(message, deadline_seconds=deadline_seconds)

    def agents_of(self, site_id: SiteId) -> list[AgentId]:
        """Return every live agent of the site."""
        return sorted(agent for agent in self._by_site.get(site_id, ()) if self._links[agent].ready)

    def knows_stream(self, agent_id: AgentId, stream: StreamId) -> bool:
        """Tell whether this stream was dialled through this agent and has not ended."""
        return stream in self._streams.get(agent_id, ())

    def forget_stream(self, agent_id: AgentId, stream: StreamId) -> None:
        """The stream has ended; no more is to be heard of it."""
        streams = self._streams.get(agent_id)
        if streams is not None:
            streams.pop(stream, None)
            if not streams:
                del self._streams[agent_id]

    async def admit(self, link: AgentLink) -> Goodbye | None:
        """Make this the agent's link, or return why not.

        A second instance of an agent while the first one answers means a copied key: both go, and the agent is
        quarantined. A first one that does not answer is a dead connection (restart, network change): it is replaced.
        """
        if link.agent_id in self._admitting or self._is_full(link.agent_id):
            return Goodbye(
                code="busy", reason="Another link of this agent is just being looked at, or there are too many."
            )
        self._admitting.add(link.agent_id)
        try:
            present = self._links.get(link.agent_id)
            if present is not None and present.instance != link.instance and await present.answers(PROBE_SECONDS):
                await self._quarantine(present, link)
                return _QUARANTINED
            self._install(link)
        finally:
            self._admitting.discard(link.agent_id)
        return None

    def release(self, link: AgentLink) -> bool:
        """Forget the link; tell whether it was (still) the agent's link."""
        link.ready = False
        if self._links.get(link.agent_id) is not link:
            return False
        del self._links[link.agent_id]
        self._by_site[link.site_id].discard(link.agent_id)
        if not self._by_site[link.site_id]:
            del self._by_site[link.site_id]
        return True

    async def run(self) -> None:
        """Close the link of every agent that is revoked or quarantined, whichever node decided it; for ever."""
        with self._bus.subscribe(*_GOODBYES) as subscription:
            async with asyncio.TaskGroup() as partings:
                async for event in subscription.events():
                    gone = await self._not_live() if isinstance(event, Overrun) else self._named(event.ids)
                    for link in gone:
                        link.ready = False
                        partings.create_task(link.part(_GOODBYES.get(event.topic, _REVOKED)))

    async def close(self) -> None:
        """Say good-bye to every agent; they come back by themselves."""
        async with asyncio.TaskGroup() as partings:
            for link in list(self._links.values()):
                partings.create_task(link.part(_CLOSING))

    def _install(self, link: AgentLink) -> None:
        present = self._links.get(link.agent_id)
        if present is not None:
            self.release(present)
            present.abort()
        self._links[link.agent_id] = link
        self._by_site[link.site_id].add(link.agent_id)

    async def _quarantine(self, first: AgentLink, second: AgentLink) -> None:
        first.ready = False
        try:
            await self._standing.quarantine(first.agent_id, first.address, second.address)
        finally:
            await first.part(_QUARANTINED)

    async def _not_live(self) -> list[AgentLink]:
        links = list(self._links.values())
        return [link for link in links if not await self._standing.agent_is_live(link.agent_id, link.serial)]

    def _named(self, ids: dict[str, str]) -> list[AgentLink]:
        link = self._links.get(AgentId(ids.get("agent", "")))
        return [] if link is None else [link]

    def _is_full(self, agent_id: AgentId) -> bool:
        return agent_id not in self._links and len(self._links) >= self._max_agents

    def _load(self, agent_id: AgentId) -> int:
        return max(len(self._streams.get(agent_id, ())), self._links[agent_id].reported_streams)

    def _remember(self, agent_id: AgentId, stream: StreamId) -> None:
        streams = self._streams[agent_id]
        streams[stream] = None
        if len(streams) > MAX_REMEMBERED_STREAMS:
            streams.popitem(last=False)

    def __iter__(self) -> Iterator[AgentLink]:
        return iter(list(self._links.values()))
