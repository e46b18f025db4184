"""The site's own word on what may ever be dialled, and how each dial is held against it.

Everything that is not listed is refused. The text form is read by ``agent.ceiling_file``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.addresses import IPAddress, IPNetwork, hazard, is_edge_of, parse_address
from agent.lines import SerialLine, device_of
from agent.refusals import Refusal, RefusalCode
from policies.rules import Rules
from tunnel.messages import Target


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on site that may be dialled; ``ports`` are inclusive ranges, caps count per device address.

    ``line`` is a serial line, which has neither network nor port. ``share``: streams use one connection together.
    ``calm_rate`` is explained by ``agent.families``.
    """

    name: str
    networks: tuple[IPNetwork, ...]
    ports: tuple[tuple[int, int], ...]
    protocols: frozenset[str]
    rules: Rules
    hostnames: frozenset[str] = frozenset()
    opaque: bool = False
    max_connections: int = 2
    max_connects_per_minute: int = 30
    line: SerialLine | None = None
    share: bool = False
    calm_rate: float | None = None
    max_interrogations_per_minute: int = 1

    def covers(self, address: IPAddress) -> bool:
        """Tell whether a device at this address is meant: unusual addresses count only when listed by themselves."""
        inside = [net for net in self.networks if net.version == address.version and address in net]
        if any(net.prefixlen == net.max_prefixlen for net in inside):
            return True
        return hazard(address) is None and any(not is_edge_of(address, net) for net in inside)

    def covers_port(self, port: int) -> bool:
        """Tell whether the port lies in a listed range."""
        return any(first <= port <= last for first, last in self.ports)


@dataclass(frozen=True, slots=True)
class Permit:
    """The site allows this dial: connect to ``address`` (already checked) and hold the stream to ``rules``.

    For a serial line, ``address`` is its device and ``port`` means nothing.
    """

    entry: str
    address: IPAddress | str
    port: int
    rules: Rules
    opaque: bool
    max_connections: int
    max_connects_per_minute: int
    line: SerialLine | None = None
    share: bool = False
    calm_rate: float | None = None
    max_interrogations_per_minute: int = 1

    def __str__(self) -> str:
        """Name the device as people do."""
        return str(self.address) if self.line is not None else f"{self.address}:{self.port}"

    @property
    def resolved(self) -> IPAddress | None:
        """The address to judge again by; a serial line has none."""
        return None if isinstance(self.address, str) else self.address


@dataclass(frozen=True, slots=True)
class Resolve:
    """The site lists this hostname: resolve it once and judge again with the address found."""

    hostname: str


Judgement = Permit | Resolve | Refusal


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the site's file says; the empty ceiling allows nothing."""

    entries: tuple[Entry, ...] = ()
    site: str | None = None
    digest: str = ""
    names: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        """Gather the hostnames of all entries."""
        object.__setattr__(self, "names", frozenset(name for entry in self.entries for name in entry.hostnames))

    def judge(self, target: Target, resolved: IPAddress | None = None) -> Judgement:
        """Hold one dial against the file; for a listed hostname, ``resolved`` is the address to check and to dial."""
        device = device_of(target.host)
        if device is not None:
            return self._judge_line(device, target)
        literal = parse_address(target.host)
        if literal is not None:
            return self._judge_address(self.entries, literal, target)
        hostname = target.host.lower().rstrip(".")
        if hostname not in self.names:
            return _denied(f"{target.host!r} is neither a plain IP address nor a hostname that the ceiling lists")
        if resolved is None:
            return Resolve(hostname)
        named = tuple(entry for entry in self.entries if hostname in entry.hostnames)
        return self._judge_address(named, resolved, target)

    def _judge_line(self, device: str, target: Target) -> Permit | Refusal:
        for entry in self.entries:
            if entry.line is not None and entry.line.device == device:
                if target.protocol in entry.protocols:
                    return _permit(entry, device, target.port)
                return _denied(f"protocol {target.protocol} is not listed for {device}")
        return _denied(f"the serial line {device} is not listed")

    def _judge_address(self, entries: tuple[Entry, ...], address: IPAddress, target: Target) -> Permit | Refusal:
        plain = parse_address(str(address)) or address
        steps: tuple[tuple[Callable[[Entry], bool], str], ...] = (
            (lambda entry: entry.covers(plain), _address_sentence(plain)),
            (lambda entry: entry.covers_port(target.port), f"port {target.port} of {plain} is not listed"),
            (
                lambda entry: target.protocol in entry.protocols,
                f"protocol {target.protocol} is not listed for {plain} port {target.port}",
            ),
        )
        for fits, sentence in steps:
            entries = tuple(entry for entry in entries if fits(entry))
            if not entries:
                return _denied(sentence)
        return _permit(entries[0], plain, target.port)


def _address_sentence(address: IPAddress) -> str:
    kind = hazard(address)
    if kind is None:
        return f"{address} is not listed"
    return f"{address} is a {kind} address, which must be listed by itself to be dialled"


def _denied(sentence: str) -> Refusal:
    advice = "if the plant wants this, add it to the agent's ceiling file on site"
    return Refusal(RefusalCode.CEILING_DENIED, f"The site's ceiling does not allow it: {sentence}; {advice}.")


def _permit(entry: Entry, address: IPAddress | str, port: int) -> Permit:
    return Permit(
        entry=entry.name,
        address=address,
        port=port,
        rules=entry.rules,
        opaque=entry.opaque,
        max_connections=entry.max_connections,
        max_connects_per_minute=entry.max_connects_per_minute,
        line=entry.line,
        share=entry.share,
        calm_rate=entry.calm_rate,
        max_interrogations_per_minute=entry.max_interrogations_per_minute,
    )
