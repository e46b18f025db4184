"""Operations as JSON: every field that says something is there, whatever it says."""

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from broker.recordings.operations import operation_text
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier

NUMBER = st.one_of(st.none(), st.integers(0, 2**32))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUE = st.integers(-(2**63), 2**64) | st.floats(allow_nan=False, allow_infinity=False) | TEXT | st.booleans()
OPERATIONS = st.builds(
    Operation,
    direction=st.sampled_from(Direction),
    protocol=TEXT,
    function_code=st.integers(0, 255),
    function=TEXT,
    tier=st.sampled_from(Tier),
    verdict=st.sampled_from(Verdict),
    is_response=st.booleans(),
    transaction=NUMBER,
    unit=NUMBER,
    objects=st.lists(TEXT, max_size=3).map(tuple),
    values=st.lists(VALUE, max_size=5).map(tuple),
    reason=TEXT,
    exception_code=NUMBER,
    route=TEXT,
    is_upload=st.booleans(),
)
ALWAYS = {"direction", "protocol", "function_code", "function", "tier", "verdict"}


@given(OPERATIONS)
def test_the_text_holds_all_that_is_not_at_its_default(operation: Operation) -> None:
    expected = {
        field.name: getattr(operation, field.name)
        for field in dataclasses.fields(operation)
        if field.name in ALWAYS or getattr(operation, field.name) != field.default
    }
    assert json.loads(operation_text(operation)) == json.loads(json.dumps(expected))


def test_what_is_no_number_is_written_as_text() -> None:
    values = (1.5, float("inf"), float("nan"), -1, "on")
    operation = Operation(Direction.TO_ASSET, "opcua", 673, "write", Tier.OPERATE, Verdict.ALLOWED, values=values)
    assert json.loads(operation_text(operation))["values"] == [1.5, "inf", "nan", -1, "on"]
