"""The API of sessions: open, look, watch, end, cut, blocks, drills."""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from broker.access.extensions import ExtensionRecord
from broker.db.engine import Database
from broker.http.errors import NotFoundError
from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route, SignedIn
from broker.inventory.reader import InventoryReader
from broker.sessions.extending import Extensions
from broker.sessions.killing import RedButton
from broker.sessions.models import (
    BlockList,
    BlockOut,
    DrillList,
    DrillOut,
    ExtensionBody,
    ExtensionList,
    ExtensionOut,
    FingerprintOut,
    KillAllBody,
    OpenBody,
    ReasonBody,
    SessionFilter,
    SessionOut,
    SessionPage,
    WarnBody,
)
from broker.sessions.service import SessionAsk, SessionQuery, SessionService
from broker.sessions.tables import DrillRow, ReconnectBlockRow, SessionRow
from broker.sessions.warning import Warnings
from broker.sessions.watchers import Watcher

WATCH_HEARTBEAT_SECONDS = 20.0


class SessionRoutes:
    """Handlers of the session API."""

    def __init__(
        self,
        sessions: SessionService,
        button: RedButton,
        warnings: Warnings,
        extensions: Extensions,
        database: Database,
        inventory: InventoryReader,
    ) -> None:
        self._sessions = sessions
        self._warnings = warnings
        self._extensions = extensions
        self._button = button
        self._db = database
        self._inventory = inventory

    async def open(self, call: Call) -> SessionOut:
        """Open a session."""
        body = call.body_as(OpenBody)
        ask = SessionAsk(body.asset, body.service, frozenset(body.tiers), body.grant)
        return self._out(await self._sessions.open(call.principal, ask))

    async def list(self, call: Call) -> SessionPage:
        """List sessions."""
        wanted = call.query_as(SessionFilter)
        query = SessionQuery(
            active=wanted.active,
            mine=wanted.mine,
            vendor=wanted.vendor,
            site=await self._site(wanted.site),
            asset=await self._asset(wanted.asset),
            user=wanted.user,
            grant=wanted.grant,
        )
        rows, cursor = await self._sessions.list(call.principal, query, wanted)
        return SessionPage(items=[self._out(row) for row in rows], next_cursor=cursor)

    async def get(self, call: Call) -> SessionOut:
        """Show one session."""
        return self._out(await self._sessions.get(call.principal, call.path("session")))

    async def end(self, call: Call) -> None:
        """End one's own session."""
        await self._sessions.end(call.principal, call.path("session"))

    async def kill(self, call: Call) -> BlockOut:
        """Cut a session."""
        block = await self._button.kill(call.principal, call.path("session"), call.body_as(ReasonBody).reason)
        return _block(block)

    async def kill_all(self, call: Call) -> DrillOut:
        """Cut all of them."""
        body = call.body_as(KillAllBody)
        site = await self._site(body.site)
        return _drill(
            await self._button.kill_all(call.principal, vendor_only=body.vendor_only, site=site, reason=body.reason)
        )

    async def warn(self, call: Call) -> None:
        """Tell the user something."""
        await self._warnings.warn(call.principal, call.path("session"), call.body_as(WarnBody).text)

    async def drills(self, _call: Call) -> DrillList:
        """List the drill reports."""
        return DrillList(items=[_drill(row) for row in await self._button.drills()])

    async def blocks(self, _call: Call) -> BlockList:
        """List the blocks that stand."""
        return BlockList(items=[_block(row) for row in await self._button.blocks()])

    async def lift(self, call: Call) -> None:
        """Lift a block."""
        await self._button.lift(call.principal, call.path("block"))

    async def extend(self, call: Call) -> ExtensionOut:
        """Ask for more time."""
        body = call.body_as(ExtensionBody)
        record = await self._extensions.request(
            call.principal, call.path("session"), duration=timedelta(seconds=body.duration), reason=body.reason
        )
        return _extension(record)

    async def extensions(self, call: Call) -> ExtensionList:
        """List the extensions of a session."""
        records = await self._extensions.of_session(call.principal, call.path("session"))
        return ExtensionList(items=[_extension(record) for record in records])

    async def approve_extension(self, call: Call) -> ExtensionOut:
        """Say yes to more time."""
        return _extension(await self._extensions.approve(call.principal, call.path("extension")))

    async def deny_extension(self, call: Call) -> ExtensionOut:
        """Say no to more time."""
        reason = call.body_as(ReasonBody).reason
        return _extension(await self._extensions.deny(call.principal, call.path("extension"), reason))

    async def watch(self, call: Call) -> web.StreamResponse:
        """Tell the caller what happens to a session, until it ends or the caller leaves."""
        session, events = await self._sessions.watch(call.principal, call.path("session"), is_presence=True)
        socket = web.WebSocketResponse(heartbeat=WATCH_HEARTBEAT_SECONDS, max_msg_size=4096)
        try:
            await socket.prepare(call.request)
            await _pump(socket, events)
        except ConnectionError:
            pass
        finally:
            session.unwatch(events)
        return socket

    async def _site(self, reference: str | None) -> str | None:
        if reference is None:
            return None
        async with self._db.reading() as view:
            site = await self._inventory.site_by_name_or_id(view, reference)
        if site is None:
            raise NotFoundError("There is no such site.")
        return site.id

    async def _asset(self, reference: str | None) -> str | None:
        if reference is None:
            return None
        async with self._db.reading() as view:
            asset = await self._inventory.asset_by_name_or_id(view, reference)
        return asset.id if asset is not None else reference

    def _out(self, row: SessionRow) -> SessionOut:
        live = self._sessions.live(row.id)
        seen = live.ledger if live else row
        return SessionOut(
            id=row.id, state=live.state if live else row.state, user=row.user_id, user_name=row.user_name,
            organization=row.organization_id, vendor=row.organization_kind == "vendor", address=row.address,
            site=row.site_id, asset=row.asset_id, asset_name=row.asset_name, service=row.service_id,
            service_name=row.service_name, protocol=row.protocol, grant=row.grant_id, request=row.request_id,
            policy=row.policy, tiers=sorted(row.rules.get("tiers", [])), ticket=row.ticket, reason=row.reason,
            recording=row.recording_id, emergency=row.is_emergency, opened_at=row.opened_at,
            not_after=live.terms.not_after if live else row.not_after, ended_at=row.ended_at,
            end_code=live.end_code if live else row.end_code,
            end_detail=live.end_detail if live else row.end_detail, streams=len(live.streams) if live else row.streams,
            bytes_to_asset=live.carried[0] if live else row.bytes_to_asset,
            bytes_to_user=live.carried[1] if live else row.bytes_to_user, operations=seen.operations,
            writes=seen.writes, denials=seen.denials, rate=round(live.ledger.rate, 1) if live else 0.0,
            tiers_used=sorted(seen.tiers_used), connected=live is not None and live.is_connected,
            supervision=live.supervision if live else None,
            fingerprint=_fingerprint(live.fingerprint.as_json() if live and live.fingerprint else row.fingerprint),
        )  # fmt: skip


