"""``wicket policy``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.app import App, Group, runs
from client.commands.policy_templates import template, templates
from client.commands.traffic import dry_run, learn
from client.files import is_file
from client.output import Column
from client.parameters import Duration, Moment, Tiers, given

if TYPE_CHECKING:
    from client.api import Api
    from client.policy_texts import PolicyTexts

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
COLUMNS: tuple[Column, ...] = (
    ("NAME", "name"),
    ("KIND", "kind"),
    ("VERSION", "version"),
    ("BY", "author_name"),
    ("AT", "at"),
    ("COMMENT", "comment"),
    ("DIGEST", lambda row: row["digest"][:12]),
)


@click.group(cls=Group)
def policy() -> None:
    """Learn, check, test, apply, explain and show policies."""


policy.add_command(learn)
policy.add_command(dry_run)


@policy.command()
@FILES
@click.option("--online", is_flag=True, help="Check at the broker, where freezes that hold there are known too.")
@runs
async def check(app: App, files: tuple[Path, ...], online: bool) -> None:
    """Check policy files, all faults at once with line and column. Works without a broker."""
    from client.policy_texts import PolicyTexts

    texts = PolicyTexts.read(files)
    if online:
        async with app.api() as api:
            documents = (await _sent(texts, api, "/policies/check", {}))["documents"]
    else:
        from policies.canonical import digest

        documents = [{"name": each.name, "kind": each.kind, "digest": digest(each)} for each in texts.load().documents]
    app.out.items(documents, (("NAME", "name"), ("KIND", "kind"), ("DIGEST", "digest")))


@policy.command()
@FILES
@click.option("--comment", default="", help="Why, for the history.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@runs
async def apply(app: App, files: tuple[Path, ...], comment: str, dry_run: bool) -> None:
    """Put policies in force, all or none; sessions that they no longer allow are cut."""
    from client.policy_texts import PolicyTexts

    await put_in_force(app, PolicyTexts.read(files), comment, dry_run)


@policy.command()
@click.argument("what", metavar="FILE|NAME")
@click.option("--from", "older", type=click.IntRange(1), help="Of a NAME: this version. Default: the one before.")
@click.option("--to", "newer", type=click.IntRange(1), help="Of a NAME: and this one. Default: the newest.")
@runs
async def diff(app: App, what: str, older: int | None, newer: int | None) -> None:
    """Show what applying FILE would change, or what changed between two versions of NAME."""
    if is_file(what) or what == "-":
        from client.policy_texts import PolicyTexts

        await put_in_force(app, PolicyTexts.read([Path(what)]), "", True)
        return
    async with app.api() as api:
        after = await _version(api, what, newer)
        before = await _version(api, what, older or after["version"] - 1) if older or after["version"] > 1 else None
    lines = _differences(before, after)
    if app.out.as_json:
        app.out.json({"from": before and before["version"], "to": after["version"], "diff": lines})
        return
    for line in lines or ["Nothing changed."]:
        app.out.line(line)


@policy.command()
@click.argument("user")
@click.argument("asset")
@click.argument("service", default="")
@click.option("--at", type=Moment(), help="When. Default: now.")
@click.option("--from", "address", help="From this address.")
@click.option("--tiers", type=Tiers(), help="What is asked for.")
@click.option("--duration", type=Duration(), help="For how long.")
@click.option("--ticket", default="", help="On this ticket.")
@click.option("--emergency", is_flag=True, help="As an emergency.")
@click.option("--tier", type=click.Choice(["read", "operate", "program", "firmware"]), help="An operation's tier.")
@click.option("--unit", type=int, help="Its unit.")
@click.option("--route", help="Its route, such as 1/0.")
@click.option("--table", help="The table of its objects: coils, db10, tag, analog_output.")
@click.option("--address", "register", type=int, help="The first object's address.")
@click.option("--count", type=int, help="How many objects.")
@click.option("--object", "object_name", help="The object's name: a tag, a node id.")
@click.option("--value", type=float, help="The value to write.")
@click.option("--before", type=float, help="The value that it has.")
@runs
async def explain(
    app: App, user: str, asset: str, service: str, at: str | None, address: str | None, tiers: list[str] | None,
    duration: int | None, ticket: str, emergency: bool, tier: str | None, unit: int | None, route: str | None,
    table: str | None, register: int | None, count: int | None, object_name: str | None, value: float | None,
    before: float | None,
) -> None:  # fmt: skip
    """Explain whether USER may reach ASSET [SERVICE], by which policy, and what is in the way.

    With --tier and the options after it, also what would become of one operation inside the protocol.
    """
    operation = given(
        tier=tier, unit=unit, route=route, table=table, address=register, count=count, name=object_name, value=value,
        before=before,
    )  # fmt: skip
    if operation and tier is None:
        raise click.UsageError("An operation needs --tier.")
    body: dict[str, Any] = given(
        user=user, asset=asset, service=service, at=at, address=address, tiers=tiers, duration=duration,
        ticket=ticket, operation=operation or None,
    )  # fmt: skip
    async with app.api() as api:
        found = await api.post("/policies/explain", body | ({"emergency": True} if emergency else {}))
    if app.out.as_json:
        app.out.json(found)
        return
    for line in found["lines"]:
        app.out.line(line)


@policy.command("test")
@click.argument("tests", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--with", "files", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Policies to lay over those that hold before testing; repeatable.",
)  # fmt: skip
@click.option("--offline", is_flag=True, help="Test only the files given with --with, without a broker.")
@runs
async def run_tests(app: App, tests: Path, files: tuple[Path, ...], offline: bool) -> None:
    """Run policy tests: a YAML file of situations and the decisions that you expect."""
    from client.errors import ClientError
    from client.exit_codes import Exit
    from client.policy_texts import PolicyTexts

    texts = PolicyTexts.read([tests])
    outcomes = _test_here(texts, files) if offline else await _test_there(app, texts, files)
    columns: tuple[Column, ...] = (
        ("LINE", "line"), ("TEST", "name"), ("PASSED", "passed"), ("INSTEAD", "message")
    )  # fmt: skip
    app.out.items(outcomes, columns)
    failed = sum(not each["passed"] for each in outcomes)
    if failed:
        raise ClientError(f"{failed} of {len(outcomes)} tests failed.", exit_code=Exit.FAULTY_TEXT)


@policy.command("list")
@runs
async def list_policies(app: App) -> None:
    """List the policies that hold."""
    async with app.api() as api:
        found = await api.get("/policies")
    app.out.items(found["items"], COLUMNS, empty="No policy holds: nobody may do anything.")


@policy.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(1), help="This version. Default: the newest.")
@click.option("--history", is_flag=True, help="List the versions instead.")
@runs
async def show(app: App, name: str, version: int | None, history: bool) -> None:
    """Print a policy's text."""
    from client.api import at

    async with app.api() as api:
        if history:
            found = await api.get(at("policies", name, "versions"))
            app.out.items(found["items"], COLUMNS)
            return
        shown = await _version(api, name, version)
    if app.out.as_json:
        app.out.json(shown)
        return
    for line in str(shown["text"]).splitlines():
        app.out.line(line)


