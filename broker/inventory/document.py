"""The inventory as YAML: what stands in the text, read with line numbers and written so that it reads back the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

import yaml
from pydantic import ConfigDict, Field

from broker.inventory.facts import SiteFacts
from broker.inventory.faults import wrong
from broker.inventory.models import AssetSpec, ImportProblem, NewSite, ServiceSpec, Strict
from broker.inventory.services import plain_identity
from broker.inventory.words import Criticality
from policies.loader import parse_part
from policies.problems import Path, PolicyProblem
from policies.yaml_text import TextBounds, YamlDocument, YamlError, read_yaml

BOUNDS = TextBounds(max_bytes=4 * 1024 * 1024, max_events=400_000)
MAX_ASSETS = 10_000
_PLAIN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")


class SiteEntry(NewSite):
    """A site and its assets."""

    assets: Annotated[list[AssetSpec], Field(default_factory=list, max_length=MAX_ASSETS)]


class InventoryText(Strict):
    """``kind: Inventory``. What the text does not name stays as it is; what it names becomes exactly what it says."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: Literal["wicketgate/v1"] = Field(alias="apiVersion")
    kind: Literal["Inventory"]
    sites: Annotated[list[SiteEntry], Field(default_factory=list, max_length=1000)]


class BadTextError(Exception):
    """The text is not an inventory; carries everything that is wrong."""

    def __init__(self, problems: Sequence[ImportProblem]) -> None:
        super().__init__(problems[0].message)
        self.problems = list(problems)


def read_inventory(text: str) -> tuple[InventoryText, YamlDocument]:
    """Return what the text says, and where each part of it stands; raise ``BadTextError``."""
    try:
        documents = read_yaml(text, BOUNDS)
    except YamlError as error:
        raise BadTextError([_told(error.problem)]) from error
    if len(documents) != 1:
        raise BadTextError([ImportProblem(line=1, message=wrong("one_document"))])
    result = parse_part(documents[0], InventoryText)
    if isinstance(result, list):
        raise BadTextError([_told(problem) for problem in result])
    assert isinstance(result, InventoryText)
    if doubles := list(_doubles(result, documents[0])):
        raise BadTextError(doubles)
    return result, documents[0]


def _doubles(content: InventoryText, document: YamlDocument) -> Iterator[ImportProblem]:
    yield from _doubled("site_twice", [site.name for site in content.sites], ("sites",), document)
    for number, site in enumerate(content.sites):
        yield from _doubled("asset_twice", [asset.name for asset in site.assets], ("sites", number, "assets"), document)


def _doubled(key: str, names: Sequence[str], path: Path, document: YamlDocument) -> Iterator[ImportProblem]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            line, _ = document.place_of((*path, number, "name"))
            yield ImportProblem(line=line, message=wrong(key, name=name))
        seen.add(name)


def _told(problem: PolicyProblem) -> ImportProblem:
    return ImportProblem(line=problem.line, path=problem.path, message=problem.message, hint=problem.hint)


def write_inventory(sites: Iterable[tuple[SiteFacts, Sequence[AssetSpec]]]) -> str:
    """Write the canonical text: everything in order of name, defaults left out."""
    entries = [_site(site, assets) for site, assets in sorted(sites, key=lambda pair: pair[0].name)]
    document = {"apiVersion": "wicketgate/v1", "kind": "Inventory", "sites": entries}
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)


def _site(site: SiteFacts, assets: Sequence[AssetSpec]) -> dict[str, Any]:
    return _given(
        name=site.name,
        display_name=site.display_name if site.display_name != site.name else None,
        timezone=site.timezone,
        banner=site.banner or None,
        assets=[_asset(asset) for asset in sorted(assets, key=lambda asset: asset.name)] or None,
    )


def _asset(asset: AssetSpec) -> dict[str, Any]:
    return _given(
        name=asset.name,
        display_name=asset.display_name if asset.display_name not in {"", asset.name} else None,
        labels=dict(sorted(asset.labels.items())) or None,
        zone=asset.zone or None,
        criticality=str(asset.criticality) if asset.criticality is not Criticality.MEDIUM else None,
        units=None if asset.units is None else sorted(asset.units),
        services=[_service(service) for service in sorted(asset.services, key=lambda s: s.name)] or None,
    )


def _service(service: ServiceSpec) -> dict[str, Any]:
    return _given(
        name=service.name,
        protocol=service.protocol,
        host=service.host,
        port=service.port,
        units=None if service.units is None else sorted(service.units),
        routes=None if service.routes is None else sorted(service.routes),
        identity=service.identity and plain_identity(service.identity, with_defaults=False),
        limits=service.limits.model_dump(exclude_defaults=True) or None,
    )


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


class _Dumper(yaml.SafeDumper):
    """Quotes every text that is not plainly a word: our reader follows YAML 1.2, PyYAML alone would follow 1.1."""


def _write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if _PLAIN_TEXT.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_text)
