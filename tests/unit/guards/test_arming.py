"""An approval is good for one operation, once, in time."""

from guards.arming import MAX_ARMED, Armed
from guards.effects import Ask, Direction, Forward
from guards.modbus.guard import ModbusGuard
from policies.rules import Rules, Tier


def test_an_approved_operation_passes_once() -> None:
    armed = Armed()
    armed.arm(b"stop", 110)
    assert not armed.take(b"start", 100)
    assert armed.take(b"stop", 109.9)
    assert not armed.take(b"stop", 109.9)


def test_an_approval_that_was_not_used_in_time_is_gone() -> None:
    armed = Armed()
    armed.arm(b"stop", 110)
    assert not armed.take(b"stop", 110)
    assert not armed.take(b"stop", 100)


def test_only_so_many_approvals_are_kept() -> None:
    armed = Armed()
    for number in range(MAX_ARMED + 1):
        armed.arm(bytes([number]), 110)
    assert [armed.take(bytes([number]), 100) for number in (0, 1, MAX_ARMED)] == [False, True, True]


def test_streams_of_one_session_use_an_approval_up_for_each_other() -> None:
    write = bytes.fromhex("000200000006010600050064")
    rules, armed = Rules(ask=frozenset({Tier.OPERATE})), Armed()
    first, second = (ModbusGuard(rules, armed=armed) for _ in range(2))
    (asked,) = [effect for effect in first.receive(Direction.TO_ASSET, write, 0.0) if isinstance(effect, Ask)]
    armed.arm(asked.fingerprint, 60.0)
    assert Forward(Direction.TO_ASSET, write) in second.receive(Direction.TO_ASSET, write, 1.0)
    assert Forward(Direction.TO_ASSET, write) not in first.receive(Direction.TO_ASSET, write, 1.0)
