"""A conversation over time: turns, repeats, late answers, segments, questions of the device, approvals, good-bye."""

import pytest

from guards.effects import Verdict
from policies.rules import Tier
from tests.unit.guards.bacnet import traffic
from tests.unit.guards.bacnet.traffic import NOW, PRESENT_VALUE, confirmed, read, real, write

REASONS = {"again": "the same is open already"}


def reasons(effects: list[traffic.Effect]) -> list[str]:
    return [operation.reason for operation in traffic.operations(effects)]


# --- turns and repeats


def test_a_device_gets_one_request_at_a_time() -> None:
    inspector = traffic.guard("read")
    assert traffic.forwarded(traffic.ask(inspector, read(invoke=1), read(invoke=2))) == [read(invoke=1)]
    answer = traffic.read_ack(real(1), invoke=1)
    assert traffic.forwarded(traffic.tell(inspector, answer)) == [answer, read(invoke=2)]


def test_what_the_device_has_is_said_again_to_it_since_datagrams_get_lost() -> None:
    inspector = traffic.guard("read")
    request = read()
    assert traffic.forwarded(traffic.ask(inspector, request, request, request)) == [request] * 3
    assert traffic.forwarded(traffic.tell(inspector, traffic.read_ack(real(1)))) == [traffic.read_ack(real(1))]
    late = traffic.tell(inspector, traffic.read_ack(real(1)))
    assert traffic.forwarded(late) == []


def test_a_repeat_counts_for_the_rate_and_one_too_many_is_dropped_without_an_answer() -> None:
    inspector = traffic.guard("read", max_rate=2)
    effects = traffic.ask(inspector, read(), read(), read())
    assert (len(traffic.forwarded(effects)), traffic.replies(effects)) == (2, [])
    assert reasons(effects) == ["", "", REASONS["again"]]


def test_what_waits_for_its_turn_is_not_queued_twice() -> None:
    inspector = traffic.guard("read")
    effects = traffic.ask(inspector, read(invoke=1), read(invoke=2), read(invoke=2))
    assert reasons(effects) == ["", REASONS["again"]]
    effects = traffic.tell(inspector, traffic.read_ack(real(1), invoke=1))
    effects += traffic.tell(inspector, traffic.read_ack(real(1), invoke=2))
    assert traffic.forwarded(effects).count(read(invoke=2)) == 1


def test_another_request_under_an_open_invoke_id_waits_for_it() -> None:
    inspector = traffic.guard("read", max_in_flight=8)
    other = read(instance=2)
    assert traffic.forwarded(traffic.ask(inspector, read(), other)) == [read()]
    answer = traffic.read_ack(real(1))
    assert traffic.forwarded(traffic.tell(inspector, answer)) == [answer, other]


def test_more_than_the_rate_is_aborted_for_want_of_resources() -> None:
    inspector = traffic.guard("read", max_rate=1, max_in_flight=8)
    effects = traffic.ask(inspector, read(invoke=1), read(invoke=2))
    assert traffic.forwarded(effects) == [read(invoke=1)]
    [answered] = traffic.replies(traffic.tell(inspector, traffic.read_ack(real(1), invoke=1)))
    assert answered == traffic.abort(2, 9)


def test_a_silent_device_is_answered_for_and_its_late_answer_is_dropped() -> None:
    inspector = traffic.guard("read", device_timeout_seconds=5)
    traffic.ask(inspector, read())
    assert inspector.next_tick_monotonic() == NOW + 5
    assert traffic.replies(inspector.on_tick(NOW + 5)) == [traffic.abort(1, 10)]
    [late] = traffic.operations(traffic.tell(inspector, traffic.read_ack(real(1)), now=NOW + 6))
    assert (late.verdict, late.reason) == (Verdict.DENIED, "late: the request was already answered")


def test_when_the_asset_is_gone_everything_is_answered_and_nothing_more_is_forwarded() -> None:
    inspector = traffic.guard("read")
    traffic.ask(inspector, read())
    assert traffic.replies(inspector.asset_gone(NOW)) == [traffic.abort(1, 0)]
    effects = traffic.ask(inspector, read(invoke=2), traffic.WHO_IS)
    assert (traffic.forwarded(effects), traffic.replies(effects)) == ([], [traffic.abort(2, 0)])


def test_an_answer_to_another_service_is_not_taken_for_one() -> None:
    inspector = traffic.guard("read", "operate")
    traffic.ask(inspector, read())
    for wrong in (traffic.simple_ack(15), traffic.error(15, 2, 40), traffic.complex_ack(14, b"")):
        effects = traffic.tell(inspector, wrong)
        assert traffic.forwarded(effects) == []
        assert traffic.operations(effects)[0].verdict is Verdict.MALFORMED
    assert traffic.forwarded(traffic.tell(inspector, traffic.read_ack(real(1)))) == [traffic.read_ack(real(1))]


