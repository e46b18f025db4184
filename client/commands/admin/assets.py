"""``wicket admin assets``."""

from typing import Any
from urllib.parse import urlsplit

import click

from client.app import App, Group, runs
from client.commands.assets import COLUMNS, LIMIT
from client.parameters import Label, given


class ServiceWords(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """A service: ``NAME=PROTOCOL://HOST:PORT``, or ``NAME=serial:/dev/...`` for Modbus RTU."""

    name = "service"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """See ``click.ParamType``."""
        if isinstance(value, dict):
            return value
        name, sign, address = str(value).partition("=")
        if name and address.startswith("serial:"):
            return {"name": name, "protocol": "modbus-rtu", "host": address, "port": 502}
        parts = urlsplit(address)
        try:
            port = parts.port
        except ValueError:
            port = None
        if not (name and sign and parts.scheme and parts.hostname and port):
            self.fail(f"{value!r}: write NAME=PROTOCOL://HOST:PORT, such as modbus=modbus://10.0.0.5:502", param, ctx)
        return {"name": name, "protocol": parts.scheme, "host": parts.hostname, "port": port}


class Units(click.ParamType):  # type: ignore[type-arg, unused-ignore]
    """Unit ids with commas and ranges: ``1,2,10-12``."""

    name = "units"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """See ``click.ParamType``."""
        if isinstance(value, list):
            return value
        units: set[int] = set()
        try:
            for part in str(value).split(","):
                first, _, last = part.partition("-")
                units |= set(range(int(first), int(last or first) + 1)[:65536])
        except ValueError:
            self.fail(f"{value!r}: write 1,2,10-12", param, ctx)
        return sorted(units)


CRITICALITY = click.Choice(["low", "medium", "high", "safety"])
SERVICE = click.option("--service", "services", type=ServiceWords(), multiple=True, help="NAME=PROTOCOL://HOST:PORT.")
LABEL = click.option("--label", "labels", type=Label(), multiple=True, help="key=value; repeatable.")
UNITS = click.option("--units", type=Units(), help="Only these unit ids may ever be spoken to: 1,2,10-12.")


@click.group(cls=Group)
def assets() -> None:
    """Devices and the ways to talk to them."""


@assets.command("list")
@click.option("--site", help="Only of this site.")
@LIMIT
@runs
async def list_assets(app: App, site: str | None, limit: int) -> None:
    """List assets."""
    async with app.api() as api:
        found = await api.items("/assets", {"site": site} if site else None, limit=limit)
    columns = tuple(column for column in COLUMNS if column[0] != "STATE")
    app.out.items(found, columns, empty="There are no assets.")


@assets.command()
@click.argument("asset")
@runs
async def show(app: App, asset: str) -> None:
    """Show an asset."""
    from client.reaching import find_asset

    async with app.api() as api:
        app.out.one(await find_asset(api, asset))


@assets.command()
@click.argument("asset", metavar="SITE/NAME")
@SERVICE
@LABEL
@UNITS
@click.option("--zone", default="", help="IEC 62443 zone.")
@click.option("--criticality", type=CRITICALITY, help="How much depends on it.")
@click.option("--name", "display_name", default="", help="Name for people.")
@runs
async def create(
    app: App, asset: str, services: tuple[dict[str, Any], ...], labels: tuple[tuple[str, str], ...],
    units: list[int] | None, zone: str, criticality: str | None, display_name: str,
) -> None:  # fmt: skip
    """Add an asset. Limits of services, and many assets at once, go through 'wicket admin inventory import'."""
    site, sign, name = asset.partition("/")
    if not sign:
        raise click.UsageError("Write SITE/NAME.")
    body = given(
        site=site, name=name, services=list(services), labels=dict(labels) or None, units=units, zone=zone,
        criticality=criticality, display_name=display_name,
    )  # fmt: skip
    async with app.api() as api:
        made = await api.post("/assets", body, once=True)
    app.out.result(made, f"{made['path']} is added.")


@assets.command()
@click.argument("asset")
@SERVICE
@LABEL
@UNITS
@click.option("--zone", help="IEC 62443 zone.")
@click.option("--criticality", type=CRITICALITY, help="How much depends on it.")
@click.option("--name", "display_name", help="Name for people.")
@click.option("--rename", help="A new name.")
@runs
async def change(
    app: App, asset: str, services: tuple[dict[str, Any], ...], labels: tuple[tuple[str, str], ...],
    units: list[int] | None, zone: str | None, criticality: str | None, display_name: str | None, rename: str | None,
) -> None:  # fmt: skip
    """Change an asset: only what is given; --service and --label replace all that there were."""
    from client.api import at
    from client.reaching import find_asset

    body = given(
        services=list(services), labels=dict(labels) or None, units=units, zone=zone, criticality=criticality,
        display_name=display_name, name=rename,
    )  # fmt: skip
    async with app.api() as api:
        found = await find_asset(api, asset)
        app.out.one(await api.patch(at("assets", found["id"]), {**body, "version": found["version"]}))


@assets.command()
@click.argument("asset")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs
async def delete(app: App, asset: str, yes: bool) -> None:
    """Remove an asset; sessions on it are cut, its recordings stay."""
    from client.api import at
    from client.asking import confirm
    from client.reaching import find_asset

    async with app.api() as api:
        found = await find_asset(api, asset)
        confirm(f"Remove {found['path']}?", "Give --yes.", sure=yes)
        await api.delete(at("assets", found["id"]))
    app.out.result({"deleted": found["path"]}, f"{found['path']} is removed.")
