"""What all guards with one answer to each request share, tried with a protocol of one byte: a reference and no more."""

from guards.dialogue import Dialogue
from guards.effects import Ask, Direction, Effect, Forward, Observed, Operation, Reply, Verdict
from guards.exchange import Exchange
from guards.refusal import SILENCE, Answer, Cause, Refusal, denied
from policies.rules import Rules, Tier

NOW = 100.0


def refuse(exchange: Exchange, cause: Cause) -> Answer:
    return Answer(bytes([exchange.raw[0]]) + cause.name.encode(), cause.value)


def dialogue(**rules: object) -> Dialogue[Exchange]:
    return Dialogue(Rules.model_validate(rules), 30.0, refuse)


def exchange(reference: int, route: str = "") -> Exchange:
    operation = Operation(Direction.TO_ASSET, "test", 0, "say", Tier.READ, Verdict.ALLOWED, route=route)
    return Exchange(reference, bytes([reference]), b"said", operation)


def ask(one: Dialogue[Exchange], reference: int, refusal: Refusal | None = None, now: float = NOW) -> list[Effect]:
    effects: list[Effect] = []
    one.ask(exchange(reference), refusal, now, effects)
    return effects


def sent(effects: list[Effect]) -> list[bytes]:
    return [effect.data for effect in effects if isinstance(effect, Forward | Reply)]


def test_a_request_goes_at_once_and_the_next_in_its_turn() -> None:
    one = dialogue()
    assert sent(ask(one, 1)) == [b"\x01"]
    assert sent(ask(one, 2)) == []
    assert one.held_bytes == 1
    assert one.answered(1) is not None
    effects: list[Effect] = []
    one.let_go(NOW, effects)
    assert sent(effects) == [b"\x02"]


def test_it_tells_whether_a_request_goes() -> None:
    one, effects = dialogue(), list[Effect]()
    assert one.ask(exchange(1), None, NOW, effects)
    assert one.ask(exchange(2), None, NOW, effects)
    assert not one.ask(exchange(3), denied(Cause.OBJECT, "not yours"), NOW, effects)


def test_a_refusal_is_recorded_with_its_reason_and_the_code_that_the_tool_gets() -> None:
    observed, reply = ask(dialogue(), 1, denied(Cause.OBJECT, "not yours"))
    assert isinstance(observed, Observed)
    assert (observed.operation.verdict, observed.operation.reason) == (Verdict.DENIED, "not yours")
    assert observed.operation.exception_code == Cause.OBJECT.value
    assert reply == Reply(Direction.TO_USER, b"\x01OBJECT")


def test_what_must_be_asked_for_passes_once_when_it_was_approved() -> None:
    one, asked = dialogue(), Refusal(Verdict.ASKED, Cause.ASK, "ask")
    effects = ask(one, 1, asked)
    (question,) = (effect for effect in effects if isinstance(effect, Ask))
    one.arm(question.fingerprint, NOW + 60)
    assert sent(ask(one, 2, asked)) == [b"\x02"]
    one.answered(2)
    assert sent(ask(one, 3, asked)) == [b"\x03ASK"]


def test_the_same_said_elsewhere_is_something_else() -> None:
    assert exchange(1).fingerprint == exchange(2).fingerprint
    assert exchange(1).fingerprint != exchange(1, route="0/3").fingerprint


def test_fewer_requests_are_let_to_the_device_once_it_said_so() -> None:
    one = dialogue(max_in_flight=4)
    one.narrow(2)
    assert [sent(ask(one, number)) for number in range(3)] == [[b"\x00"], [b"\x01"], []]


def test_it_speaks_for_a_device_that_is_silent_or_gone() -> None:
    one = dialogue()
    ask(one, 1)
    assert one.next_tick_monotonic() == NOW + 30
    assert sent(one.on_tick(NOW + 30)) == [b"\x01SILENT"]
    ask(one, 2)
    assert sent(one.asset_gone()) == [b"\x02GONE"]
    assert sent(ask(one, 3)) == [b"\x03GONE"]


def test_too_many_and_too_fast_are_told_that_it_is_busy() -> None:
    one = dialogue(max_rate=1)
    ask(one, 1)
    one.answered(1)
    assert sent(ask(one, 2)) == [b"\x02BUSY"]


def tell(
    one: Dialogue[Exchange], refusal: Refusal | None = None, *, is_counted: bool = True, now: float = NOW
) -> list[Effect]:
    effects: list[Effect] = []
    goes = one.tell(exchange(9), refusal, now, effects, is_counted=is_counted)
    assert goes is any(isinstance(effect, Forward) for effect in effects)
    return effects


