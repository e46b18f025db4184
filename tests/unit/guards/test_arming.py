"""An approval is good for one operation, once, in time."""

from guards.arming import MAX_ARMED, Armed


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
