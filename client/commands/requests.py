"""``wicket request``, ``requests``, ``approve``, ``deny``, ``narrow``, ``withdraw``."""

from typing import Any

import click

from client.app import App, Command, runs
from client.commands.assets import LIMIT
from client.fences import fence, fence_options
from client.output import Column, shown, span
from client.parameters import ACCEPT_BANNER, Duration, Moment, Tiers, given
from client.rules import what_passes
from client.waiting import outstanding, still_needed

COLUMNS: tuple[Column, ...] = (
    ("REQUEST", "id"),
    ("STATE", "state"),
    ("WHO", "user_name"),
    ("ASSET", lambda request: f"{request['asset_name']}/{request['service_name']}"),
    ("TIERS", what_passes),
    ("FOR", lambda request: span(request["duration"])),
    ("STILL NEEDS", still_needed),
    ("TICKET", "ticket"),
    ("REASON", "reason"),
    ("ASKED AT", "created_at"),
)
TERMS = (
    "id", "state", "user_name", "asset_name", "service_name", "tiers", "rules_text", "duration", "starts_at", "reason",
    "ticket", "emergency", "policy", "hash", "approvals_needed", "approvals", "grant", "created_at", "expires_at",
    "decided_at", "decision_reason",
)  # fmt: skip
PREVIEW = (
    "outcome", "policy", "reasons", "approvals", "login", "windows", "max_duration", "tiers", "ask", "rules_text",
    "reason_required", "ticket_example", "conflicts",
)  # fmt: skip
STATES = click.Choice(["pending", "approved", "denied", "withdrawn", "expired"])


@click.command(cls=Command)
@click.argument("asset")
@click.option(
    "--tiers", type=Tiers(), help="What you want to do: read,operate,program,firmware. Default: the policy's."
)
@click.option("--reason", help="Why. Default: asked.")
@click.option("--ticket", default="", help="The work order's number.")
@click.option("--duration", type=Duration(), help="How long, from the first use on, such as 2h.")
@click.option("--starts-at", type=Moment(), help="Not before, such as 2026-03-01T07:00.")
@click.option("--emergency", is_flag=True, help="Use an emergency policy: loud, and reviewed afterwards.")
@click.option("--otp", help="Code of the second factor, should the policy want a fresh one.")
@click.option("--wait", is_flag=True, help="Wait for the decision.")
@click.option("--preview", is_flag=True, help="Only tell what the request would come to; ask nobody.")
@ACCEPT_BANNER
@runs
async def request(
    app: App, asset: str, tiers: list[str] | None, reason: str | None, ticket: str, duration: int | None,
    starts_at: str | None, emergency: bool, otp: str | None, wait: bool, preview: bool, accept_banner: bool,
) -> None:  # fmt: skip
    """Ask for access to ASSET[/SERVICE]. Exit code 5 says that somebody must approve it yet."""
    from client.asking import ask
    from client.banners import Banner
    from client.errors import ClientError
    from client.exit_codes import Exit
    from client.reaching import reach
    from client.requesting import Wish, until_decided
    from client.stepping_up import with_fresh_factor

    async with app.api() as api:
        reached = await reach(api, asset)
        if preview:
            wish = Wish(tiers, reason or "", ticket, duration, starts_at, emergency)
            foretold = await api.post("/requests/preview", wish.body(reached))
            app.out.one(_preview(foretold, app.out.as_json), PREVIEW)
            return
        why = reason if reason is not None else ask("Why do you need access", "Give --reason TEXT.")
        wish = Wish(tiers, why, ticket, duration, starts_at, emergency)
        body = wish.body(reached)
        banner = Banner(app, api, accept=accept_banner)
        made = await banner.around(
            lambda: with_fresh_factor(app, api, otp, lambda: api.post("/requests", body, once=True))
        )
        if wait:
            made = await until_decided(api, made, app.out.note)
    app.out.result(made, _sentence(made))
    if made["state"] == "pending":
        raise ClientError("", exit_code=Exit.NEEDS_APPROVAL)
    if made["state"] != "approved":
        raise ClientError(f"The request was {made['state']}: {made['decision_reason']}", exit_code=Exit.DENIED)


