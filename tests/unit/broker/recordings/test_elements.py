"""A write, object by object: which address was given which value; what cannot be told is not guessed."""

from typing import Any

import pytest

from broker.recordings.elements import Element, written


def record(objects: list[str], values: list[Any], before: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"objects": objects, "values": values, **({} if before is None else {"before": before}), **more}


@pytest.mark.parametrize(
    ("objects", "values", "before", "elements"),
    [
        (["holding 100"], [7], [5], [("holding 100", 5, 7)]),
        (["holding 100-102"], [1, 2, 3], [9, None, 8],
         [("holding 100", 9, 1), ("holding 101", None, 2), ("holding 102", 8, 3)]),
        (["holding 5-6", "read holding 0-9"], [1, 2], None, [("holding 5", None, 1), ("holding 6", None, 2)]),
        (["db1 4-7"], [1.5], [2.5], [("db1 4-7", 2.5, 1.5)]),
        (["db1 4-7"], [1, 2], [3, 4], [("db1 4-5", 3, 1), ("db1 6-7", 4, 2)]),
        (["db1 4-5", "flags 4 4.3"], [300, 1], [1, 0], [("db1 4-5", 1, 300), ("flags 4 4.3", 0, 1)]),
        (["db1 0-1", "db2 0"], [1, 2, 3], None, [("db1 0", None, 1), ("db1 1", None, 2), ("db2 0", None, 3)]),
        (["tag Motor.Speed"], [50.0], None, [("tag Motor.Speed", None, 50.0)]),
        (["db1 0-3", "db2 0-3"], [1, 2, 3], None, [("db1 0-3", None, None), ("db2 0-3", None, None)]),
        (["file 1 record 2"], [1, 2], None, [("file 1 record 2", None, None)]),
        ([], [1], None, []),
    ],
)  # fmt: skip
def test_each_address_has_its_own_values(
    objects: list[str], values: list[Any], before: list[Any] | None, elements: list[tuple[str, Any, Any]]
) -> None:
    found = written(record(objects, values, before)).elements
    assert [(each.object, each.before, each.after) for each in found] == elements


def test_what_was_not_read_in_full_is_not_known() -> None:
    found = written(record(["holding 1-2"], [1, 2], [9]))
    assert found.before is None
    assert [each.before for each in found.elements] == [None, None]


def test_a_masked_write_becomes_what_it_makes_of_what_was_there() -> None:
    masked = record(["holding 4"], [0xF2, 0x25], [0x12], function="mask_write_register", is_before_read=True)
    found = written(masked)
    assert (found.before, found.after, found.is_before_read) == ((0x12,), (0x17,), True)
    assert found.elements == (Element("holding", "4", 0x12, 0x17),)
    unknown = written(record(["holding 4"], [0xF2, 0x25], function="mask_write_register"))
    assert (unknown.before, unknown.after) == (None, ())
    assert unknown.elements == (Element("holding", "4", None, None),)


@pytest.mark.parametrize("odd", [{}, {"objects": "holding 1", "values": 7}, {"objects": [7], "values": [None]}])
def test_what_is_odd_in_a_recording_is_not_known(odd: dict[str, Any]) -> None:
    assert written(odd).elements == ()
