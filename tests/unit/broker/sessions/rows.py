"""Rows of sessions, as opening them would write."""

from datetime import datetime, timedelta
from typing import Any

from broker.sessions.tables import SessionRow
from tunnel.ids import new_id


def session_row(user: str, opened_at: datetime, **more: Any) -> SessionRow:
    """A live session of a vendor's user on the PLC; ``more`` changes it."""
    fields = {
        "id": new_id("ses"), "previous": "new", "state": "open", "node": "nod_test", "user_id": user,
        "user_name": user.removeprefix("usr_"), "organization_id": "org_1", "organization_kind": "vendor",
        "login_id": "log_1", "address": "203.0.113.9", "site_id": "sit_north", "asset_id": "ast_plc",
        "asset_name": "north/plc-1", "service_id": "svc_modbus", "service_name": "modbus", "protocol": "modbus",
        "grant_id": "grt_1", "policy": "p", "policy_digest": "d", "rules": {}, "opened_at": opened_at,
        "not_after": opened_at + timedelta(hours=1), **more,
    }  # fmt: skip
    return SessionRow(**fields)


ENDED = {"previous": "open", "state": "ended", "end_code": "finished"}
