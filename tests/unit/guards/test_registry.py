"""Each protocol is guarded, passed opaquely, or refused; nothing falls between."""

from dataclasses import replace

import pytest

from guards.arming import Armed
from guards.errors import UnknownProtocolError
from guards.modbus.guard import ModbusGuard
from guards.registry import guarded_protocols, make_guard, opaque_protocols
from policies.rules import Rules
from tests.unit.guards.material import MATERIAL


def test_modbus_gets_a_guard_of_its_own_for_each_stream() -> None:
    first, second = (make_guard("modbus", Rules(), device_timeout_seconds=30, material=MATERIAL) for _ in range(2))
    assert isinstance(first, ModbusGuard)
    assert first is not second


@pytest.mark.parametrize("protocol", sorted(guarded_protocols()))
def test_the_guards_of_one_session_share_its_approvals(protocol: str) -> None:
    """Approved once means once, on however many streams it is repeated."""
    material = replace(MATERIAL, armed=Armed())
    guard = make_guard(protocol, Rules(), device_timeout_seconds=30, material=material)
    assert guard is not None
    guard.arm(b"approved", 60.0)
    assert material.armed.take(b"approved", 1.0)
    assert not material.armed.take(b"approved", 1.0)


@pytest.mark.parametrize("protocol", sorted(opaque_protocols()))
def test_an_opaque_protocol_has_no_guard(protocol: str) -> None:
    assert make_guard(protocol, Rules(), device_timeout_seconds=30, material=MATERIAL) is None


@pytest.mark.parametrize("protocol", ["", "MODBUS", "s7comm", "modbus "])
def test_a_protocol_that_nobody_decided_on_is_refused(protocol: str) -> None:
    with pytest.raises(UnknownProtocolError):
        make_guard(protocol, Rules(), device_timeout_seconds=30, material=MATERIAL)


def test_no_protocol_is_both_guarded_and_opaque() -> None:
    assert guarded_protocols().isdisjoint(opaque_protocols())
