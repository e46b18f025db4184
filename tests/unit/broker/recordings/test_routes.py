"""The API of recordings: who may look, what they see, and that each look is written down."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guards.effects import Direction, Verdict
from recording.keys import public_keys
from recording.verify import State, verify
from tests.unit.broker.recordings.conftest import Archive, Client, operation
from tests.unit.recording.samples import reading


async def ask(client: Client, path: str, who: str = "auditor", **query: str) -> tuple[int, Any]:
    async with client.get(f"/api/v1{path}", headers={"X-User": who}, params=query) as answer:
        return answer.status, await answer.json()


async def fetch(
    client: Client, path: str, who: str = "auditor", headers: Mapping[str, str] | None = None, **query: str
) -> tuple[int, bytes, Mapping[str, str]]:
    async with client.get(f"/api/v1{path}", headers={"X-User": who, **(headers or {})}, params=query) as answer:
        return answer.status, await answer.read(), answer.headers


@pytest.mark.parametrize(
    "path", ["", "/{id}", "/{id}/operations", "/{id}/verification", "/{id}/export", "/{id}/content"]
)
async def test_a_vendor_sees_no_evidence(archive: Archive, client: Client, path: str) -> None:
    recording = await archive.recorded()
    status, _ = await ask(client, "/recordings" + path.format(id=recording), "vendor")
    assert status == 403


async def test_an_operator_looks_but_exports_nothing(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    assert (await ask(client, f"/recordings/{recording}", "operator"))[0] == 200
    assert (await ask(client, f"/recordings/{recording}/export", "operator"))[0] == 403


async def test_whoever_may_look_may_have_the_sealed_bytes_for_they_open_nothing(
    archive: Archive, client: Client
) -> None:
    recording = await archive.recorded()
    _, data, _ = await fetch(client, f"/recordings/{recording}/content", "operator")
    assert data == archive.file(recording).read_bytes()
    assert b"question" not in data


async def test_the_list_is_paged_newest_first_and_filtered(archive: Archive, client: Client) -> None:
    made = []
    for number in range(3):
        archive.clock.advance(60)
        made.append(await archive.recorded(f"ses_{number}", operations=number, ticket=f"CHG-{number}"))
    _, first = await ask(client, "/recordings", limit="2")
    _, second = await ask(client, "/recordings", limit="2", cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    for query, expected in (({"ticket": "CHG-1"}, [made[1]]), ({"writes": "true"}, [made[2]]), ({"state": "open"}, [])):
        _, found = await ask(client, "/recordings", **query)
        assert [item["id"] for item in found["items"]] == expected


async def test_what_was_done_is_shown_page_by_page(archive: Archive, client: Client) -> None:
    recording = await archive.recorded(operations=7)
    seen, cursor = [], None
    while True:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        _, page = await ask(client, f"/recordings/{recording}/operations", **query)
        seen += [item["transaction"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(range(7))


@pytest.mark.parametrize(("only", "expected"), [("writes", [1, 4]), ("denials", [2, 5])])
async def test_writes_and_refusals_can_be_asked_for_alone(
    archive: Archive, client: Client, only: str, expected: list[int]
) -> None:
    recording = await archive.recorded(operations=7)
    _, page = await ask(client, f"/recordings/{recording}/operations", only=only)
    assert [item["transaction"] for item in page["items"]] == expected


async def test_a_cursor_of_ones_own_making_is_refused(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    for cursor, status in (("WzkwMCwwXQ", 422), ("WyJ4IiwyXQ", 422), ("%%%", 422), ("Wy0xLDBd", 422)):
        assert (await ask(client, f"/recordings/{recording}/operations", cursor=cursor))[0] == status


async def test_every_look_at_content_is_audited_with_who_and_what(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    await ask(client, f"/recordings/{recording}/operations")
    await ask(client, f"/recordings/{recording}/verification")
    await fetch(client, f"/recordings/{recording}/export", format="jsonl")
    await fetch(client, f"/recordings/{recording}/content")
    events = (await archive.audited(recording))[2:]
    assert [event.action.removeprefix("recording.") for event in events] == [
        "viewed", "verified", "exported", "downloaded",
    ]  # fmt: skip
    assert {event.actor for event in events} == {"usr_auditor"}
    assert "[redacted]" not in json.dumps([event.details for event in events])


async def test_exports_are_captures_and_lines(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    status, capture, headers = await fetch(client, f"/recordings/{recording}/export", format="pcapng")
    assert (status, capture[:4]) == (200, b"\n\r\r\n")
    assert headers["Content-Disposition"] == f'attachment; filename="{recording}.pcapng"'
    _, lines, _ = await fetch(client, f"/recordings/{recording}/export", format="jsonl")
    assert [json.loads(line)["transaction"] for line in lines.splitlines()] == [0, 1, 2]


async def test_a_download_proves_offline_with_the_published_keys(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    _, data, _ = await fetch(client, f"/recordings/{recording}/content")
    _, jwks = await ask(client, "/evidence-keys", "vendor")
    assert verify(reading(data), len(data), public_keys(jwks)).state is State.WHOLE


async def test_a_range_of_the_sealed_bytes_can_be_fetched(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    whole = archive.file(recording).read_bytes()
    path = f"/recordings/{recording}/content"
    status, part, headers = await fetch(client, path, headers={"Range": "bytes=10-19"})
    assert (status, part, headers["Content-Range"]) == (206, whole[10:20], f"bytes 10-19/{len(whole)}")
    _, rest, _ = await fetch(client, path, headers={"Range": f"bytes={len(whole) - 5}-"})
    assert rest == whole[-5:]
    assert (await fetch(client, path, headers={"Range": "bytes=-16"}))[1] == whole[-16:]
    assert (await fetch(client, path, headers={"Range": "bytes=x"}))[0] == 422
    status, refused, _ = await fetch(client, path, headers={"Range": f"bytes={len(whole)}-"})
    assert (status, json.loads(refused)["size"]) == (416, len(whole))


async def test_what_a_part_is_of_can_be_asked_and_held_to(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    whole, path = archive.file(recording).read_bytes(), f"/api/v1/recordings/{recording}/content"
    head = await client.head(path, headers={"X-User": "operator"})
    tag = head.headers["ETag"]
    assert (head.status, head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (
        200,
        str(len(whole)),
        "bytes",
    )
    assert (await archive.row(recording)).last_link in tag
    for if_range, status in ((tag, 206), ('"another"', 200)):
        answer = await client.get(path, headers={"X-User": "operator", "Range": "bytes=0-3", "If-Range": if_range})
        assert answer.status == status
    assert (await client.get(path, headers={"X-User": "operator", "If-None-Match": tag})).status == 304
    assert await archive.audited(recording) != []


async def test_a_page_that_reads_a_recording_in_many_pieces_is_one_look(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    path = f"/recordings/{recording}"
    for _ in range(3):
        await ask(client, f"{path}/operations", segment="0")
        await fetch(client, f"{path}/content", headers={"Range": "bytes=0-7"})
    looks = [(event.action, event.details.get("kind")) for event in (await archive.audited(recording))[2:]]
    assert looks == [("recording.viewed", "operations"), ("recording.downloaded", "parts")]
    await ask(client, f"{path}/operations", "operator", segment="0")
    archive.clock.advance(3600)
    await ask(client, f"{path}/operations", segment="0")
    assert [event.actor for event in (await archive.audited(recording))[4:]] == ["usr_operator", "usr_auditor"]


async def test_whole_segments_come_with_the_numbers_of_their_operations(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    for number in range(6):
        recorder.operation(1, operation(number))
        recorder.operation(1, replace(operation(number), is_response=True, verdict=Verdict.ALLOWED))
        recorder.offer(1, Direction.TO_USER, bytes(700_000))
    await recorder.close("user_ended")
    path = f"/recordings/{recorder.recording_id}/operations"
    _, first = await ask(client, path, segment="0", segments="2")
    assert first["next_segment"] == 2
    _, rest = await ask(client, path, segment="2", segments="100")
    assert (rest["next_segment"], rest["next_cursor"]) == (None, None)
    items = first["items"] + rest["items"]
    assert [item["number"] for item in items] == [n for number in range(1, 7) for n in (number, None)]
    _, paged = await ask(client, path, limit="500")
    assert paged["items"] == items


async def test_a_running_recording_is_read_as_far_as_it_is(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    path = f"/recordings/{recorder.recording_id}/operations"
    seen: list[int] = []
    for number in range(4):
        recorder.operation(1, operation(number))
        async with asyncio.timeout(20):
            while len(seen) <= number:
                _, page = await ask(client, path, segment="0", segments="50")
                seen = [item["number"] for item in page["items"]]
    await recorder.close("user_ended")
    assert seen == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"q": "SOME_func"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"q": "program"}, [3, 6]),
        ({"q": "unit 3"}, []),
        ({"q": "direction"}, []),
        ({"q": "operate", "only": "writes", "limit": "1"}, [2]),
    ],
)
async def test_what_an_operation_says_can_be_looked_for(
    archive: Archive, client: Client, query: dict[str, str], expected: list[int]
) -> None:
    recording = await archive.recorded(operations=7)
    _, page = await ask(client, f"/recordings/{recording}/operations", **query)
    assert [item["number"] for item in page["items"]] == expected


async def test_what_came_after_a_moment_is_shown_without_that_moment(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    for number in range(3):
        archive.clock.advance(1)
        recorder.operation(1, operation(number))
    await recorder.close("user_ended")
    path = f"/recordings/{recorder.recording_id}/operations"
    _, everything = await ask(client, path)
    second = everything["items"][1]["since_start_ns"]
    _, later = await ask(client, path, after_ns=str(second))
    assert [item["number"] for item in later["items"]] == [3]
    _, since = await ask(client, path, since_seconds=str(second / 1e9))
    assert [item["number"] for item in since["items"]] == [2, 3]


async def test_a_cursor_and_a_segment_do_not_go_together(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    assert (await ask(client, f"/recordings/{recording}/operations", segment="0", cursor="WzAsMF0"))[0] == 422


async def test_a_closed_recording_that_counts_otherwise_than_when_it_was_closed_is_not_shown(
    archive: Archive, client: Client
) -> None:
    recording = await archive.recorded()
    data = archive.file(recording).read_bytes()
    archive.file(recording).write_bytes(data[: data.rindex(b"WSEG")])
    status, refused = await ask(client, f"/recordings/{recording}/operations")
    assert (status, refused["code"]) == (409, "recording_broken")


@pytest.mark.parametrize(
    ("near", "place"),
    [(b'"wrapped":"', "opening"), (b"WSEG", "segment"), (b'"last_link":"', "closing"), (b"\r\nWG", "closing")],
)
async def test_a_changed_copy_is_found_and_its_place_named(
    archive: Archive, client: Client, near: bytes, place: str
) -> None:
    recording = await archive.recorded()
    _damage(archive.file(recording), near)
    _, proof = await ask(client, f"/recordings/{recording}/verification", content="true")
    assert proof["state"] == "broken"
    assert proof["fault"]["place"] == place


async def test_another_recording_in_its_place_is_found(archive: Archive, client: Client) -> None:
    one, other = await archive.recorded("ses_1"), await archive.recorded("ses_2")
    archive.file(one).write_bytes(archive.file(other).read_bytes())
    _, proof = await ask(client, f"/recordings/{one}/verification")
    assert (proof["state"], proof["fault"]["check"]) == ("broken", "recording")
    assert (await ask(client, f"/recordings/{one}/operations"))[0] == 409


async def test_a_closed_recording_without_its_closing_is_broken(archive: Archive, client: Client) -> None:
    recording = await archive.recorded()
    data = archive.file(recording).read_bytes()
    archive.file(recording).write_bytes(data[: data.rindex(b"WEND")])
    _, proof = await ask(client, f"/recordings/{recording}/verification")
    assert (proof["state"], proof["fault"]["check"]) == ("broken", "truncated")


async def test_an_open_recording_can_be_looked_at(archive: Archive, client: Client) -> None:
    recorder = await archive.open()
    _, proof = await ask(client, f"/recordings/{recorder.recording_id}/verification")
    assert proof["state"] == "open"
    await recorder.close("user_ended")


async def test_what_does_not_exist_is_not_found(client: Client) -> None:
    for path in ("/recordings/rec_nothing", "/recordings/rec_nothing/operations", "/recordings/rec_nothing/export"):
        assert (await ask(client, path))[0] == 404


def _damage(file: Path, near: bytes) -> None:
    data = bytearray(file.read_bytes())
    data[data.rindex(near) + len(near)] ^= 1
    file.write_bytes(data)
