"""The change log and the undo sheet as files, with the names of the tag list and everything that is not known."""

import base64
import csv
import io
import re
import zlib
from typing import Any

import pytest

from broker.recordings import exporting
from broker.recordings.sheets import UNKNOWN
from guards.effects import Operation
from tests.unit.broker.recordings.conftest import Archive, Client
from tests.unit.broker.recordings.test_changes import answer, page, write
from tests.unit.recording.samples import FACTS

PERIOD = {"session": "ses_1"}


@pytest.fixture
def client(changes_client: Client) -> Client:
    """The change log over HTTP."""
    return changes_client


async def recorded(archive: Archive, *writes: Operation, answers: bool = True, **facts: str) -> str:
    recorder = await archive.open("ses_1", **facts)
    for number, operation in enumerate(writes):
        archive.clock.advance(1)
        recorder.operation(1, operation)
        if answers:
            recorder.operation(1, answer(number, transaction=operation.transaction))
    await recorder.close("user_ended")
    return recorder.recording_id


def set_to(value: int, address: int = 100, before: int | None = None, *, read: bool = True) -> Operation:
    known = () if before is None else (before,)
    return write(value, objects=(f"holding {address}",), before=known, is_before_read=bool(known) and read)


async def fetch(client: Client, who: str = "operator", **query: str) -> tuple[int, str, bytes]:
    async with client.get("/api/v1/changes/export", headers={"X-User": who}, params=query) as found:
        return found.status, found.content_type, await found.read()


async def undo(client: Client, **query: str) -> Any:
    async with client.get("/api/v1/changes/undo", headers={"X-User": "operator"}, params=query) as found:
        assert found.status == 200
        return await found.json()


def text_of(pdf: bytes) -> str:
    """What stands in a PDF of ours: its streams hold the words as they are."""
    streams = re.findall(rb"stream\r?\n(.*?)\s*endstream", pdf, re.DOTALL)
    opened = b"".join(zlib.decompress(base64.a85decode(b"<~" + stream, adobe=True)) for stream in streams)
    return b" ".join(re.findall(rb"\((.*?)\) Tj", opened)).decode("latin-1")


async def test_the_value_before_is_shown_with_where_it_comes_from(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(640, before=500), set_to(641, 101, before=7, read=False), set_to(642, 102))
    _, found = await page(client)
    assert [(each["before"], each["is_before_read"]) for each in found["items"]] == [
        (None, False), ([7], False), ([500], True),
    ]  # fmt: skip
    assert found["items"][2]["elements"] == [
        {"object": "holding 100", "before": 500, "after": 640, "tag": "", "engineering_unit": "", "scale": 1.0}
    ]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\uff1d", "\uff20"])
async def test_a_csv_has_a_line_for_each_object_and_no_formulas(archive: Archive, client: Client, begins: str) -> None:
    formula = f"{begins}cmd|' /C calc'!A0"
    await recorded(
        archive,
        write(1, objects=("holding 100-101",), values=(1, 2), before=(8, 9), is_before_read=True),
        ticket=formula,
    )
    status, kind, content = await fetch(client, format="csv")
    assert (status, kind) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(row["object"], row["before"], row["after"], row["before_source"], row["outcome"]) for row in rows] == [
        ("holding 100", "8", "1", "read before the write", "accepted"),
        ("holding 101", "9", "2", "read before the write", "accepted"),
    ]
    assert {row["ticket"] for row in rows} == {f"'{formula}"}


async def test_a_pdf_says_who_changed_what_and_what_is_not_known(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(640, before=500), set_to(641, 101), ticket="CHG-7")
    status, kind, content = await fetch(client, format="pdf", **PERIOD)
    assert (status, kind, content[:5]) == (200, "application/pdf", b"%PDF-")
    said = text_of(content)
    for word in ("Change log", "Of session ses_1.", "CHG-7", "holding 100", "500", "640", UNKNOWN, "page 1"):
        assert word in said, word


