"""A proposal as the text of a policy, with a word beside each line on what it rests on.

What devices and tools said may stand in comments, so that nothing unprintable gets there: a line's end in a name would
else begin a line of the policy.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from guards.learning.lines import Gathered, Line
from guards.learning.proposal import DANGEROUS, Proposal
from policies.rules import ObjectRule, Tier

MAX_LISTED = 12
MAX_WORD_CHARACTERS = 120
_LOUD = "# !!"


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of a policy that traffic cannot tell: its name, who gets it, who approves it, and what it is about.

    ``assets`` are paths, ``site/asset``.
    """

    name: str = "learned"
    group: str = "change-me"
    approvers: str = "change-me"
    sources: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    service: str | None = None


def policy_text(proposal: Proposal, frame: Frame) -> str:
    """Return one document; where nothing is to be given, comments alone, which are no document."""
    head = _head(proposal, frame)
    if not proposal.gives_anything:
        return "\n".join([*head, "# Nothing is left to propose.", ""])
    service = frame.service or proposal.protocol
    what = f"services: [{service}]"
    if frame.assets:
        sites, names = ({path.rpartition("/")[at] for path in frame.assets} for at in (0, 2))
        place = f"sites: {_list(sorted(sites))}, " if all(sites) else ""
        what = f"{place}assets: {{names: {_list(sorted(names))}}}, {what}"
    return "\n".join(
        [
            *head,
            "apiVersion: wicketgate/v1",
            "kind: AccessPolicy",
            f"metadata: {{name: {_quoted(frame.name)}, description: {_quoted(_description(proposal))}}}",
            "spec:",
            f"  who:  {{groups: [{_quoted(frame.group)}]}}  # traffic cannot tell: say who",
            f"  what: {{{what}}}" + ("" if frame.assets else "  # add sites and assets"),
            "  access:",
            "    mode: request",
            "    max_duration: 4h",
            f"    approvals: [{{group: {_quoted(frame.approvers)}}}]",
            "  allow:",
            *(f"    {line}" for line in _allow(proposal)),
            "",
        ]
    )


def warnings(proposal: Proposal) -> list[str]:
    """Return what nobody may overlook: functions that change programs or devices, reading out, and whole tiers."""
    found = [
        f"{proposal.protocol}: {kind.upper()} was seen and is NOT given: {_functions(functions)}"
        for kind, functions in proposal.left_out.items()
    ]
    found += [
        f"{proposal.protocol}: {kind.upper()} is proposed, because it was asked for: {_functions(functions)}"
        for kind, functions in proposal.included.items()
    ]
    if proposal.concessions.unfenced:
        found.append(f"{proposal.protocol}: no fence on routes, for nothing that was seen tells where it went")
    why = _why(proposal)
    return found + [
        f"{proposal.protocol}: the whole tier {tier.value} is given, for it could not be narrowed to objects{why}"
        for tier in (Tier.READ, Tier.OPERATE)
        if tier in proposal.tiers and _objects(proposal, tier) is None
    ]


def _why(proposal: Proposal) -> str:
    """Say which functions name nothing that policies have words for, where a judge showed it."""
    because = sorted(map(plain, proposal.concessions.because))
    said = ", ".join(because[:MAX_LISTED]) + (", ..." if len(because) > MAX_LISTED else "")
    return f" (because of {said})" if because else ""


def plain(text: str) -> str:
    """Return a text that stays within a comment: one line, printable, and not too long."""
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= MAX_WORD_CHARACTERS else shown[: MAX_WORD_CHARACTERS - 3] + "..."