@policy.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs
async def delete(app: App, name: str, yes: bool) -> None:
    """Take a policy out of force; its history stays, sessions on it are cut."""
    from client.api import at
    from client.asking import confirm

    confirm(f"Take {name} out of force?", "Give --yes.", sure=yes)
    async with app.api() as api:
        await api.delete(at("policies", name))
    app.out.result({"deleted": name}, f"{name} is out of force.")


async def put_in_force(app: App, texts: "PolicyTexts", comment: str, dry_run: bool) -> None:
    """Put policies in force, or tell what that would change."""
    body = given(comment=comment) | ({"dry_run": True} if dry_run else {})
    async with app.api() as api:
        done = await _sent(texts, api, "/policies/apply", body)
    if app.out.as_json:
        app.out.json(done)
        return
    for each in done["applied"]:
        state = "would become version" if dry_run else "is version"
        app.out.line(f"{each['name']} {state if each['changed'] else 'stays at version'} {each['version']}")
        for line in each["diff"]:
            app.out.line(f"  {line}")


async def _sent(texts: "PolicyTexts", api: "Api", path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send the joined texts; faults come back with the file that they are in."""
    from client.errors import ApiError
    from client.policy_texts import FaultyTextError

    try:
        return await api.post(path, {"yaml": texts.joined, **body})
    except ApiError as error:
        problems = error.fields.get("problems")
        if error.code != "policy_invalid" or not isinstance(problems, list):
            raise
        raise FaultyTextError([texts.placed(problem) for problem in problems]) from error


def _test_here(tests: "PolicyTexts", files: Sequence[Path]) -> list[dict[str, Any]]:
    from client.policy_texts import FaultyTextError, PolicyTexts
    from policies.loader import Faulty
    from policies.testing import run_tests

    if not files:
        raise click.UsageError("--offline needs --with FILE.")
    outcomes = run_tests(PolicyTexts.read(files).load(), tests.joined)
    if isinstance(outcomes, Faulty):
        raise FaultyTextError([f"{tests.files[0].path}: {problem}" for problem in outcomes.problems])
    return [{"name": each.name, "line": each.line, "passed": each.passed, "message": each.message} for each in outcomes]


async def _test_there(app: App, tests: "PolicyTexts", files: Sequence[Path]) -> list[dict[str, Any]]:
    from client.policy_texts import PolicyTexts

    body = given(policies=PolicyTexts.read(files).joined if files else None)
    async with app.api() as api:
        outcomes: list[dict[str, Any]] = (await _sent(tests, api, "/policies/test", body))["outcomes"]
    return outcomes


async def _version(api: "Api", name: str, version: int | None) -> dict[str, Any]:
    from client.api import at

    return await api.get(at("policies", name), {"version": version} if version else None)


def _differences(before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    """Return what changed: field by field as the broker noted it, or line by line between distant versions."""
    if before is None or before["version"] == after["version"] - 1:
        return [str(line) for line in after["diff"]]
    import difflib

    old, new = str(before["text"]).splitlines(), str(after["text"]).splitlines()
    return list(
        difflib.unified_diff(old, new, f"version {before['version']}", f"version {after['version']}", "", "", 1, "")
    )


policy.add_command(template)
policy.add_command(templates)
COMMANDS = {"policy": policy}
