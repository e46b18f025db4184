"""Caps on connections to one device."""

from ipaddress import ip_address

from agent.governor import Governor
from agent.refusals import Refusal, RefusalCode

DEVICE = ip_address("10.0.0.5")


def admit(governor: Governor, at: float, *, most: int = 2, rate: int = 100) -> Refusal | None:
    return governor.admit(DEVICE, max_open=most, max_per_minute=rate, now_monotonic=at)


def test_the_connection_over_the_cap_is_refused_and_takes_no_place() -> None:
    governor = Governor()
    assert [admit(governor, 0), admit(governor, 0)] == [None, None]
    answer = admit(governor, 0)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.TOO_MANY_CONNECTIONS
    assert governor.open_connections(DEVICE) == 2


def test_a_place_given_back_can_be_taken_again() -> None:
    governor = Governor()
    admit(governor, 0, most=1)
    governor.release(DEVICE, 1)
    assert admit(governor, 1, most=1) is None


def test_connects_within_a_minute_are_counted_even_after_they_ended() -> None:
    governor = Governor()
    for at in (0.0, 10.0):
        admit(governor, at, rate=2)
        governor.release(DEVICE, at)
    answer = admit(governor, 59.0, rate=2)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.RATE_LIMITED
    assert "1 s" in answer.detail
    assert admit(governor, 60.0, rate=2) is None


def test_other_devices_are_not_counted_together() -> None:
    governor = Governor()
    admit(governor, 0, most=1)
    assert governor.admit(ip_address("10.0.0.6"), max_open=1, max_per_minute=1, now_monotonic=0) is None


def test_devices_of_long_ago_are_forgotten() -> None:
    governor = Governor()
    admit(governor, 0)
    governor.release(DEVICE, 0)
    governor.release(ip_address("10.0.0.6"), 100)
    assert not governor._devices


def test_who_is_refused_reads_who_holds_the_device() -> None:
    governor = Governor()
    for holder in ("engineer, session ses_a", "vendor, session ses_b"):
        assert governor.admit(DEVICE, max_open=2, max_per_minute=9, now_monotonic=0, holder=holder) is None
    answer = admit(governor, 0, most=2)
    assert isinstance(answer, Refusal)
    assert "held by engineer, session ses_a; vendor, session ses_b" in answer.detail
    governor.release(DEVICE, 0, "engineer, session ses_a")
    answer = admit(governor, 0, most=1)
    assert isinstance(answer, Refusal)
    assert "(held by vendor, session ses_b)" in answer.detail


def test_a_place_that_nobody_took_cannot_be_given_back() -> None:
    governor = Governor()
    admit(governor, 0, most=1)
    governor.release(DEVICE, 0, "somebody else")
    assert governor.open_connections(DEVICE) == 1


def test_interrogations_are_counted_across_connections_until_they_are_made_up_for() -> None:
    governor = Governor()
    admit(governor, 0)
    assert governor.interrogations(DEVICE, 1).take(55.0)
    governor.release(DEVICE, 100.0)
    assert not governor.interrogations(DEVICE, 1).take(101.0)
    assert governor.interrogations(DEVICE, 1).take(116.0)


def test_several_interrogations_may_come_together_where_the_site_allows_several() -> None:
    limit = Governor().interrogations(DEVICE, 2)
    assert [limit.take(0.0) for _ in range(3)] == [True, True, False]
