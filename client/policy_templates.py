"""The ready policies that come with Wicketgate, and their adaptation to a plant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from client.errors import ClientError
from client.exit_codes import Exit

_FIELD = re.compile(r"^( *)(\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """One policy of the library: its text, and what it says."""

    name: str
    text: str
    document: Mapping[str, Any] = field(repr=False)

    @property
    def description(self) -> str:
        """What it is for, in a sentence."""
        return str(self.document["metadata"].get("description", ""))

    @property
    def services(self) -> list[str]:
        """The services that it means, as it comes."""
        return list(self.document["spec"]["what"].get("services", []))


@cache
def templates() -> dict[str, Template]:
    """Return the access policies of the library by their names."""
    found: dict[str, Template] = {}
    for each in sorted(files("policies").joinpath("library").iterdir(), key=lambda one: one.name):
        if each.name.endswith(".yaml"):
            text = each.read_text(encoding="utf-8")
            documents = list(yaml.safe_load_all(text))
            if [document.get("kind") for document in documents] == ["AccessPolicy"]:
                name = documents[0]["metadata"]["name"]
                found[name] = Template(name, text, documents[0])
    return found


def template(name: str) -> Template:
    """Return one; raise ``ClientError`` if there is none of this name."""
    known = templates()
    if name not in known:
        raise ClientError(
            f"There is no template {name}.", hint="'wicket policy templates' lists them.", exit_code=Exit.USAGE
        )
    return known[name]


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What a plant puts in the place of a template's examples; what is empty stays."""

    name: str = ""
    groups: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    services: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    timezone: str = ""


def adapted(one: Template, wanted: Adaptation) -> str:
    """Return the template's text with a plant's own words; its comments and the order of its lines stay."""
    spec = one.document["spec"]
    what = dict(spec["what"])
    if wanted.sites:
        what["sites"] = list(wanted.sites)
    if wanted.assets or wanted.labels:
        what["assets"] = _given(names=list(wanted.assets), labels=dict(wanted.labels))
    if wanted.services:
        what["services"] = list(wanted.services)
    changes: dict[str, Any] = {"what": what}
    if wanted.name:
        changes["name"] = wanted.name
    if wanted.groups:
        changes["who"] = {**spec["who"], "groups": list(wanted.groups)}
    if wanted.approvals:
        changes["approvals"] = [{"group": group} for group in wanted.approvals]
    if wanted.timezone:
        changes["when"] = {**spec.get("when", {}), "timezone": wanted.timezone}
    text = one.text
    for key, value in changes.items():
        text = _replaced(one, text, key, value)
    return text


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _replaced(one: Template, text: str, key: str, value: object) -> str:
    """Replace the first field of this name, which stands on a line of its own."""
    for line in _FIELD.finditer(text):
        if line[2] == key:
            written = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
            written = written.removesuffix("\n").removesuffix("\n...")
            return f"{text[: line.start()]}{line[1]}{key}: {written}{text[line.end() :]}"
    raise ClientError(f"The template {one.name} has no {key} to replace.", exit_code=Exit.USAGE)