async def _pump(socket: web.WebSocketResponse, events: Watcher) -> None:
    """Send events until the session's end or the socket's."""
    reader = asyncio.ensure_future(_until_closed(socket))
    try:
        while True:
            getter = asyncio.ensure_future(events.get())
            await asyncio.wait({getter, reader}, return_when=asyncio.FIRST_COMPLETED)
            if not getter.done():
                getter.cancel()
                return
            event = getter.result()
            await socket.send_json({"kind": event.kind, **event.details})
            if event.kind == "ended":
                await socket.close()
                return
    finally:
        reader.cancel()


async def _until_closed(socket: web.WebSocketResponse) -> None:
    """Read (and ignore) what the watcher says; its silence is bounded by the heartbeat."""
    while (await socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
        pass


def _block(row: ReconnectBlockRow) -> BlockOut:
    return BlockOut(
        id=row.id, session=row.session_id, user=row.user_id, asset=row.asset_id, reason=row.reason,
        created_by=row.created_by, created_at=row.created_at,
    )  # fmt: skip


def _drill(row: DrillRow) -> DrillOut:
    return DrillOut(
        id=row.id, at=row.at, by=row.by, reason=row.reason, site=row.site_id, vendor_only=row.vendor_only,
        duration_ms=row.duration_us / 1000, sessions=row.sessions, digest=row.digest.hex(),
    )  # fmt: skip


def _fingerprint(looked: dict[str, Any] | None) -> FingerprintOut | None:
    return None if looked is None else FingerprintOut.model_validate(looked)


def _extension(record: ExtensionRecord) -> ExtensionOut:
    row = record.row
    return ExtensionOut(
        id=row.id, session=row.session_id, state=record.state.value, duration=row.duration_seconds, reason=row.reason,
        created_at=row.created_at, expires_at=row.expires_at, not_after=record.new_not_after,
        approvals_needed=[{"group": need.group, "count": need.count} for need in record.outstanding],
    )  # fmt: skip


def routes(handlers: SessionRoutes) -> list[Route]:
    """The session API."""
    prefix = "/api/v1/sessions"
    own, cut = SignedIn(), Needs(Permission.SESSIONS_CUT)
    return [
        Route(
            "POST", prefix, handlers.open, Needs(Permission.SESSIONS_OPEN), "Open a session on a grant",
            request=OpenBody, response=SessionOut, status=201, idempotent_retry=True,
            errors=("approval_required", "mfa_required", "denied", "agent_offline", "limit_reached",
                    "reconnect_blocked", "banner_not_accepted", "storage_full", "storage_failed", "grant_ended"),
        ),
        Route("GET", prefix, handlers.list, own, "List sessions", query=SessionFilter, response=SessionPage),
        Route("GET", f"{prefix}/{{session}}", handlers.get, own, "Show a session", response=SessionOut),
        Route("POST", f"{prefix}/{{session}}/end", handlers.end, own, "End one's own session"),
        Route(
            "POST", f"{prefix}/{{session}}/kill", handlers.kill, cut, "Cut a session and block the way back",
            request=ReasonBody, response=BlockOut,
        ),
        Route(
            "POST", f"{prefix}/{{session}}/warn", handlers.warn, cut, "Tell the user of a session something",
            request=WarnBody,
        ),
        Route(
            "POST", f"{prefix}/kill-all", handlers.kill_all, cut, "Cut all (vendor) sessions; returns the drill report",
            request=KillAllBody, response=DrillOut,
        ),
        Route(
            "POST", f"{prefix}/{{session}}/extensions", handlers.extend, own,
            "Ask for more time in one's own session; as an approver, propose it for somebody else's",
            request=ExtensionBody, response=ExtensionOut, status=201,
            errors=("not_an_approver", "mfa_required", "denied", "conflict"),
        ),
        Route("GET", f"{prefix}/{{session}}/extensions", handlers.extensions, own, "List a session's extensions",
              response=ExtensionList),
        Route("POST", "/api/v1/extensions/{extension}/approve", handlers.approve_extension,
              Needs(Permission.REQUESTS_DECIDE), "Give a session more time", response=ExtensionOut,
              errors=("mfa_required",)),
        Route("POST", "/api/v1/extensions/{extension}/deny", handlers.deny_extension,
              Needs(Permission.REQUESTS_DECIDE), "Refuse a session more time", request=ReasonBody,
              response=ExtensionOut),
        Route("GET", f"{prefix}/{{session}}/watch", handlers.watch, own, "Watch a session (WebSocket)", upgrade=True),
        Route("GET", "/api/v1/drills", handlers.drills, Needs(Permission.SESSIONS_READ_ALL), "List drill reports",
              response=DrillList),
        Route("GET", "/api/v1/blocks", handlers.blocks, Needs(Permission.SESSIONS_READ_ALL), "List reconnect blocks",
              response=BlockList),
        Route("DELETE", "/api/v1/blocks/{block}", handlers.lift, cut, "Lift a reconnect block"),
    ]  # fmt: skip
