"""The change log: every write that was let through, newest first, with what the device said to it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from broker.recordings import changes
from broker.recordings.recorder import Recorder
from guards.effects import Direction, Operation, Verdict
from policies.rules import Tier
from tests.unit.broker.fakes import START
from tests.unit.broker.recordings.conftest import Archive, Client


@pytest.fixture
def client(changes_client: Client) -> Client:
    """The change log over HTTP."""
    return changes_client


def write(value: int, **more: Any) -> Operation:
    made = Operation(
        Direction.TO_ASSET, "modbus", 6, "write_single_register", Tier.OPERATE, Verdict.ALLOWED,
        transaction=value, unit=1, objects=("holding 100",), values=(value,),
    )  # fmt: skip
    return replace(made, **more)


def answer(value: int, **more: Any) -> Operation:
    return write(value, direction=Direction.TO_USER, is_response=True, **more)


async def recorded(archive: Archive, session: str, *values: int, **facts: str) -> str:
    """A closed recording of writes, one a second, each accepted."""
    recorder = await archive.open(session, **facts)
    for value in values:
        archive.clock.advance(1)
        recorder.operation(1, write(value))
        recorder.operation(1, answer(value))
        recorder.operation(1, replace(write(value), tier=Tier.READ, transaction=value + 1000))
    await recorder.close("user_ended")
    return recorder.recording_id


async def page(client: Client, who: str = "operator", **query: str) -> tuple[int, Any]:
    async with client.get("/api/v1/changes", headers={"X-User": who}, params=query) as found:
        return found.status, await found.json()


async def pages(client: Client, **query: str) -> list[Any]:
    """Everything, page by page."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        _, found = await page(client, **query, **({"cursor": cursor} if cursor else {}))
        items += found["items"]
        cursor = found["next_cursor"]
        if cursor is None:
            return items


async def test_every_write_stands_in_it_with_who_what_when_and_on_which_ticket(
    archive: Archive, client: Client
) -> None:
    recording = await recorded(archive, "ses_1", 640, ticket="CHG-1")
    _, found = await page(client)
    (change,) = found["items"]
    assert (change["recording"], change["session"], change["number"]) == (recording, "ses_1", 1)
    assert (change["user_name"], change["ticket"], change["unit"]) == ("vendor engineer", "CHG-1", 1)
    assert (change["objects"], change["before"], change["after"]) == (["holding 100"], None, [640])
    assert change["at"].startswith((START + timedelta(seconds=1)).isoformat()[:19])
    assert (change["outcome"], change["exception_code"]) == ("accepted", None)
    assert (found["unreadable"], found["next_cursor"]) == ([], None)


async def test_the_newest_come_first_however_small_the_pages(archive: Archive, client: Client) -> None:
    await recorded(archive, "ses_1", 1, 2, 3)
    await recorded(archive, "ses_2", 4, 5)
    await archive.recorded("ses_3", operations=1)
    for limit in ("1", "2", "500"):
        assert [item["after"] for item in await pages(client, limit=limit)] == [[5], [4], [3], [2], [1]]


async def test_pages_go_on_where_a_page_opens_no_more_recordings(
    archive: Archive, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MAX_RECORDINGS", 1)
    for number in range(3):
        await recorded(archive, f"ses_{number}", number)
    assert [item["after"] for item in await pages(client)] == [[2], [1], [0]]


async def test_writes_are_found_in_their_own_segments(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    for value in range(4):
        recorder.operation(1, write(value))
        recorder.offer(1, Direction.TO_ASSET, bytes(1024 * 1024))
        recorder.operation(1, answer(value))
    await recorder.close("user_ended")
    items = await pages(client, limit="3")
    assert [(item["after"], item["number"], item["outcome"]) for item in items] == [
        ([value], value + 1, "accepted") for value in (3, 2, 1, 0)
    ]


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        (answer(1), "accepted", None),
        (answer(1, exception_code=2), "refused", 2),
        (answer(1, exception_code=11, verdict=Verdict.DENIED, reason="timed out"), "unanswered", None),
        (answer(2), "unanswered", None),
        (None, "unanswered", None),
    ],
)
async def test_it_says_whether_the_device_took_it(
    archive: Archive, client: Client, said: Operation | None, outcome: str, code: int | None
) -> None:
    recorder = await archive.open()
    recorder.operation(1, write(1))
    recorder.operation(2, answer(1, exception_code=4))  # of another stream
    if said is not None:
        recorder.operation(1, said)
    await recorder.close("user_ended")
    _, found = await page(client)
    assert [(item["outcome"], item["exception_code"]) for item in found["items"]] == [(outcome, code)]


