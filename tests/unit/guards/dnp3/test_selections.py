"""Select before operate: an operate is worth what its select was."""

import pytest

from guards.dnp3.guard import Dnp3Guard
from guards.dnp3.selections import MAX_PAIRS, SELECTED_SECONDS, Selections
from tests.unit.guards.dnp3.traffic import (
    DIRECT,
    NOW,
    OPERATE,
    SELECT,
    answer,
    ask,
    asks,
    crob,
    forwarded,
    guard,
    heard,
    operations,
    replies,
    setpoint,
    verdicts,
)
from tests.unit.guards.dnp3.wire import request, response

BOUNDED = [{"table": "binary_output", "addresses": [{"first": 0, "last": 4}]}]


def go(inspector: Dnp3Guard, code: int, objects: bytes, sequence: int, now: float = NOW) -> str:
    """Send a request and have it answered as by an outstation that does everything; return what became of it."""
    effects = ask(inspector, request(code, objects, sequence), now)
    answer(inspector, response(objects, sequence=sequence), now)
    [operation] = operations(effects)
    return operation.verdict.value


def test_a_select_and_its_operate_pass() -> None:
    inspector = guard("operate")
    assert [go(inspector, SELECT, crob(1), 1), go(inspector, OPERATE, crob(1), 2)] == ["allowed", "allowed"]


def test_an_operate_after_a_refused_select_is_refused_even_if_it_might_pass_by_itself() -> None:
    inspector = guard("operate", writes=BOUNDED)
    assert go(inspector, SELECT, crob(1), 1) == "allowed"
    assert go(inspector, SELECT, crob(9), 2) == "denied"
    effects = ask(inspector, request(OPERATE, crob(1), 3))
    assert (forwarded(effects), operations(effects)[0].reason) == ([], "the select before it was refused")
    assert heard(replies(effects)[0]).refusal == (9, "object 1 of 1")
    assert go(inspector, DIRECT, crob(1), 4) == "allowed"
    assert [go(inspector, SELECT, crob(1), 5), go(inspector, OPERATE, crob(1), 6)] == ["allowed", "allowed"]


def test_a_select_that_waited_too_long_is_a_refused_one() -> None:
    inspector = guard("read", "operate")
    ask(inspector, request(1, sequence=1))
    ask(inspector, request(SELECT, crob(1), 2))
    inspector.on_tick(NOW + 30)
    inspector.on_tick(NOW + 60)
    assert verdicts(ask(inspector, request(OPERATE, crob(1), 3), NOW + 60)) == ["denied"]


def test_selects_of_other_outstations_do_not_matter() -> None:
    inspector = guard("operate", writes=BOUNDED)
    ask(inspector, request(SELECT, crob(9), 1, outstation=11))
    assert go(inspector, OPERATE, crob(1), 2) == "allowed"


def test_one_yes_is_for_a_select_and_its_operate() -> None:
    inspector = guard(ask={"operate"})
    [asked] = asks(ask(inspector, request(SELECT, crob(1), 1)))
    assert verdicts(ask(inspector, request(OPERATE, crob(1), 2))) == ["denied"]
    inspector.arm(asked.fingerprint, NOW + 60)
    assert go(inspector, SELECT, crob(1), 3) == "allowed"
    assert go(inspector, OPERATE, setpoint(1, 5), 4) == "asked"
    assert go(inspector, OPERATE, crob(1), 5) == "allowed"
    assert go(inspector, OPERATE, crob(1), 6) == "asked"
    assert go(inspector, SELECT, crob(1), 7) == "asked"


@pytest.mark.parametrize(("seconds", "verdict"), [(SELECTED_SECONDS - 1, "allowed"), (SELECTED_SECONDS, "asked")])
def test_the_yes_to_a_select_lapses(seconds: float, verdict: str) -> None:
    inspector = guard(ask={"operate"})
    [asked] = asks(ask(inspector, request(SELECT, crob(1), 1)))
    inspector.arm(asked.fingerprint, NOW + 60)
    go(inspector, SELECT, crob(1), 2)
    assert go(inspector, OPERATE, crob(1), 3, NOW + seconds) == verdict


def test_so_many_pairs_are_remembered() -> None:
    selections = Selections()
    for outstation in range(MAX_PAIRS + 1):
        selections.refused((outstation, 1))
    assert [outstation for outstation in range(MAX_PAIRS + 1) if not selections.is_refused((outstation, 1))] == [0]
