"""Routes have one way of writing for each protocol, so that a fence can compare text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.protocols import PROTOCOLS
from policies.routes import RouteForm

FORMS = {name: words.route for name, words in PROTOCOLS.items() if words.route is not None}


@pytest.mark.parametrize(
    ("protocol", "text", "normal"),
    [
        ("enip", "1/0", "1/0"),
        ("enip", "01/02/2/192.0.2.7", "1/2/2/192.0.2.7"),
        ("enip", "2/PLC-7.plant.example", "2/plc-7.plant.example"),
        ("enip", "Direct", "direct"),
        ("enip", "1", None),
        ("enip", "0/1", None),
        ("enip", "1/256", None),
        ("enip", "1/2/192.0.2.7", None),
        ("enip", "1/0/", None),
        ("s7", "0/2", "0/2"),
        ("s7", "00/02", "0/2"),
        ("s7", "0/32", None),
        ("s7", "0", None),
        ("s7", "0/1/2", None),
        ("fins", "0.10.0", "0.10.0"),
        ("fins", "128.0.0", None),
        ("fins", "0.10", None),
        ("slmp", "0/255", "0/255"),
        ("slmp", "0/255/03FF/0", "0/255"),
        ("slmp", "0/255/3e0/0", "0/255/03e0/0"),
        ("slmp", "0/255/3e0", None),
        ("bacnet", "10/0A", "10/0a"),
        ("bacnet", "10/c0000201bac0", "10/c0000201bac0"),
        ("bacnet", "10/5", None),
        ("bacnet", "direct", "direct"),
    ],
)
def test_a_route_is_brought_to_its_form(protocol: str, text: str, normal: str | None) -> None:
    assert FORMS[protocol].normal(text) == normal


@given(st.sampled_from(sorted(FORMS)), st.text("0123456789abcdef./x-", max_size=20) | st.text(max_size=10))
def test_the_form_is_stable_and_no_text_makes_it_raise(protocol: str, text: str) -> None:
    form: RouteForm = FORMS[protocol]
    normal = form.normal(text)
    assert normal is None or form.normal(normal) == normal
