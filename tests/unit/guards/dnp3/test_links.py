"""Frames, their pieces and stations: what is judged is what the outstation will put together."""

import pytest

from guards.dnp3 import link
from guards.dnp3.assembly import MAX_BETWEEN
from guards.effects import Direction, Reply, Verdict
from policies.rules import Tier
from tests.unit.guards.dnp3 import wire
from tests.unit.guards.dnp3.traffic import (
    ALL,
    ANSWER_0,
    CLASS_0,
    COLD_RESTART,
    DIRECT,
    READ,
    READ_0,
    SELECT,
    answer,
    ask,
    crob,
    cuts,
    forwarded,
    guard,
    operations,
    replies,
    verdicts,
)
from tests.unit.guards.dnp3.wire import ACK, CONFIRMED, LINK_STATUS, NOT_SUPPORTED, RESET, STATUS, TEST, frame, request

LONG = b"\xc3\x01" + CLASS_0 * 200


# --- the link alone


@pytest.mark.parametrize("function", [RESET, TEST, STATUS])
@pytest.mark.parametrize("tiers", [("read",), ("operate",)])
def test_what_keeps_the_link_passes_with_any_tier(function: int, tiers: tuple[str, ...]) -> None:
    message = frame(function=function)
    effects = ask(guard(*tiers), message)
    assert forwarded(effects) == [message]
    assert operations(effects)[0].unit == wire.OUTSTATION
    assert verdicts(ask(guard(), message)) == ["denied"]
    assert verdicts(ask(guard(ask={"program"}), message)) == ["allowed"]


@pytest.mark.parametrize("function", [ACK, LINK_STATUS, NOT_SUPPORTED])
def test_answers_on_the_link_pass_both_ways(function: int) -> None:
    there, back = frame(function=function, primary=False), frame(function=function, primary=False, from_master=False)
    assert forwarded(ask(guard("read"), there)) == [there]
    assert forwarded(answer(guard("read"), back)) == [back]


def test_keeping_the_link_is_fenced_both_ways() -> None:
    fenced = guard(*ALL, units={10})
    for outstation, verdict in ((10, "allowed"), (11, "denied"), (0xFFFF, "denied")):
        for primary in (True, False):
            function = STATUS if primary else LINK_STATUS
            there = frame(function=function, outstation=outstation, primary=primary)
            back = frame(function=function, outstation=outstation, primary=primary, from_master=False)
            assert verdicts(ask(fenced, there)) == verdicts(answer(fenced, back)) == [verdict]
            assert replies(ask(fenced, there)) == []


def test_resetting_the_user_process_of_old_devices_is_no_keeping_of_the_link() -> None:
    message = frame(function=1)
    assert verdicts(ask(guard("read", "operate", "program"), message)) == ["denied"]
    assert forwarded(ask(guard("firmware"), message)) == [message]
    assert operations(ask(guard(ask={"firmware"}), message))[0].verdict is Verdict.ASKED


@pytest.mark.parametrize(("function", "primary"), [(5, True), (15, True), (2, False), (14, False)])
def test_an_unknown_function_of_the_link_is_of_the_highest_tier(function: int, primary: bool) -> None:
    message = frame(function=function, primary=primary)
    [operation] = operations(ask(guard("read", "operate", "program"), message))
    assert (operation.tier, operation.verdict) == (Tier.FIRMWARE, Verdict.DENIED)


def test_keeping_the_link_counts_towards_the_rate() -> None:
    inspector, message = guard("read", max_rate=1), frame(function=STATUS)
    assert [verdicts(ask(inspector, message)) for _ in range(2)] == [["allowed"], ["denied"]]


def test_data_with_link_confirmation_is_not_supported_whatever_is_in_it() -> None:
    inspector = guard(*ALL)
    there, back = frame(b"\xc0\xc3\x01" + CLASS_0, function=CONFIRMED), frame(function=CONFIRMED, from_master=False)
    refused = frame(function=NOT_SUPPORTED, primary=False, from_master=False)
    assert ask(inspector, there)[1:] == [Reply(Direction.TO_USER, refused)]
    accepted = frame(function=NOT_SUPPORTED, primary=False)
    assert answer(inspector, back)[1:] == [Reply(Direction.TO_ASSET, accepted)]
    fenced = frame(b"\xc0\xc3\x01" + CLASS_0, function=CONFIRMED, outstation=11)
    assert len(ask(guard(*ALL, units={10}), fenced)) == 1


# --- stations


def test_requests_are_fenced_and_answered_as_by_the_outstation_that_was_meant() -> None:
    inspector = guard(*ALL, units={10})
    assert forwarded(ask(inspector, READ_0)) == [READ_0]
    answer(inspector, ANSWER_0)
    effects = ask(inspector, request(SELECT, crob(1), outstation=11))
    assert forwarded(effects) == []
    [reply] = replies(effects)
    assert reply[4:8] == bytes([wire.MASTER, 0, 11, 0])


@pytest.mark.parametrize("address", [0xFFFD, 0xFFFE, 0xFFFF])
@pytest.mark.parametrize(
    ("function", "units", "passes"),
    [
        (DIRECT, None, False),
        (DIRECT, {10}, False),
        (DIRECT, {0xFFFD, 0xFFFE, 0xFFFF}, True),
        (READ, {0xFFFD, 0xFFFE, 0xFFFF}, False),
        (0, {0xFFFD, 0xFFFE, 0xFFFF}, False),
    ],
)
def test_broadcasts_pass_only_if_they_are_fenced_in_and_change_something(
    address: int, function: int, units: set[int] | None, passes: bool
) -> None:
    objects = {DIRECT: crob(1), READ: CLASS_0}.get(function, b"")
    message = request(function, objects, outstation=address)
    inspector = guard(*ALL, units=units)
    effects = ask(inspector, message)
    assert forwarded(effects) == ([message] if passes else [])
    assert replies(effects) == []
    assert inspector.next_tick_monotonic() is None


