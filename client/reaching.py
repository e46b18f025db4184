"""From what people type, ``ASSET[/SERVICE]``, to one asset and one of its services."""

from dataclasses import dataclass
from typing import Any

from client.api import Api, at
from client.errors import ApiError, ClientError
from client.exit_codes import Exit
from client.transport import Json

MAX_CANDIDATES = 500
ASSET_PREFIX = "ast_"


@dataclass(frozen=True, slots=True)
class Reached:
    """An asset and the name of one of its services."""

    asset: Json
    service: str

    @property
    def id(self) -> str:
        """The asset's id."""
        return str(self.asset["id"])

    @property
    def name(self) -> str:
        """``site/asset/service``, for people."""
        return f"{self.asset['path']}/{self.service}"

    @property
    def protocol(self) -> str:
        """What is spoken there."""
        found = (service for service in self.asset.get("services", []) if service["name"] == self.service)
        return next((str(service["protocol"]) for service in found), "")


async def find_asset(api: Api, reference: str) -> Json:
    """Return the asset called by id, ``site/asset``, or ``asset`` where that is one only."""
    found = await _candidates(api, reference.split("/"), reference)
    return _only(reference, [asset for asset, rest in found if not rest])


async def reach(api: Api, reference: str) -> Reached:
    """Return asset and service of ``[SITE/]ASSET[/SERVICE]``; without SERVICE, the only one there is."""
    found = await _candidates(api, reference.split("/"), reference)
    whole = [asset for asset, rest in found if not rest]
    if whole:
        asset = _only(reference, whole)
        return Reached(asset, _only_service(asset))
    with_service = [(asset, rest) for asset, rest in found if rest in _service_names(asset)]
    if found and not with_service:
        raise _no_service(found[0][0], found[0][1])
    asset = _only(reference, [asset for asset, _ in with_service])
    return Reached(asset, next(rest for other, rest in with_service if other is asset))


async def _candidates(api: Api, parts: list[str], reference: str) -> list[tuple[Json, str]]:
    """Return the assets that ``reference`` may mean, each with what is left over for the service's name."""
    if parts[0].startswith(ASSET_PREFIX):
        return [(await _by_id(api, parts[0], reference), "/".join(parts[1:]))]
    if len(parts) == 1:
        named = await _named(api, parts[0])
        return [(asset, "") for asset in named]
    found = [(asset, "/".join(parts[2:])) for asset in await _named(api, parts[1], site=parts[0])]
    if len(parts) == 2:
        found += [(asset, parts[1]) for asset in await _named(api, parts[0])]
    return found


async def _by_id(api: Api, asset: str, reference: str) -> Json:
    try:
        return await api.get(at("assets", asset))
    except ApiError as error:
        if error.status != 404:
            raise
        raise _unknown(reference) from error


async def _named(api: Api, name: str, *, site: str | None = None) -> list[Json]:
    query: dict[str, Any] = {"q": name[:100]} | ({"site": site[:64]} if site else {})
    try:
        assets = await api.items("/assets", query, limit=MAX_CANDIDATES)
    except ApiError as error:
        if error.status != 404:
            raise
        return []
    return [asset for asset in assets if asset["name"] == name and site in (None, asset["site_name"], asset["site"])]


def _only(reference: str, found: list[Json]) -> Json:
    if not found:
        raise _unknown(reference)
    if len(found) > 1:
        raise ClientError(
            f"{reference!r} may mean several assets.",
            hint="Write SITE/ASSET.",
            exit_code=Exit.USAGE,
            lines=[str(asset["path"]) for asset in found],
        )
    return found[0]


def _unknown(reference: str) -> ClientError:
    return ClientError(
        f"There is no asset {reference!r} that you may reach.",
        hint="See what you may reach with: wicket ls",
        exit_code=Exit.NOT_FOUND,
    )


def _only_service(asset: Json) -> str:
    names = _service_names(asset)
    if len(names) == 1:
        return names[0]
    raise ClientError(
        f"{asset['path']} has {len(names) or 'no'} services.",
        hint="Write ASSET/SERVICE.",
        exit_code=Exit.USAGE if names else Exit.NOT_FOUND,
        lines=[f"{asset['path']}/{name}" for name in names],
    )


def _no_service(asset: Json, service: str) -> ClientError:
    return ClientError(
        f"{asset['path']} has no service {service!r}.",
        exit_code=Exit.NOT_FOUND,
        lines=[f"{asset['path']}/{name}" for name in _service_names(asset)],
    )


def _service_names(asset: Json) -> list[str]:
    return [str(service["name"]) for service in asset.get("services", [])]
