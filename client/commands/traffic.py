"""``wicket policy learn`` and ``wicket policy dry-run``: policies from traffic, and policies held against traffic."""

import json
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from client.app import App, Command, runs
from client.errors import ClientError
from client.exit_codes import Exit
from client.files import is_file
from client.output import Column

if TYPE_CHECKING:
    from client.learning import Learnt, Material
    from client.traffic import Ports, Said, Source

MAX_SHOWN = 500
CAPTURES = click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
RECORDINGS = click.option(
    "--recordings", "-r", multiple=True, metavar="ID|FILE",
    help="A recording at the broker, or a file exported from one. May be given several times.",
)  # fmt: skip
SPOKEN = click.option(
    "--protocol", "spoken", multiple=True, metavar="PROTOCOL:PORT",
    help="What is spoken on a port, such as modbus:1502. May be given several times.",
)  # fmt: skip
REFUSED: tuple[Column, ...] = (
    ("SOURCE", "source"),
    ("FLOW", "flow"),
    ("TIME", "time"),
    ("USER", "user"),
    ("TIER", "tier"),
    ("FUNCTION", "function"),
    ("OBJECTS", "objects"),
    ("VALUES", "values"),
    ("DECISION", "decision"),
    ("REASON", "reason"),
)


@click.command(cls=Command)
@CAPTURES
@RECORDINGS
@SPOKEN
@click.option("--slack", type=click.FloatRange(0, 1000), default=0, metavar="PERCENT", help="Widen bounds of values.")
@click.option(
    "--join", type=click.IntRange(0), metavar="N", help="Join ranges at most N addresses apart, and their bounds."
)
@click.option(
    "--include", multiple=True, type=click.Choice(["program", "firmware", "upload"]),
    help="Propose this too, if it was seen; it is left out otherwise.",
)  # fmt: skip
@click.option("--name", default="learned", show_default=True, help="The policy's name.")
@click.option("--group", default="change-me", show_default=True, help="Who is to have it.")
@click.option("--approvers", default="change-me", show_default=True, help="Who is to approve it.")
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here. Default: stdout.")
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@runs
async def learn(
    app: App, files: tuple[Path, ...], recordings: tuple[str, ...], spoken: tuple[str, ...], slack: float,
    join: int | None, include: tuple[str, ...], name: str, group: str, approvers: str, out: Path | None, force: bool,
) -> None:  # fmt: skip
    """Propose a policy that gives no more than what was done: in captures FILES, or in past sessions.

    Each line says how many requests it rests on. The proposal is proven on the traffic that it came from.
    PROGRAM, FIRMWARE and upload are named, and given only with --include.
    """
    from client.learning import learn as learned
    from client.traffic import ports_of
    from guards.learning.proposal import Wishes
    from guards.learning.text import Frame

    _make_sure_of(out, force)
    with ExitStack() as stack:
        material = await _material(app, stack, files, recordings, ports_of(spoken), is_learning=True)
        told = [each.told for each in material]
        assets = {each.asset for each in told}
        frame = Frame(
            name, group, approvers, tuple(each.label for each in told),
            tuple(sorted(assets)) if "" not in assets else (),
        )  # fmt: skip
        found = learned(material, Wishes(join, slack, frozenset(include)), frame)
    if not found:
        raise ClientError("No request of a protocol that policies know.", hint="Say what is spoken with --protocol.")
    _write(app, found, out)