@pytest.mark.parametrize("direction", Direction)
def test_a_frame_with_the_direction_of_the_other_side_is_dropped(direction: Direction) -> None:
    inspector = guard(*ALL)
    message = wire.response() if direction is Direction.TO_ASSET else READ_0
    effects = inspector.receive(direction, message, 0.0)
    assert (verdicts(effects), len(effects)) == (["malformed"], 1)


# --- pieces


@pytest.mark.parametrize("size", [249, 100, 9])
def test_nothing_is_forwarded_before_the_whole_fragment_is_known(size: int) -> None:
    inspector = guard("read")
    *first, last = wire.frames(LONG, size=size)
    for piece in first:
        assert ask(inspector, piece) == []
    effects = ask(inspector, last)
    assert forwarded(effects) == [b"".join([*first, last])]
    assert len(operations(effects)) == 1


def test_of_a_refused_fragment_no_frame_is_forwarded() -> None:
    effects = ask(guard("read"), b"".join(wire.frames(b"\xc3\x0d" + LONG[2:], size=50)))
    assert (forwarded(effects), verdicts(effects)) == ([], ["denied"])


def test_a_fragment_in_pieces_to_different_stations_is_none() -> None:
    first, second = wire.frames(b"\xc3\x05" + crob(1) + crob(2), size=19)
    inspector = guard(*ALL)
    other = wire.frames(b"\xc3\x05" + crob(1) + crob(2), size=19, outstation=11)[1]
    assert ask(inspector, first) == []
    effects = ask(inspector, other)
    assert (forwarded(effects), verdicts(effects)) == ([], ["malformed"])
    assert (forwarded(ask(inspector, second)), inspector.held_bytes) == ([], 0)


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_fragment_with_a_missing_piece_is_dropped_and_the_next_one_passes(lost: int) -> None:
    pieces = wire.frames(LONG, size=200)
    inspector = guard("read")
    effects = ask(inspector, b"".join(piece for n, piece in enumerate(pieces) if n != lost))
    assert forwarded(effects) == []
    assert forwarded(ask(inspector, READ_0)) == [READ_0]


def test_a_fragment_that_begins_anew_forgets_what_was_begun() -> None:
    inspector = guard("read")
    first, *_ = wire.frames(b"\xc3\x0d" + LONG[2:])
    assert forwarded(ask(inspector, first + READ_0)) == [READ_0]


def test_a_frame_that_keeps_the_link_stays_in_its_place_among_pieces() -> None:
    inspector, status = guard("read"), frame(function=STATUS)
    first, *rest = wire.frames(LONG)
    assert ask(inspector, first + status) == []
    effects = ask(inspector, b"".join(rest))
    assert forwarded(effects) == [first + status + b"".join(rest)]
    assert [op.function for op in operations(effects)] == ["read", "request_link_status"]


def test_a_frame_that_keeps_the_link_passes_alone_where_its_fragment_does_not() -> None:
    inspector, status = guard("read"), frame(function=STATUS)
    first, *rest = wire.frames(b"\xc3\x0d" + LONG[2:])
    assert forwarded(ask(inspector, first + status + b"".join(rest))) == [status]
    assert forwarded(ask(inspector, first + status + READ_0)) == [status, READ_0]


def test_few_frames_of_the_link_are_kept_among_pieces() -> None:
    inspector, status = guard("read"), frame(function=STATUS)
    first, *rest = wire.frames(LONG)
    effects = ask(inspector, first + status * (MAX_BETWEEN + 1) + b"".join(rest))
    assert forwarded(effects) == [status] * (MAX_BETWEEN + 1)
    assert verdicts(effects)[-1] == "malformed"


def test_frames_of_data_without_data_and_others_with_it_are_dropped() -> None:
    for message in (frame(), frame(b"\xc0\xc3\x01", function=STATUS), frame(b"\xc0", function=ACK, primary=False)):
        effects = ask(guard(*ALL), message)
        assert (verdicts(effects), len(effects)) == (["malformed"], 1)


# --- what cannot be understood


@pytest.mark.parametrize(
    ("at", "code"),
    [(0, "start"), (1, "start"), (3, "head"), (8, "head"), (12, "block"), (-1, "block")],
)
def test_a_broken_frame_ends_the_stream(at: int, code: str) -> None:
    broken = bytearray(READ_0)
    broken[at] ^= 0x10
    inspector = guard(*ALL)
    assert cuts(ask(inspector, READ_0 + bytes(broken) + READ_0)) == [f"dnp3_{code}"]
    assert ask(inspector, READ_0) == answer(inspector, ANSWER_0) == inspector.asset_gone(1.0) == []


def test_a_length_that_no_frame_has_ends_the_stream() -> None:
    head = b"\x05\x64\x04\xc4\x0a\x00\x01\x00"
    assert cuts(ask(guard(*ALL), head + link.crc(head))) == ["dnp3_head"]


def test_a_refused_restart_leaves_the_stream_open() -> None:
    inspector = guard("read")
    ask(inspector, request(COLD_RESTART))
    assert forwarded(ask(inspector, READ_0)) == [READ_0]
