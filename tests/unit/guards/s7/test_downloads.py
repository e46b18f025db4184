"""In a download the device asks and the tool answers; only downloads that were let begin are answered."""

import pytest

from guards.effects import Direction, Verdict
from guards.s7.guard import S7Guard
from tests.unit.guards.s7 import traffic
from tests.unit.guards.s7.traffic import NOW, ack, ack_data, answer, ask, asks, connected, forwarded, job, operations

NAME = "00 0100 00000000 09" + b"_0A00010P".hex()
BEGIN = job("1a" + NAME + "0d 31" + b"000100000050".hex())
FETCH, END = job("1b" + NAME, reference=0x501), job("1c" + NAME, reference=0x502)
PIECE = ack_data("1b 01", "0002 00fb 1234", reference=0x501)
ENDED = ack_data("1c", reference=0x502)


def begun(*tiers: str, **fields: object) -> S7Guard:
    inspector = connected(*tiers, **fields)
    assert forwarded(ask(inspector, BEGIN)) == [BEGIN]
    answer(inspector, ack_data("1a"))
    return inspector


def test_the_device_fetches_a_block_piece_by_piece() -> None:
    inspector = begun("program")
    for _ in range(3):
        assert forwarded(answer(inspector, FETCH)) == [FETCH]
        effects = ask(inspector, PIECE)
        assert forwarded(effects) == [PIECE]
        [operation] = operations(effects)
        assert (operation.function, operation.tier, operation.direction) == (
            "download_block",
            "program",
            Direction.TO_ASSET,
        )
        assert (operation.objects, operation.is_response) == (("block DB10",), True)
    assert forwarded(answer(inspector, END)) == [END]
    assert forwarded(ask(inspector, ENDED)) == [ENDED]


def test_after_its_end_a_download_is_over() -> None:
    inspector = begun("program")
    answer(inspector, END)
    ask(inspector, ENDED)
    assert forwarded(answer(inspector, FETCH)) == []


def test_a_download_that_the_tool_breaks_off_is_over() -> None:
    inspector = begun("program")
    answer(inspector, FETCH)
    assert forwarded(ask(inspector, ack(0x8001, reference=0x501))) == [ack(0x8001, reference=0x501)]
    assert forwarded(answer(inspector, FETCH)) == []


def test_each_piece_is_answered_once() -> None:
    inspector = begun("program")
    answer(inspector, FETCH)
    ask(inspector, PIECE)
    assert forwarded(ask(inspector, PIECE)) == []


@pytest.mark.parametrize(
    "reply", [PIECE, ack_data("1c", reference=0x501), ack_data("04 01", "ff", reference=0x501), ENDED]
)
def test_without_a_download_nothing_is_answered(reply: bytes) -> None:
    inspector = connected("read", "operate")
    assert forwarded(ask(inspector, BEGIN)) == []
    assert forwarded(answer(inspector, FETCH)) == []
    effects = ask(inspector, reply)
    assert forwarded(effects) == []
    assert operations(effects)[0].verdict is Verdict.MALFORMED


def test_a_download_that_the_device_refuses_does_not_begin() -> None:
    inspector = connected("program")
    ask(inspector, BEGIN)
    answer(inspector, ack(0xD210))
    assert forwarded(answer(inspector, FETCH)) == []


@pytest.mark.parametrize(
    "asked", [job("04 01" + traffic.item(0).hex()), job("1b" + NAME.replace("3130", "3131")), job("1b"), job("")]
)
def test_what_the_device_asks_beside_a_download_is_dropped(asked: bytes) -> None:
    inspector = begun("program")
    assert forwarded(answer(inspector, asked)) == []


def test_a_download_that_was_approved_goes_through_to_its_end() -> None:
    inspector = connected("read", ask={"program"})
    [asked] = asks(ask(inspector, BEGIN))
    inspector.arm(asked.fingerprint, NOW + 60)
    assert forwarded(ask(inspector, BEGIN)) == [BEGIN]
    answer(inspector, ack_data("1a"))
    assert forwarded(answer(inspector, FETCH)) == [FETCH]
    assert forwarded(ask(inspector, PIECE)) == [PIECE]
    answer(inspector, END)
    assert forwarded(ask(inspector, ENDED)) == [ENDED]
    assert forwarded(ask(inspector, BEGIN)) == []


def test_a_piece_that_nobody_watches_is_not_sent() -> None:
    inspector = begun("program")
    answer(inspector, FETCH)
    inspector.dialogue._armed.is_unwatched = True
    effects = ask(inspector, PIECE)
    assert forwarded(effects) == []
    assert [each.verdict for each in operations(effects)] == [Verdict.DENIED]
