"""How the agent stands, as one value: for people (``wicket-agent status``) and for scripts (``--json``)."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from agent.ceiling import Ceiling
from agent.refusals import Refusal
from tunnel.messages import SiteLock


class LinkStatus(BaseModel):
    """The control link; ``offset_seconds`` is the broker's clock minus ours."""

    model_config = ConfigDict(frozen=True)

    connected: bool
    since: datetime | None = None
    node: str = ""
    offset_seconds: float | None = None
    fault: str = ""


class CeilingStatus(BaseModel):
    """What the ceiling file allows, in short, or why it is not in force."""

    model_config = ConfigDict(frozen=True)

    valid: bool
    targets: int = 0
    problem: str = ""


class StreamStatus(BaseModel):
    """One open stream."""

    model_config = ConfigDict(frozen=True)

    stream: str
    session: str
    user: str
    ticket: str
    asset: str
    device: str
    seconds_open: int
    seconds_left: int
    bytes_to_asset: int
    bytes_to_user: int


class SharedStatus(BaseModel):
    """One line or connection that streams share, with what was asked and what went wrong since it was opened."""

    model_config = ConfigDict(frozen=True)

    device: str
    streams: int
    requests: int
    broadcasts: int
    silent: int
    crc_errors: int
    short_frames: int
    strays: int


class Status(BaseModel):
    """Everything that status shows."""

    model_config = ConfigDict(frozen=True)

    running: bool
    software: str
    agent: str = ""
    site: str = ""
    broker: str = ""
    dismissed: str = ""
    certificate_not_after: datetime | None = None
    link: LinkStatus = LinkStatus(connected=False)
    ceiling: CeilingStatus = CeilingStatus(valid=False)
    lock: SiteLock = SiteLock(locked=False)
    streams: tuple[StreamStatus, ...] = ()
    shared: tuple[SharedStatus, ...] = ()


def ceiling_status(ceiling: Ceiling | Refusal) -> CeilingStatus:
    """Return the ceiling in short."""
    if isinstance(ceiling, Refusal):
        return CeilingStatus(valid=False, problem=ceiling.detail)
    return CeilingStatus(valid=True, targets=len(ceiling.entries))


def render(status: Status, now: datetime) -> str:
    """Write a status as people read it."""
    rows = [
        ("agent", f"{status.agent or 'not enrolled'}  ({status.software})"),
        ("site", status.site or "-"),
        ("broker", status.broker or "-"),
        ("running", _running(status)),
        ("link", _link(status.link, now)),
        ("certificate", _certificate(status.certificate_not_after, now)),
        ("lock", _lock(status.lock)),
        ("ceiling", _ceiling(status.ceiling)),
        ("streams", str(len(status.streams))),
    ]
    lines = [f"{name + ':':<13}{value}" for name, value in rows]
    return "\n".join([*lines, *map(_stream, status.streams), *map(_shared, status.shared)])


def _running(status: Status) -> str:
    if status.dismissed:
        return f"no - {status.dismissed}"
    return "yes" if status.running else "no"


def _link(link: LinkStatus, now: datetime) -> str:
    if link.since is None:
        return "down"
    span = f"for {_span((now - link.since).total_seconds())}"
    if not link.connected:
        return f"down {span}" + (f" - {link.fault}" if link.fault else "")
    offset = "" if link.offset_seconds is None else f", broker's clock {link.offset_seconds:+.1f} s from ours"
    return f"up {span}, node {link.node}{offset}"


def _certificate(until: datetime | None, now: datetime) -> str:
    if until is None:
        return "none"
    left = (until - now).total_seconds()
    if left <= 0:
        return f"EXPIRED {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC: enrol again"
    return f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({_span(left)} left)"


def _lock(lock: SiteLock) -> str:
    until = f" until {lock.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if lock.until else ""
    why = f" - {lock.reason}" if lock.reason else ""
    return f"{'LOCKED' if lock.locked else 'open'}{until}{why}"


def _ceiling(ceiling: CeilingStatus) -> str:
    if not ceiling.valid:
        return f"NOT IN FORCE, nothing can be dialled - {ceiling.problem}"
    return f"{ceiling.targets} target(s)" if ceiling.targets else "empty, nothing can be dialled"


def _stream(stream: StreamStatus) -> str:
    ticket = f" {stream.ticket}" if stream.ticket else ""
    return (
        f"  {stream.user}{ticket} -> {stream.asset} ({stream.device}), open {_span(stream.seconds_open)}, "
        f"{_span(stream.seconds_left)} left, {stream.bytes_to_asset} B in, {stream.bytes_to_user} B out"
    )


def _shared(shared: SharedStatus) -> str:
    faults = {"silent": shared.silent, "CRC": shared.crc_errors, "short": shared.short_frames, "stray": shared.strays}
    counted = "".join(f", {count} {name}" for name, count in faults.items() if count)
    return f"  {shared.device}: shared by {shared.streams} stream(s), {shared.requests} request(s){counted}"


def _span(seconds: float) -> str:
    whole = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= 2 * size:
            return f"{whole // size} {unit}"
    return f"{whole} s"
