"""The end of a relay that the broker itself speaks and hears through."""

import asyncio

from broker.gateways.inner import MAX_HEARD_BYTES, InnerEnd
from tunnel.ends import ReadBuffer
from tunnel.relay import Relay, RelayEnd


def joined() -> tuple[InnerEnd, InnerEnd, Relay, list[RelayEnd]]:
    """Two inner ends, back to back."""
    left, right, ends = InnerEnd(ReadBuffer()), InnerEnd(ReadBuffer()), list[RelayEnd]()
    relay = Relay(left, right, idle_seconds=None, on_end=ends.append)
    relay.start()
    return left, right, relay, ends


async def test_what_one_says_the_other_hears() -> None:
    left, right, _, _ = joined()
    left.say(b"asked")
    assert await right.hear() == b"asked"
    right.say(b"told")
    assert await left.hear() == b"told"


async def test_who_waits_to_hear_learns_of_the_end_and_why() -> None:
    left, _, relay, ends = joined()
    waiting = asyncio.ensure_future(left.hear())
    await asyncio.sleep(0)
    relay.cut("killed", "Cut by the plant.")
    assert await waiting == b""
    assert (left.fault, left.lost, ends[0].code) == ("Cut by the plant.", True, "killed")
    left.say(b"too late")
    assert ends[0].bytes_to_asset == 0


async def test_the_devices_half_close_is_heard_after_what_it_said() -> None:
    left, right, relay, _ = joined()
    right.say(b"last words")
    relay.on_eof(right)
    assert [await left.hear(), await left.hear()] == [b"last words", b""]


async def test_a_device_that_floods_is_not_read_further_until_it_was_heard() -> None:
    left, right, _, _ = joined()
    right.say(bytes(MAX_HEARD_BYTES))
    assert left.blocked
    assert len(await left.hear()) == MAX_HEARD_BYTES
    assert not left.blocked