def _head(proposal: Proposal, frame: Frame) -> list[str]:
    lines = [
        f"# Proposed by 'wicket policy learn' for {plain(proposal.protocol)}, from {proposal.count:,} requests.",
        *(f"#   {plain(source)}" for source in frame.sources[:MAX_LISTED]),
    ]
    if len(frame.sources) > MAX_LISTED:
        lines.append(f"#   and {len(frame.sources) - MAX_LISTED} more")
    lines += [
        f"# Nothing was learned from {count:,} that {reason.replace('is one', 'are one').replace('was', 'were')}."
        for reason, count in proposal.passed_over.items()
    ]
    return [*lines, *(f"{_LOUD} {line}" for line in warnings(proposal))]


def _description(proposal: Proposal) -> str:
    return f"Learned from {proposal.count} requests; read every line before it holds"


def _allow(proposal: Proposal) -> Iterator[str]:
    whole = [t for t in (Tier.READ, Tier.OPERATE) if t in proposal.tiers and _objects(proposal, t) is None]
    if whole:
        yield f"tiers: [{', '.join(whole)}]  {_LOUD} every object; {_counts(proposal, whole)}"
    asked = [tier for tier in DANGEROUS if tier in proposal.tiers]
    if asked:
        yield f"ask: [{', '.join(asked)}]  {_LOUD} {_counts(proposal, asked)}"
    if "upload" in proposal.included:
        yield f"upload: true  {_LOUD} {_functions(proposal.included['upload'])}"
    if proposal.units:
        yield f"units: [{', '.join(map(str, proposal.units))}]  # {_times(proposal.units)}"
    if proposal.routes:
        yield f"routes: {_list(proposal.routes)}  # {_times(proposal.routes)}"
    for field, gathered in (("reads", proposal.reads), ("writes", proposal.writes)):
        if gathered is not None:
            yield f"{field}:{_coarse(gathered)}"
            yield from (f"  - {_entry(line)}" for line in gathered.lines)


def _objects(proposal: Proposal, tier: Tier) -> Gathered | None:
    return proposal.reads if tier is Tier.READ else proposal.writes


def _coarse(gathered: Gathered) -> str:
    if gathered.joined is None:
        return ""
    return f"  # ranges up to {gathered.joined} apart are joined, with their bounds"


def _entry(line: Line) -> str:
    rule = line.rule
    fields = [f"table: {rule.table}"]
    if rule.addresses is not None:
        fields.append(f"addresses: {_quoted(_span(rule))}")
    if rule.names is not None:
        fields.append(f"names: {_list(rule.names)}")
    fields += [
        f"{word}: {_number(bound)}"
        for word, bound in (("min", rule.minimum), ("max", rule.maximum))
        if bound is not None
    ]
    return f"{{{', '.join(fields)}}}  # {_requests(line.count)}"


def _span(rule: ObjectRule) -> str:
    spans = rule.addresses or ()
    return ",".join(str(each.first) if each.first == each.last else f"{each.first}-{each.last}" for each in spans)


def _number(bound: float) -> str:
    """Write a number as policies take it: digits, at most 20 characters."""
    text = repr(bound)
    return text if len(text) <= 20 else f"{bound:.12g}"


def _counts(proposal: Proposal, tiers: Iterable[Tier]) -> str:
    return ", ".join(f"{tier.value}: {_requests(proposal.tiers[tier])}" for tier in tiers)


def _times(counts: Mapping[int, int] | Mapping[str, int]) -> str:
    said = [f"{what}: {_requests(count)}" for what, count in list(counts.items())[:MAX_LISTED]]
    return ", ".join([*said, *(["..."] if len(counts) > MAX_LISTED else [])])


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count:,} requests"


def _functions(functions: Mapping[str, int]) -> str:
    ranked = sorted(functions.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{plain(name)} ({count:,})" for name, count in ranked[:MAX_LISTED]]
    return ", ".join([*said, *(["..."] if len(ranked) > MAX_LISTED else [])])


def _list(texts: Iterable[str] | Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _quoted(text: str) -> str:
    """Write a text as a double-quoted scalar (YAML 1.2.2, 7.3.1, of which JSON strings are a part)."""
    return json.dumps(text, ensure_ascii=True)
