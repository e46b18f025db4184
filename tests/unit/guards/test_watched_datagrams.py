"""Opaque datagrams of a session that must be watched."""

from guards.arming import Armed
from guards.datagrams import framed
from guards.effects import Direction, Forward, Observed, Verdict
from guards.reasons import why
from guards.watched_datagrams import WatchedDatagrams

ONE, TWO = framed(b"one"), framed(b"two")


def test_what_comes_unwatched_is_dropped_and_put_on_record_and_never_delivered_late() -> None:
    armed = Armed(is_unwatched=True)
    guard = WatchedDatagrams(armed)
    (dropped,) = guard.receive(Direction.TO_ASSET, ONE + TWO[:3], 0.0)
    assert isinstance(dropped, Observed)
    assert (dropped.operation.verdict, dropped.operation.reason) == (Verdict.DENIED, why("unwatched"))
    armed.is_unwatched = False
    assert guard.receive(Direction.TO_ASSET, TWO[3:], 1.0) == [Forward(Direction.TO_ASSET, TWO)]


def test_what_the_device_says_flows_on() -> None:
    guard = WatchedDatagrams(Armed(is_unwatched=True))
    assert guard.receive(Direction.TO_USER, ONE, 0.0) == [Forward(Direction.TO_USER, ONE)]