@click.command("dry-run", cls=Command)
@click.argument("policy", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@CAPTURES
@RECORDINGS
@SPOKEN
@click.option("--policy-name", help="Of the policies in the file, this one.")
@runs
async def dry_run(
    app: App, policy: Path, files: tuple[Path, ...], recordings: tuple[str, ...], spoken: tuple[str, ...],
    policy_name: str | None,
) -> None:  # fmt: skip
    """Hold POLICY against what was said in captures FILES or past sessions: what would it have refused, and why?

    The guards' own judges decide on the recorded bytes. With --json a line for each refused request. Exit code 4 says
    that something would have been refused or asked first.
    """
    from client.traffic import judge_by, ports_of, said_in
    from guards.registry import decoded_protocols

    rules = dict.fromkeys(decoded_protocols(), judge_by(policy, policy_name))
    refused: list[dict[str, Any]] = []
    decisions: Counter[str] = Counter()
    with ExitStack() as stack:
        for each in await _material(app, stack, files, recordings, ports_of(spoken), is_learning=False):
            for said in said_in(each.told, rules):
                if said.operation.is_response:
                    continue
                decisions[said.operation.verdict.value] += 1
                if said.operation.verdict == "allowed":
                    continue
                if app.out.as_json:
                    click.echo(json.dumps(_refused(said)))
                elif len(refused) < MAX_SHOWN:
                    refused.append(_refused(said))
    _conclude(app, refused, decisions)


def _make_sure_of(out: Path | None, force: bool) -> None:
    if out is not None and out.exists() and not force:
        raise ClientError(f"{out} exists.", hint="Give --force to replace it.", exit_code=Exit.USAGE)


def _conclude(app: App, refused: list[dict[str, Any]], decisions: "Counter[str]") -> None:
    total = sum(decisions.values())
    stopped = total - decisions["allowed"]
    if not total:
        raise ClientError("No request of a protocol that is known.", hint="Say what is spoken with --protocol.")
    if not stopped:
        app.out.line(f"The policy would have refused none of {total:,} requests.")
        return
    if not app.out.as_json:
        app.out.items(refused, REFUSED)
        if stopped > len(refused):
            app.out.line(f"... and {stopped - len(refused):,} more; --json prints all.")
        app.out.line("")
    kinds = (("asked", "asked about first"), ("malformed", "could not be read, which no policy lets pass"))
    raise ClientError(
        f"The policy would have refused {stopped:,} of {total:,} requests.",
        exit_code=Exit.DENIED,
        lines=[f"Of these {decisions[kind]:,} {words}." for kind, words in kinds if decisions[kind]],
    )


def _refused(said: "Said") -> dict[str, Any]:
    from client.traffic import plain_value

    operation, source = said.operation, said.source
    return {
        "source": source.label,
        "session": source.session or None,
        "user": source.user or None,
        "flow": said.flow,
        "index": said.number,
        "time": said.time,
        "protocol": said.protocol,
        "function_code": operation.function_code,
        "function": operation.function,
        "tier": operation.tier.value,
        "unit": operation.unit,
        "route": operation.route or None,
        "objects": list(operation.objects),
        "values": [plain_value(value) for value in operation.values],
        "decision": operation.verdict.value,
        "reason": operation.reason,
    }


def _write(app: App, found: "list[Learnt]", out: Path | None) -> None:
    from guards.learning.text import warnings

    text = "".join(each.text for each in found if not each.proposal.gives_anything)
    text += "---\n".join(each.text for each in found if each.proposal.gives_anything)
    alarms = [line for each in found for line in warnings(each.proposal)]
    for each in found:
        protocol = each.proposal.protocol
        alarms += [f"{protocol}: not proven on {label}, which holds no bytes" for label in each.unproven]
        if each.refused:
            alarms.append(f"{protocol}: a guard would still refuse {each.refused:,} requests that it was learned from")
    if out is not None:
        try:
            out.write_text(text)
        except OSError as error:
            raise ClientError(f"{out}: {error.strerror}", exit_code=Exit.USAGE) from error
    if app.out.as_json:
        summary = [{"protocol": each.proposal.protocol, "requests": each.proposal.count,
                    "lines": len(each.proposal.lines), "refused": each.refused} for each in found]  # fmt: skip
        app.out.json({"text": text, "learned": summary, "warnings": alarms})
    elif out is None:
        click.echo(text, nl=False)
    for line in alarms:
        app.out.note(f"!! {line}")
    if not any(each.proposal.gives_anything for each in found):
        raise ClientError("Nothing is left to propose a policy for.")


async def _material(
    app: App, stack: ExitStack, files: tuple[Path, ...], recordings: tuple[str, ...], ports: "Ports",
    *, is_learning: bool,
) -> "list[Material]":  # fmt: skip
    """Return what to read, fetched where it is at the broker into a folder that goes with ``stack``."""
    from client.learning import Material
    from client.traffic import source_of_file

    if not files and not recordings:
        raise click.UsageError("Give capture files, or --recordings.")
    sources = [source_of_file(path, ports) for path in (*files, *(Path(name) for name in recordings if is_file(name)))]
    if not is_learning and (lines := [each.label for each in sources if each.operations]):
        raise ClientError(
            f"{lines[0]} holds decoded operations, and no bytes to judge anew.",
            hint="Export the recording as pcapng.",
            exit_code=Exit.USAGE,
        )
    material = [Material(each, None if each.operations else each) for each in sources]
    wanted = [name for name in recordings if not is_file(name)]
    if wanted:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wicket-")))
        material += await _fetch(app, folder, wanted, is_learning=is_learning)
    return material


async def _fetch(app: App, folder: Path, recordings: list[str], *, is_learning: bool) -> "list[Material]":
    """Fetch recordings: for learning what the guard saw, proven on what reached the asset; else what the tool said."""
    from client.api import at
    from client.downloading import Download
    from client.learning import Material

    found: list[Material] = []
    async with app.api() as api:
        for number, recording in enumerate(dict.fromkeys(recordings)):
            facts = await api.get(at("recordings", recording))
            capture, lines = folder / f"{number}.pcapng", folder / f"{number}.jsonl"
            path, leg = at("recordings", recording, "export"), "asset" if is_learning else "user"
            await Download(api, path, str(capture), {"format": "pcapng", "leg": leg}).run()
            heard = _source(facts, capture)
            if not is_learning:
                found.append(Material(heard, heard))
                continue
            await Download(api, path, str(lines), {"format": "jsonl", "leg": leg}).run()
            found.append(Material(_source(facts, lines, operations=True), heard))
    return found


def _source(facts: dict[str, Any], path: Path, *, operations: bool = False) -> "Source":
    from client.traffic import Everywhere, Source, decoded_as

    service = str(facts["protocol"])
    protocol = decoded_as(service)
    if protocol is None:
        raise ClientError(f"{facts['id']} is of protocol {service}, which nothing can read.", exit_code=Exit.USAGE)
    return Source(
        str(facts["id"]), path, Everywhere(protocol), service, str(facts["session"]), str(facts["user_name"]),
        str(facts["asset_name"]), operations,
    )  # fmt: skip
