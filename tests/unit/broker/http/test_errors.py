"""A problem document says everything that a caller may know, in RFC 9457's words."""

import json

from broker.http.errors import STATUS, BrokerError, NotFoundError, TooManyRequestsError, UnauthenticatedError, problem
from broker.http.hints import HINTS


def rendered(error: BrokerError) -> tuple[int, dict[str, object]]:
    answer = problem(error, "req_1")
    assert answer.content_type == "application/problem+json"
    assert isinstance(answer.body, bytes)
    return answer.status, json.loads(answer.body)


def test_a_problem_has_the_members_of_rfc_9457_and_the_code() -> None:
    status, document = rendered(NotFoundError("There is no such site."))
    assert status == 404
    assert document == {
        "type": "urn:wicketgate:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "request_id": "req_1",
        "detail": "There is no such site.",
        "hint": HINTS["not_found"],
    }


def test_further_fields_never_replace_what_the_problem_says_of_itself() -> None:
    fields = {"status": 200, "code": "fine", "request_id": "req_2", "approvals": 2}
    _, document = rendered(NotFoundError("No.", fields=fields))
    assert (document["status"], document["code"], document["request_id"]) == (404, "not_found", "req_1")
    assert document["approvals"] == 2


def test_what_to_do_is_said_of_every_code_and_better_by_who_knows_better() -> None:
    assert set(HINTS) == set(STATUS)
    assert all(HINTS.values())
    assert rendered(NotFoundError(hint="Look in the cellar."))[1]["hint"] == "Look in the cellar."


def test_a_code_without_a_status_is_our_own_fault() -> None:
    error = BrokerError("Something else.")
    error.code = "unlisted"  # type: ignore[misc]
    assert rendered(error)[0] == 500


def test_a_limit_says_when_to_come_back() -> None:
    assert problem(TooManyRequestsError(fields={"retry_after": 7}), "req_1").headers["Retry-After"] == "7"


def test_a_missing_login_says_which_kind_is_wanted() -> None:
    assert problem(UnauthenticatedError(), "req_1").headers["WWW-Authenticate"] == 'Bearer realm="wicketgate"'


def test_every_status_is_an_error_and_no_stranger_can_cause_one_of_ours_by_name() -> None:
    assert all(400 <= status < 600 for status in STATUS.values())
    assert {code for code, status in STATUS.items() if status == 500} == {"internal", "unseal_failed"}