@click.command(cls=Command)
@click.argument("request", required=False)
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--waiting", is_flag=True, help="Only those that wait for your word.")
@click.option("--state", type=STATES, help="Only in this state.")
@LIMIT
@runs
async def requests(app: App, request: str | None, mine: bool, waiting: bool, state: str | None, limit: int) -> None:
    """List requests, newest first; with REQUEST, show that one in full."""
    from client.api import at

    async with app.api() as api:
        if request:
            app.out.one(_terms(await api.get(at("requests", request)), app.out.as_json), TERMS)
            return
        query = given(state=state) | {name: "true" for name, on in (("mine", mine), ("waiting", waiting)) if on}
        found = await api.items("/requests", query, limit=limit)
    app.out.items(found, COLUMNS, empty="There are no such requests.")


@click.command(cls=Command)
@click.argument("request")
@click.option("--comment", default="", help="For the record.")
@click.option("--yes", is_flag=True, help="Do not ask; approve the terms as they are now.")
@click.option("--hash", "terms_hash", help="Approve exactly the terms with this hash (see 'wicket requests REQUEST').")
@click.option("--otp", help="Code of the second factor, should the policy want a fresh one of its approvers.")
@click.option("--narrow-tiers", type=Tiers(), help="What is left of the tiers.")
@click.option("--narrow-duration", type=Duration(), help="What is left of the time.")
@fence_options("narrow-")
@runs
async def approve(
    app: App, request: str, comment: str, yes: bool, terms_hash: str | None, otp: str | None,
    narrow_tiers: list[str] | None, narrow_duration: int | None, narrow_units: list[int] | None,
    narrow_routes: str | None, narrow_reads: tuple[Any, ...], narrow_writes: tuple[Any, ...],
) -> None:  # fmt: skip
    """Approve a request on its exact terms: they are shown first.

    With --narrow-... take away from it, and approve what is left; earlier approvals are void then.
    """
    from client.api import at
    from client.asking import confirm
    from client.stepping_up import with_fresh_factor

    narrower = given(tiers=narrow_tiers, duration=narrow_duration)
    narrower |= fence(narrow_units, narrow_routes, narrow_reads, narrow_writes)
    if narrower and terms_hash is not None:
        raise click.UsageError("--hash names terms that are there already: narrowing makes others.")
    async with app.api() as api:
        if terms_hash is None:
            if narrower:
                asked = await api.post(at("requests", request, "narrow"), narrower)
            else:
                asked = await api.get(at("requests", request))
            if not app.out.as_json:
                _show_terms(app, asked)
            confirm("Approve this?", "Give --yes, or --hash HASH of the terms.", sure=yes)
            terms_hash = str(asked["hash"])
        body = {"hash": terms_hash} | given(comment=comment)
        approving = at("requests", request, "approve")
        decided = await with_fresh_factor(app, api, otp, lambda: api.post(approving, body))
    app.out.result(decided, _sentence(decided))


@click.command(cls=Command)
@click.argument("request")
@click.option("--reason", help="Why not; the requester reads it. Default: asked.")
@runs
async def deny(app: App, request: str, reason: str | None) -> None:
    """Deny a request."""
    from client.api import at
    from client.asking import ask

    why = reason if reason is not None else ask("Why not", "Give --reason TEXT.")
    async with app.api() as api:
        decided = await api.post(at("requests", request, "deny"), {"reason": why})
    app.out.result(decided, _sentence(decided))