async def test_what_was_refused_or_only_read_is_no_change(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    for operation in (write(1, verdict=Verdict.DENIED), write(2, tier=Tier.READ), write(3, verdict=Verdict.ASKED)):
        recorder.operation(1, operation)
    recorder.operation(1, write(4, tier=Tier.FIRMWARE))
    await recorder.close("user_ended")
    _, found = await page(client)
    assert [item["tier"] for item in found["items"]] == ["firmware"]


async def test_filters_take_away(archive: Archive, client: Client) -> None:
    first = await recorded(archive, "ses_1", 1, 2, asset="ast_1", user="usr_1", site="north")
    await recorded(archive, "ses_2", 3, asset="ast_2", user="usr_2", site="south")
    for query, expected in (
        ({"asset": "ast_1"}, [[2], [1]]),
        ({"user": "usr_2"}, [[3]]),
        ({"site": "south"}, [[3]]),
        ({"session": "ses_1"}, [[2], [1]]),
        ({"recording": first}, [[2], [1]]),
        ({"asset": "ast_3"}, []),
        ({"since": (START + timedelta(seconds=2)).isoformat()}, [[3], [2]]),
        ({"until": (START + timedelta(seconds=2)).isoformat()}, [[1]]),
        ({"since": (START + timedelta(hours=9)).isoformat()}, []),
    ):
        assert [item["after"] for item in await pages(client, **query)] == expected, query


async def test_a_running_session_is_read_as_far_as_it_is_recorded(archive: Archive, client: Client) -> None:
    recorder: Recorder = await archive.open()
    recorder.operation(1, write(7))
    found: list[Any] = []
    async with asyncio.timeout(20):
        while not found:
            found = await pages(client)
    await recorder.close("user_ended")
    assert [item["after"] for item in found] == [[7]]


async def test_a_recording_that_cannot_be_read_is_named_and_hides_no_other(archive: Archive, client: Client) -> None:
    await recorded(archive, "ses_1", 1)
    broken = await recorded(archive, "ses_2", 2)
    archive.file(broken).unlink()
    _, found = await page(client)
    assert [item["after"] for item in found["items"]] == [[1]]
    assert [(each["recording"], each["code"]) for each in found["unreadable"]] == [(broken, "storage_failed")]


async def test_each_recording_that_is_opened_is_a_look(archive: Archive, client: Client) -> None:
    recording = await recorded(archive, "ses_1", 1)
    quiet = await archive.recorded("ses_2", operations=1)
    for _ in range(2):
        await page(client)
    looks = [(event.action, event.actor, event.details["kind"]) for event in (await archive.audited(recording))[2:]]
    assert looks == [("recording.viewed", "usr_operator", "changes")]
    assert len(await archive.audited(quiet)) == 2, "nothing was written there, so nobody looked"


async def test_who_may_not_look_at_recordings_sees_no_changes(archive: Archive, client: Client) -> None:
    await recorded(archive, "ses_1", 1)
    assert (await page(client, "vendor"))[0] == 403


@pytest.mark.parametrize(
    "cursor", ["%%%", "WyJ4Il0", "WyJ4IiwieSIsIjAiLCIwIl0", "WyIyMDI2LTAzLTAyVDA4OjAwOjAwIiwieSIsIjAiLCIwIl0"]
)
async def test_a_cursor_of_ones_own_making_is_refused(client: Client, cursor: str) -> None:
    assert (await page(client, cursor=cursor))[0] == 422


async def test_without_a_transaction_the_next_answer_to_the_same_function_is_the_devices_word(
    archive: Archive, client: Client
) -> None:
    recorder = await archive.open()
    plain: dict[str, Any] = {"transaction": None}
    read: dict[str, Any] = {**plain, "function_code": 3, "tier": Tier.READ}
    for said in (
        write(1, **plain),
        answer(9, **read),
        answer(1, **plain),
        write(2, **plain),
        answer(2, **plain, exception_code=4),
        write(3, **plain),
        answer(3, **plain, verdict=Verdict.DENIED, exception_code=11),
        answer(3, **plain),
        write(4, **plain),
        answer(9, **read),
    ):
        recorder.operation(1, said)
    await recorder.close("user_ended")
    assert [(item["after"], item["outcome"]) for item in await pages(client)] == [
        ([4], "unanswered"), ([3], "unanswered"), ([2], "refused"), ([1], "accepted"),
    ]  # fmt: skip


@pytest.mark.parametrize("between", [0, 2 * 1024 * 1024], ids=["same segment", "next segment"])
async def test_the_answer_to_a_later_request_under_the_same_transaction_says_nothing_of_a_write(
    archive: Archive, client: Client, between: int
) -> None:
    recorder = await archive.open()
    recorder.operation(1, write(1))  # nobody answers it: it wanted no answer, or that got lost
    recorder.offer(1, Direction.TO_ASSET, bytes(between))
    for said in (write(1, tier=Tier.READ, values=()), answer(1, tier=Tier.READ)):
        recorder.operation(1, said)
    await recorder.close("user_ended")
    assert [(item["after"], item["outcome"]) for item in await pages(client)] == [([1], "unanswered")]