def test_what_is_not_answered_goes_at_once_and_is_refused_in_silence() -> None:
    one = dialogue()
    ask(one, 1)
    assert sent(tell(one)) == [b"\x09"]
    assert not one.is_idle
    assert one.answered(9) is None
    [observed] = tell(one, denied(Cause.OBJECT, "not yours"))
    assert isinstance(observed, Observed)
    assert observed.operation.reason == "not yours"
    one.answered(1)
    assert one.is_idle


def test_what_is_not_answered_is_approved_and_counted_like_everything_else() -> None:
    one, asked = dialogue(max_rate=1), Refusal(Verdict.ASKED, Cause.ASK, "ask")
    [_, question] = tell(one, asked)
    assert isinstance(question, Ask)
    one.arm(question.fingerprint, NOW + 60)
    assert sent(tell(one, asked)) == [b"\x09"]
    assert sent(tell(one)) == []
    assert sent(tell(one, is_counted=False)) == [b"\x09"]
    one.asset_gone()
    assert sent(tell(one, is_counted=False)) == []


def test_a_request_whose_answer_goes_on_stays_open_until_the_device_is_silent() -> None:
    one = dialogue()
    ask(one, 1)
    ask(one, 5)
    first = one.answered(1)
    assert first is not None
    first.key = 2
    one.goes_on(first, NOW + 20)
    assert one.next_tick_monotonic() == NOW + 30
    effects: list[Effect] = []
    one.let_go(NOW + 20, effects)
    assert effects == []
    assert one.answered(2) is first
    one.let_go(NOW + 20, effects)
    assert sent(effects) == [b"\x05"]


def test_an_answer_that_goes_on_leaves_its_place_to_the_request_that_has_it() -> None:
    one = dialogue(max_in_flight=2)
    ask(one, 1)
    ask(one, 2)
    first = one.answered(1)
    assert first is not None
    first.key = 2
    one.goes_on(first, NOW)
    second = one.answered(2)
    assert second is not None
    assert second.raw == b"\x02"


def test_a_protocol_may_be_silent_where_nobody_answers() -> None:
    one: Dialogue[Exchange] = Dialogue(Rules(), 30.0, lambda *_: SILENCE)
    ask(one, 1)
    ask(one, 2)
    effects = one.on_tick(NOW + 30)
    effects += ask(one, 3, denied(Cause.OBJECT, "not yours"))
    effects += one.asset_gone()
    assert sent(effects) == []
    assert [effect.operation.exception_code for effect in effects if isinstance(effect, Observed)] == [None] * 3


def test_at_the_end_it_tells_what_the_device_had_and_what_waited() -> None:
    one = dialogue()
    ask(one, 1)
    ask(one, 2)
    ask(one, 3, denied(Cause.OBJECT, "not yours"))
    at_device, waiting = one.end()
    assert [[each.key for each in some] for some in (at_device, waiting)] == [[1], [2]]


def again(one: Dialogue[Exchange], reference: int, *, may_pass: bool = True) -> tuple[bool, list[Effect]]:
    effects: list[Effect] = []
    return one.again(exchange(reference), NOW, effects, may_pass=may_pass), effects


def test_what_the_device_has_may_be_said_again_and_what_waits_is_not_queued_twice() -> None:
    one = dialogue()
    assert again(one, 1) == (False, [])
    ask(one, 1)
    ask(one, 2)
    is_open, effects = again(one, 1)
    assert (is_open, sent(effects)) == (True, [b"\x01"])
    for reference, may_pass in ((1, False), (2, True)):
        is_open, effects = again(one, reference, may_pass=may_pass)
        assert (is_open, sent(effects)) == (True, [])
        assert [effect.operation.verdict for effect in effects if isinstance(effect, Observed)] == [Verdict.DENIED]


def test_what_awaits_no_answer_counts_for_the_rate_and_ends_with_the_asset() -> None:
    one = dialogue(max_rate=1)
    assert one.refuse_unasked(NOW) is None
    refusal = one.refuse_unasked(NOW)
    assert refusal is not None
    assert refusal.cause is Cause.BUSY
    one.asset_gone()
    refusal = one.refuse_unasked(NOW + 10)
    assert refusal is not None
    assert refusal.cause is Cause.GONE


def test_a_part_of_an_answer_gives_the_device_its_time_anew() -> None:
    one = dialogue()
    ask(one, 1)
    assert one.part_of_answer(2, NOW + 20) is None
    assert one.part_of_answer(1, NOW + 20) is one.at_device(1)
    assert one.next_tick_monotonic() == NOW + 50