@click.command(cls=Command)
@click.argument("request")
@click.option("--tiers", type=Tiers(), help="What is left of the tiers.")
@click.option("--duration", type=Duration(), help="What is left of the time.")
@fence_options()
@runs
async def narrow(
    app: App, request: str, tiers: list[str] | None, duration: int | None, units: list[int] | None,
    routes: str | None, reads: tuple[Any, ...], writes: tuple[Any, ...],
) -> None:  # fmt: skip
    """Take away from a request before approving it; approvals that it had are void."""
    from client.api import at

    body = given(tiers=tiers, duration=duration) | fence(units, routes, reads, writes)
    if not body:
        raise click.UsageError("Say what is left: --tiers, --duration, --units, --routes, --reads or --writes.")
    async with app.api() as api:
        changed = await api.post(at("requests", request, "narrow"), body)
    app.out.result(changed, _sentence(changed))


@click.command(cls=Command)
@click.argument("request")
@runs
async def withdraw(app: App, request: str) -> None:
    """Take back your own request while it waits."""
    from client.api import at

    async with app.api() as api:
        decided = await api.post(at("requests", request, "withdraw"))
    app.out.result(decided, _sentence(decided))


def _show_terms(app: App, asked: dict[str, Any]) -> None:
    names = ("user_name", "asset_name", "service_name", "tiers", "rules_text", "duration", "starts_at", "reason",
             "ticket", "emergency", "policy", "approvals", "approvals_needed")  # fmt: skip
    terms = _terms(asked, as_json=False)
    lines = {name: terms[name] for name in names} | _card(asked.get("card") or {})
    for name, value in lines.items():
        app.out.note(f"{name.replace('_', ' '):<16}  {shown(value)}")


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """Put into words what the broker tells an approver beside the terms."""
    if not card:
        return {}
    past = card["past_sessions"]
    return {
        "organization": f"{card['organization']} ({card['organization_kind']})",
        "sponsor": card["sponsor"],
        "signed_in_with": card["methods"],
        "sessions_before": f"{past['count']}, last {shown(past['last_at'])}",
        "conflicts": [each["says"]["text"] for each in card["conflicts"]],
    }


def _terms(request: dict[str, Any], as_json: bool) -> dict[str, Any]:
    """Put the nested parts of a request into words."""
    if as_json:
        return request
    approvals = [f"{each['approver_name']} ({shown(each['at'])})" for each in request["approvals"]]
    needs = [f"{need['met']}/{need['count']} of {need['group']}" for need in request["approvals_needed"]]
    words = {
        "tiers": what_passes(request), "approvals": approvals, "approvals_needed": needs,
        "duration": span(request["duration"]),
    }  # fmt: skip
    return {**request, **words}


def _preview(foretold: dict[str, Any], as_json: bool) -> dict[str, Any]:
    """Put the nested parts of a preview into words."""
    if as_json:
        return foretold
    groups = [
        f"{each['count']} of {each['group']} ({each['members']} could answer now)" for each in foretold["approvals"]
    ]
    longest = foretold["max_duration"]
    words = {
        "outcome": foretold["outcome"].replace("_", " "), "approvals": groups,
        "max_duration": None if longest is None else span(longest),
        "windows": (foretold["windows"] or {}).get("text", ""),
        "reasons": [_reason(each) for each in foretold["reasons"]],
        "conflicts": [each["says"]["text"] for each in foretold["conflicts"]],
    }  # fmt: skip
    return {**foretold, **words}


def _reason(reason: dict[str, Any]) -> str:
    return " ".join(reason[part]["text"] for part in ("message", "remedy") if reason[part])


def _sentence(request: dict[str, Any]) -> str:
    what = f"{request['id']}: {request['user_name']} on {request['asset_name']}/{request['service_name']}"
    match request["state"]:
        case "pending":
            return f"{what} waits for {outstanding(request)}."
        case "approved":
            return f"{what} is approved; grant {request['grant']}."
        case state:
            return f"{what} is {state}."


COMMANDS = {
    "request": request,
    "requests": requests,
    "approve": approve,
    "deny": deny,
    "narrow": narrow,
    "withdraw": withdraw,
}
