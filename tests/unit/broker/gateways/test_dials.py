"""Waiting for an agent's word that it let go of the device."""

import asyncio

from broker.gateways.dials import Dials
from tunnel.ids import AgentId, StreamId
from tunnel.messages import DialRefused, StreamClosed

OURS, ANOTHER, STREAM = AgentId("agt_ours"), AgentId("agt_another"), StreamId("str_one12345")
CLOSED = StreamClosed(stream=STREAM, code="closed", detail="")


async def test_a_session_has_parted_when_its_own_agent_says_so() -> None:
    dials = Dials()
    dials.expect_parting(STREAM, OURS, "ses_one")
    parting = asyncio.ensure_future(dials.parted("ses_one", 30))
    await asyncio.sleep(0)
    dials.on_stream_message(ANOTHER, CLOSED)
    await asyncio.sleep(0)
    assert not parting.done()
    dials.on_stream_message(OURS, CLOSED)
    assert await parting == []
    assert not dials.awaits_parting(STREAM)


async def test_a_dial_that_was_refused_has_parted_too() -> None:
    dials = Dials()
    dials.expect_parting(STREAM, OURS, "ses_one")
    dials.on_stream_message(OURS, DialRefused(stream=STREAM, code="locked", detail=""))
    assert await dials.parted("ses_one", 0) == []


async def test_an_agent_that_says_nothing_is_not_waited_for_and_its_streams_are_named() -> None:
    dials = Dials()
    dials.expect_parting(STREAM, OURS, "ses_one")
    dials.expect_parting(StreamId("str_two12345"), OURS, "ses_two")
    assert await dials.parted("ses_one", 0) == [(OURS, STREAM)]
    assert not dials.awaits_parting(STREAM)
    assert dials.awaits_parting(StreamId("str_two12345"))