@pytest.mark.parametrize(
    ("answer", "code", "reason"),
    [(traffic.error(12, 1, 31), 31, "error class 1"), (traffic.reject(reason=9), 9, "reject"),
     (traffic.abort(reason=4), 4, "abort"), (traffic.net(b"\x50\x01\x0c"), 0, "error")],
)  # fmt: skip
def test_a_devices_own_refusal_is_passed_on_and_recorded(answer: bytes, code: int, reason: str) -> None:
    inspector = traffic.guard("read")
    traffic.ask(inspector, read())
    effects = traffic.tell(inspector, answer)
    assert traffic.forwarded(effects) == [answer]
    [operation] = traffic.operations(effects)
    assert (operation.exception_code, operation.reason, operation.verdict) == (code, reason, Verdict.ALLOWED)


def test_values_of_many_properties_are_recorded_with_the_errors_among_them() -> None:
    inspector = traffic.guard("read")
    traffic.ask(inspector, traffic.read_many((0, 1, [85, 28])))
    one = traffic.field(2, 85) + traffic.within(4, real(2.5))
    two = traffic.field(2, 28) + traffic.within(5, b"\x91\x02\x91\x20")
    answer = traffic.complex_ack(14, traffic.field(0, traffic.oid(0, 1)) + traffic.within(1, one + two))
    [operation] = traffic.operations(traffic.tell(inspector, answer))
    assert operation.values == (2.5, "error")
    assert operation.objects == ("analog_input 1 present_value", "analog_input 1 description")


# --- segments


def test_an_answer_in_segments_stays_open_until_its_last_one_has_come_in_order() -> None:
    inspector = traffic.guard("read")
    traffic.ask(inspector, traffic.read_many((8, 1, [76])), read(invoke=2))
    first, second, last = (traffic.segment(14, n, more=n < 2) for n in range(3))
    effects = traffic.tell(inspector, first, last)
    assert traffic.forwarded(effects) == [first, last]
    nak = traffic.segment_ack(1, 0)
    assert traffic.forwarded(traffic.ask(inspector, nak)) == [nak]
    assert traffic.forwarded(traffic.tell(inspector, second)) == [second]
    assert traffic.forwarded(traffic.tell(inspector, last)) == [last, read(invoke=2)]


def test_each_segment_gives_the_device_its_time_anew() -> None:
    inspector = traffic.guard("read", device_timeout_seconds=5)
    traffic.ask(inspector, traffic.read_many((8, 1, [76])))
    traffic.tell(inspector, traffic.segment(14, 0, more=True), now=NOW + 4)
    assert inspector.on_tick(NOW + 6) == []
    assert traffic.replies(inspector.on_tick(NOW + 9)) == [traffic.abort(1, 10)]


def test_a_tool_that_gives_up_frees_the_device_for_the_next_request() -> None:
    inspector = traffic.guard("read")
    traffic.ask(inspector, read(invoke=1), read(invoke=2))
    abort = traffic.abort(1, server=False)
    assert traffic.forwarded(traffic.ask(inspector, abort)) == [abort, read(invoke=2)]


# --- what devices ask and tell


def test_what_a_device_tells_by_itself_reaches_the_tool() -> None:
    inspector = traffic.guard("read")
    told = (traffic.COV, traffic.I_AM, traffic.net(b"\x00\x0a", message=b"\x01"))
    effects = traffic.tell(inspector, *told)
    assert traffic.forwarded(effects) == list(told)
    assert {(one.tier, one.is_response, one.transaction) for one in traffic.operations(effects)} == {
        (Tier.READ, True, None)
    }


def test_a_tool_answers_only_what_the_device_asked() -> None:
    inspector = traffic.guard("read")
    ack = traffic.simple_ack(1, invoke=7)
    assert traffic.forwarded(traffic.ask(inspector, ack)) == []
    question = confirmed(1, b"", invoke=7)
    assert traffic.forwarded(traffic.tell(inspector, question)) == [question]
    assert traffic.forwarded(traffic.ask(inspector, ack)) == [ack]
    assert traffic.forwarded(traffic.ask(inspector, ack)) == []


def test_a_question_of_the_device_is_not_mistaken_for_an_answer_to_a_write() -> None:
    inspector = traffic.guard("operate", "read")
    traffic.ask(inspector, write(real(1), invoke=7))
    traffic.tell(inspector, confirmed(1, b"", invoke=7))
    effects = traffic.ask(inspector, traffic.simple_ack(1, invoke=7))
    assert [one.transaction for one in traffic.operations(effects)] == [None]
    done = traffic.simple_ack(15, invoke=7)
    assert [one.transaction for one in traffic.operations(traffic.tell(inspector, done))] == [7]


