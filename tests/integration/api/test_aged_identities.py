"""An identity that was let in by older rules: nothing opens on it, and whoever keeps the inventory can mend it."""

import pytest
from sqlalchemy import update

from broker.inventory.tables import ServiceRow
from tests.integration.api.installation import Installation

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
SERVICE = {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502}


async def aged(installation: Installation, name: str) -> str:
    """Add an asset whose service keeps an identity that nobody could give today; return its id."""
    body = {"site": "north", "name": name, "services": [SERVICE]}
    asset = (await installation.done("admin", "POST", "/api/v1/assets", body))["id"]
    async with installation.database.transaction() as tx:
        kept = update(ServiceRow).where(ServiceRow.asset_id == asset).values(identity={"modbus": {"unit": 1}})
        await tx.execute(kept)
    return str(asset)


async def test_no_session_opens_and_the_refusal_names_the_field(installation: Installation) -> None:
    await aged(installation, "aged-device")
    wish = {"asset": "north/aged-device", "service": "modbus", "reason": "pump", "duration": 600, "tiers": ["read"]}
    await installation.done("vendor", "POST", "/api/v1/requests", wish)
    refused = await installation.call(
        "vendor", "POST", "/api/v1/sessions", {"asset": "north/aged-device", "service": "modbus"}
    )
    assert (refused.status, refused.code) == (422, "invalid_inventory")
    assert refused.document["field"] == "services.0.identity"
    assert "identity of the service 'modbus' of north/aged-device" in refused.document["detail"]


async def test_it_is_listed_changed_and_removed(installation: Installation) -> None:
    path = f"/api/v1/assets/{await aged(installation, 'aged-stock')}"
    assert (await installation.done("admin", "GET", path))["services"][0]["identity"] is None
    assert (await installation.done("admin", "PATCH", path, {"zone": "cell-2"}))["zone"] == "cell-2"
    again = {"services": [{**SERVICE, "identity": {"modbus": {"unit": 1}}}]}
    refused = await installation.call("admin", "PATCH", path, again)
    assert refused.status == 422
    assert "services.0.identity" in str(refused.document)
    await installation.done("admin", "PATCH", path, {"services": [SERVICE]})
    await installation.done("admin", "DELETE", path)
