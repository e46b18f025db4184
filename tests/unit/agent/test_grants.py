"""Grants in time: first receipt, several dials, replay, skew, expiry."""

from datetime import timedelta

import pytest

from agent.grants import Grant, GrantDesk
from agent.refusals import Refusal, RefusalCode
from agent.tokens import read_keys
from tests.unit.agent.grant_tokens import ISSUER, NOW, SITE, Signer, claims_of, session_grant

SIGNER = Signer()
START = 1000.0


@pytest.fixture
def desk() -> GrantDesk:
    return GrantDesk(SITE, ISSUER, read_keys(SIGNER.jwk_set()))


def show(
    desk: GrantDesk, token: str, stream: str | None = "str_one", after: float = 0.0, **times: float
) -> Grant | Refusal:
    now = NOW + timedelta(seconds=after + times.get("clock", 0.0))
    return desk.accept(
        token,
        stream=stream,
        now=now,
        now_monotonic=START + after,
        broker_offset_seconds=times.get("offset", 0.0),
    )


def code(answer: Grant | Refusal) -> RefusalCode:
    assert isinstance(answer, Refusal)
    return answer.code


def test_the_deadline_counts_from_receipt_on_our_own_clock(desk: GrantDesk) -> None:
    grant = show(desk, SIGNER.sign(claims_of(seconds=600)))
    assert isinstance(grant, Grant)
    assert grant.deadline_monotonic == START + 600


@pytest.mark.parametrize(("lifetime", "counts"), [(599.25, 599.25), (600.0, 600.0), (7200.0, 600.0)])
def test_the_deadline_is_the_lifetime_to_the_millisecond_and_never_beyond_the_expiry(
    desk: GrantDesk, lifetime: float, counts: float
) -> None:
    grant = show(desk, SIGNER.sign(claims_of(seconds=600, lifetime_seconds=lifetime)))
    assert isinstance(grant, Grant)
    assert grant.deadline_monotonic == START + counts


def test_a_grant_opens_several_streams_until_it_ends(desk: GrantDesk) -> None:
    token = SIGNER.sign(claims_of(seconds=600))
    show(desk, token)
    later = show(desk, token, "str_two", after=599)
    assert isinstance(later, Grant)
    assert later.deadline_monotonic == START + 600
    assert code(show(desk, token, "str_three", after=600)) is RefusalCode.GRANT_EXPIRED


def test_the_same_stream_is_not_opened_twice(desk: GrantDesk) -> None:
    token = SIGNER.sign(claims_of())
    show(desk, token)
    assert code(show(desk, token)) is RefusalCode.GRANT_INVALID


def test_a_token_id_is_not_taken_over_by_another_session(desk: GrantDesk) -> None:
    show(desk, SIGNER.sign(claims_of()))
    other = SIGNER.sign(claims_of(session_grant(session="ses_second")))
    assert code(show(desk, other, "str_two")) is RefusalCode.GRANT_INVALID


def test_an_expired_token_does_not_come_back_as_new(desk: GrantDesk) -> None:
    token = SIGNER.sign(claims_of(seconds=30))
    show(desk, token)
    assert code(show(desk, token, "str_two", after=45)) is RefusalCode.GRANT_EXPIRED


@pytest.mark.parametrize("seconds", [-3600, -61, 61])
def test_a_wrong_clock_is_named_with_what_to_do(desk: GrantDesk, seconds: int) -> None:
    answer = show(desk, SIGNER.sign(claims_of(seconds=600)), clock=seconds, offset=-seconds)
    assert code(answer) is RefusalCode.CLOCK_SKEW
    assert "set the clock" in answer.detail


def test_a_clock_far_ahead_is_skew_when_the_link_measured_it_and_not_expiry(desk: GrantDesk) -> None:
    token = SIGNER.sign(claims_of(seconds=600))
    assert code(show(desk, token, clock=3600, offset=-3600)) is RefusalCode.CLOCK_SKEW
    assert code(show(desk, token, clock=3600, offset=0)) is RefusalCode.GRANT_EXPIRED


@pytest.mark.parametrize("seconds", [-60, 0, 60])
def test_a_minute_of_skew_is_borne(desk: GrantDesk, seconds: int) -> None:
    assert isinstance(show(desk, SIGNER.sign(claims_of()), clock=seconds), Grant)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1.5},
        {"exp": True},
        {"iat": "now"},
        {"exp": 0},
        {"exp": 10**30},
        {"jti": "short"},
        {"jti": 7},
        {"sub": "usr_other"},
        {"nbf": 1},
        {"rules": {"tiers": ["read"], "surprise": 1}},
        {"session": "../../etc"},
    ],
    ids=str,
)
def test_claims_that_are_not_understood_are_refused(desk: GrantDesk, changes: dict[str, object]) -> None:
    assert code(show(desk, SIGNER.sign(claims_of(**changes)))) is RefusalCode.GRANT_INVALID


def test_a_grant_whose_end_lies_before_its_start_is_refused(desk: GrantDesk) -> None:
    assert code(show(desk, SIGNER.sign(claims_of(seconds=-5)))) is RefusalCode.GRANT_INVALID


def test_what_is_known_stays_bounded(desk: GrantDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.grants.MAX_KNOWN_GRANTS", 2)
    tokens = [SIGNER.sign(claims_of(jti=f"token-number-{number:04}")) for number in range(3)]
    answers = [show(desk, token) for token in tokens]
    assert code(answers[2]) is RefusalCode.RATE_LIMITED