def test_a_device_that_takes_its_question_back_gets_no_answer_to_it() -> None:
    inspector = traffic.guard("read")
    traffic.tell(inspector, confirmed(1, b"", invoke=7), traffic.abort(7, server=False))
    assert traffic.forwarded(traffic.ask(inspector, traffic.simple_ack(1, invoke=7))) == []


def test_answers_to_the_device_are_fenced_like_requests() -> None:
    inspector = traffic.guard("read", units={0})
    traffic.tell(inspector, confirmed(1, b"", invoke=7, source=(10, b"\x05")))
    there = traffic.simple_ack(1, invoke=7, to=(10, b"\x05"))
    assert traffic.forwarded(traffic.ask(inspector, there)) == []


# --- asked of the operator


def test_what_must_be_asked_for_passes_once_after_the_yes() -> None:
    inspector = traffic.guard("read", ask={"firmware"})
    restart = confirmed(20, traffic.field(0, 1), invoke=3)
    effects = traffic.ask(inspector, restart)
    [ask] = traffic.asks(effects)
    assert traffic.replies(effects) == [traffic.error(20, 5, 29, invoke=3)]
    inspector.arm(ask.fingerprint, NOW + 60)
    again = confirmed(20, traffic.field(0, 1), invoke=4)
    assert traffic.forwarded(traffic.ask(inspector, again)) == [again]
    repeated = traffic.ask(inspector, again)
    assert (traffic.forwarded(repeated), traffic.replies(repeated)) == ([], []), "the yes was for one"
    traffic.tell(inspector, traffic.simple_ack(20, invoke=4))
    assert len(traffic.asks(traffic.ask(inspector, confirmed(20, traffic.field(0, 1), invoke=5)))) == 1


def test_the_yes_is_for_exactly_this_station_and_content() -> None:
    inspector = traffic.guard("read", ask={"operate"})
    [ask] = traffic.asks(traffic.ask(inspector, write(real(1))))
    for other in (write(real(2)), write(real(1), to=(10, b"\x05")), write(real(1), instance=2)):
        inspector.arm(ask.fingerprint, NOW + 60)
        assert traffic.forwarded(traffic.ask(inspector, other)) == []
    assert traffic.forwarded(traffic.ask(inspector, write(real(1)))) == [write(real(1))]


def test_what_nobody_answers_can_be_asked_for_too() -> None:
    inspector = traffic.guard("read", ask={"program"})
    clock = traffic.unconfirmed(6, b"")
    [ask] = traffic.asks(traffic.ask(inspector, clock))
    inspector.arm(ask.fingerprint, NOW + 60)
    assert traffic.forwarded(traffic.ask(inspector, clock, clock)) == [clock]


# --- the good-bye


def test_what_was_subscribed_to_is_given_back_at_the_end() -> None:
    inspector = traffic.guard("read", max_in_flight=8)
    there = traffic.subscribe(3, invoke=3, to=(10, b"\x05"))
    traffic.ask(inspector, traffic.subscribe(1), traffic.subscribe(2, invoke=2), there)
    traffic.tell(inspector, traffic.error(5, 5, 45, invoke=2))
    words = traffic.replies(inspector.good_bye(NOW))
    assert words == [
        traffic.subscribe(1, invoke=255, back=True, control=4),
        traffic.subscribe(3, invoke=254, back=True, control=4, to=(10, b"\x05")),
    ]
    assert inspector.good_bye(NOW) == []


def test_what_the_tool_gave_back_itself_is_not_given_back_twice() -> None:
    inspector = traffic.guard("read", max_in_flight=8)
    traffic.ask(inspector, traffic.subscribe(), traffic.subscribe(invoke=2, back=True))
    assert inspector.good_bye(NOW) == []


def test_a_subscription_to_a_property_is_given_back_with_its_reference() -> None:
    inspector = traffic.guard("read")
    about = traffic.field(0, 9) + traffic.field(1, traffic.oid(0, 1))
    reference = traffic.within(4, traffic.field(0, PRESENT_VALUE))
    traffic.ask(inspector, confirmed(28, about + traffic.field(2, 1) + traffic.field(3, 60) + reference))
    assert traffic.replies(inspector.good_bye(NOW)) == [confirmed(28, about + reference, invoke=255, control=4)]


def test_subscriptions_and_questions_are_kept_within_bounds() -> None:
    inspector = traffic.guard("read", max_in_flight=16)
    for number in range(300):
        traffic.ask(inspector, traffic.subscribe(number, invoke=number & 0xFF))
        traffic.tell(inspector, traffic.simple_ack(5, invoke=number & 0xFF))
        traffic.tell(inspector, confirmed(1, b"", invoke=number & 0xFF, source=(number + 1, b"\x01")))
    words = traffic.replies(inspector.good_bye(NOW))
    assert len(words) == 64
    assert sum(map(len, words)) <= 4096
    assert traffic.forwarded(traffic.ask(inspector, traffic.simple_ack(1, invoke=0, to=(1, b"\x01")))) == []
