"""The settings over HTTP: for admins, as they were read at the start."""

from typing import Any

from broker.http.settings import SettingOut, settings_routes
from tests.unit.broker.http.edges import serving

SETTING = SettingOut(name="master_key", value="********", origin="environment", default="(not set)", meaning="Seals.")


async def test_they_are_for_those_who_manage_the_system() -> None:
    async with serving(settings_routes([SETTING])) as client:
        answer = await client.get("/api/v1/settings", headers={"X-Permissions": "system:manage"})
        document: dict[str, Any] = await answer.json()
        assert document["items"] == [SETTING.model_dump()]
        others = await client.get("/api/v1/settings", headers={"X-Permissions": "audit:read,policies:manage"})
        assert others.status == 403
