"""The settings in force, as an admin sees them; the composition root hands in what was read at the start."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from broker.http.principal import Permission
from broker.http.routes import Call, Needs, Route


class SettingOut(BaseModel):
    """One setting; ``value`` and ``default`` as text, secrets masked."""

    name: str
    value: str
    origin: Literal["default", "file", "environment"]
    default: str
    meaning: str


class SettingsOut(BaseModel):
    """Every setting. They count from the start on: a change needs another start."""

    items: list[SettingOut]


class SettingsRoutes:
    """The handler."""

    def __init__(self, settings: Sequence[SettingOut]) -> None:
        self._settings = list(settings)

    async def list(self, _call: Call) -> SettingsOut:
        """Show them."""
        return SettingsOut(items=self._settings)


def settings_routes(settings: Sequence[SettingOut]) -> list[Route]:
    """Return the route."""
    return [
        Route("GET", "/api/v1/settings", SettingsRoutes(settings).list, Needs(Permission.SYSTEM_MANAGE),
              "List the settings in force, secrets masked", response=SettingsOut),
    ]  # fmt: skip