async def test_texts_of_strangers_do_nothing_in_a_pdf(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(1), ticket="<b>&</para>\x07\u6f22", user_name="<img src='file:///etc/passwd'/>" * 5)
    status, _, content = await fetch(client, format="pdf")
    assert status == 200
    assert "</para>" in text_of(content)


async def test_an_undo_sheet_restores_what_stood_there_at_first_the_last_written_on_top(
    archive: Archive,
    client: Client,
) -> None:
    await recorded(archive, set_to(1, 100, before=50), set_to(2, 101, before=60), set_to(3, 100, before=1),
                   set_to(4, 102), set_to(5, 102, before=4))  # fmt: skip
    sheet = await undo(client, **PERIOD)
    names = ("object", "value", "last_value", "writes", "source")
    assert [tuple(each[name] for name in names) for each in sheet["items"]] == [
        ("holding 102", None, 5, 2, "unknown"),
        ("holding 100", 50, 3, 2, "read before the write"),
        ("holding 101", 60, 2, 1, "read before the write"),
    ]  # fmt: skip
    _, _, content = await fetch(client, format="csv", sheet="undo", **PERIOD)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(row["object"], row["restore_to"]) for row in rows] == [
        ("holding 102", UNKNOWN), ("holding 100", "50"), ("holding 101", "60"),
    ]  # fmt: skip
    _, _, pdf = await fetch(client, format="pdf", sheet="undo", **PERIOD)
    said = text_of(pdf)
    assert "Undo sheet" in said
    assert "nothing writes it back by itself" in said


async def test_what_the_device_refused_needs_no_restoring(archive: Archive, client: Client) -> None:
    recorder = await archive.open("ses_1")
    recorder.operation(1, set_to(7, 100, before=1))
    recorder.operation(1, answer(7, exception_code=2))
    recorder.operation(1, set_to(8, 101, before=2))
    await recorder.close("user_ended")
    sheet = await undo(client, **PERIOD)
    assert [(each["object"], each["value"], each["confirmed"]) for each in sheet["items"]] == [
        ("holding 101", 2, False)
    ]


async def test_units_are_told_apart(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(1, before=5), write(2, unit=2, before=(6,)))
    assert [(each["unit"], each["value"]) for each in (await undo(client))["items"]] == [(2, 6), (1, 5)]


async def test_an_export_is_an_audit_event_and_needs_the_right(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(1))
    assert (await fetch(client, "vendor", format="csv"))[0] == 403
    assert (await fetch(client, format="csv", **PERIOD))[0] == 200
    (event,) = [each for each in await archive.audited("ses_1") if each.action == "changes.exported"]
    assert (event.actor, event.details["kind"], event.details["count"]) == ("usr_operator", "changes", 1)


async def test_what_is_missing_stands_in_every_file(
    archive: Archive,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = await recorded(archive, set_to(1))
    archive.file(broken).write_bytes(b"nothing")
    other = await archive.open("ses_2")
    for value in range(3):
        other.operation(1, set_to(value))
    await other.close("user_ended")
    monkeypatch.setattr(exporting, "MAX_CHANGES", 2)
    _, _, content = await fetch(client, format="csv", session="ses_2")
    assert content.decode().splitlines()[-1].startswith("Only the newest 2 writes")
    _, _, content = await fetch(client, format="csv", session="ses_1")
    assert broken in content.decode().splitlines()[-1]
    _, _, pdf = await fetch(client, format="pdf", session="ses_1")
    assert "MISSING" in text_of(pdf)


async def test_an_asset_is_found_by_its_path(archive: Archive, client: Client) -> None:
    await recorded(archive, set_to(1))
    for name, count in (("north/plc", 1), (FACTS.asset, 1), ("north/other", 0)):
        _, found = await page(client, asset=name)
        assert len(found["items"]) == count, name
