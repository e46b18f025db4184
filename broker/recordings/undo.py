"""The undo sheet: for each object that was changed what stood there at first. A list for people; nothing replays it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from broker.recordings.changes import Change
from broker.recordings.elements import Element, Value, written
from broker.recordings.writes import Outcome

Where = tuple[str, str, object, str, str]


@dataclass(slots=True)
class Restore:
    """One object: ``value`` is what stood there before the first write of the period, ``None`` where nobody knows.

    ``is_read``: the guard read that right before the write. ``last_value`` was written last, at ``last_at``, after
    ``writes`` writes in all; ``is_confirmed``: the device confirmed each of them.
    """

    change: Change
    element: Element
    value: Value | None
    is_read: bool
    last_value: Value | None
    last_at: datetime
    writes: int = 1
    is_confirmed: bool = True


def undo_sheet(newest_first: Iterable[Change]) -> list[Restore]:
    """Return the sheet, the object that was written last on top. What the device refused has changed nothing."""
    found: dict[Where, Restore] = {}
    for change in newest_first:
        if change.write.outcome is Outcome.REFUSED:
            continue
        seen = change.write.record
        what = written(seen)
        confirmed = change.write.outcome is Outcome.ACCEPTED
        for element in what.elements:
            where = (change.row.asset_id, change.row.service_name, seen.get("unit"), str(seen.get("route", "")),
                     element.object)  # fmt: skip
            known = found.get(where)
            if known is None:
                at = datetime.fromisoformat(str(seen["at"]))
                found[where] = Restore(
                    change, element, element.before, what.is_before_read, element.after, at, 1, confirmed
                )
            else:
                known.value, known.is_read = element.before, what.is_before_read
                known.writes += 1
                known.is_confirmed = known.is_confirmed and confirmed
    return list(found.values())
