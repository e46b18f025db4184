"""Why guards refuse, and what else they note beside an operation: each text of theirs is made from this table.

The record holds the English text, and a page says it in its reader's language by finding the text's template here
(``deploy/dev/phrases.py`` hands the table on). So a text that was recorded once stays in the table for good.

What can be wrong with a malformed message is a table of its own, ``guards/malformations.py``. Only a device's own words
have none (``detail``).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NewType

Reason = NewType("Reason", str)
"""A text of this table or of that of malformations, or a detail. Only these two modules make any."""

UNSAID = Reason("")
"""Nothing is to be said."""

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # Tiers
        "no_tier": "no tier is allowed",
        "tier_not_allowed": "tier {tier} is not allowed",
        "tier_asked": "tier {tier} must be asked for",
        "also_reads": "tier read is not allowed, and the function also reads",
        "upload_not_allowed": "reading a program out is not allowed",
        "file_upload_not_allowed": "reading a program or file out is not allowed",
        "function_not_requested": "function code {code} is not one of a request",
        # Fences
        "unit_outside": "unit {unit} is outside the fence",
        "route_outside": "route {route} is outside the fence",
        "unknown_route_outside": "route unknown is outside the fence",
        "station_outside": "{station} is outside the fence",
        "no_station_outside": "a stream without its beginning is outside the fence",
        "local_network_outside": "the local network is outside the fence",
        "network_outside": "network {network} is outside the fence",
        "outstation_outside": "outstation {outstation} is outside the fence",
        "common_address_outside": "common address {address} is outside the fence",
        "broadcast_not_fenced": "broadcasts to {outstation} are not fenced in by this number",
        "unit_is_everybody": "unit 0 is everybody on the line, and no fence names it",
        "unit_above": "no unit of a line is above {unit}",
        "other_sender": "it is said in the name of another station, {station}",
        # Objects and values
        "object_outside": "{object} is outside what is given",
        "read_outside": "{object} is outside what may be read",
        "write_outside": "{object} is outside what may be written",
        "read_range_outside": "{object} is outside the ranges that may be read",
        "write_range_outside": "{object} is outside the ranges that may be written",
        "outside_tables": "what it touches lies outside every address range",
        "function_outside_tables": "{function} lies outside every table that may be written",
        "nameless": "what it touches has no name, and not everything is given",
        "nameless_read": "what it reads has no name, and not everything may be read",
        "value_outside": "a value for {object} is out of bounds",
        "value_outside_or_unknown": "a value for {object} is out of bounds, or it is not known what it is now",
        "value_may_be_outside": "a value for {object} may lie outside its bounds",
        "value_before_unknown": "a value for {object} may lie outside its bounds, and what it is now is not known",
        "value_before_perhaps_unknown": (
            "a value for {object} may lie outside its bounds, and what it is now may not be known"
        ),
        "narrowed": "objects are narrowed, and S7comm-plus cannot be held to that",
        # Requests that are refused for what they are
        "broadcast_cannot_read": "nobody answers a broadcast, so it cannot read",
        "broadcast_reads_nothing": "nothing is read by broadcast",
        "no_request": "this is no request",
        "unanswerable": "nobody would answer it, so that it can neither be refused nor confirmed",
        "segmented": "a request in segments is not taken: it cannot be judged before it is whole",
        "pieces_need_tiers": "a request in pieces needs the tiers read and operate",
        "tls_hides_stop": "TLS also hides what stops a CPU: it needs the tiers read, operate and program",
        "confirmed_data": "data that the link confirms frame by frame is not carried",
        "select_refused": "the select before it was refused",
        "one_at_a_time": "it would not be answered, and others are still to be",
        "too_many_connections": "more than {count} connections at a time",
        "registered_already": "a session is registered already",
        "not_the_session": "not the session that was registered on this stream",
        "not_a_connection": "not a connection that was opened on this stream",
        "command_not_passed": "a command of the encapsulation that is not passed on",
        "opcua_status": "bad {status}",
        # Turns
        "too_many_wait": "too many requests wait for the device",
        "too_much_waits": "too much waits for the device",
        "too_fast": "more requests per second than allowed",
        "unwatched": "nobody of the plant is watching, and somebody must",
        "interrogated_too_often": "everything at once is asked for more often than the site allows",
        "waited_too_long": "the request waited too long for its turn at the device",
        "open_already": "the same is open already",
        "reference_open": "an earlier request with the same reference is still unanswered by the device",
        "transaction_open": "an earlier request with the same transaction is still unanswered by the device",
        "asset_gone": "the asset's side has ended",
        "asset_gone_before": "the asset's side has ended before it answered",
        "link_stopped": "the tool has stopped the link",
        "link_not_started": "the link to the device is not started: {reason}",
        "not_confirmed": "{function} was not confirmed within {seconds} s",
        "not_acknowledged": "a frame was not acknowledged within {seconds} s",
        "session_sweeps": (
            "the session sweeps: {things} different {kind} within {seconds} s; the policy takes {limit}"
        ),
        # Answers
        "no_answer": "no answer within {seconds} s",
        "late": "late: the request was already answered",
        "late_silent": "late: it was already answered that the device is silent",
        "too_late": "it comes too late",
        "nobody_asked": "nobody asked",
        "nothing_open": "no open request has this answer",
        "asked_nothing": "the device has asked for nothing that this answers",
        "asks_unexplained": "the device asks for something that no download explains",
        "broke_off": "the device broke its answer off",
        "odd_answer": "the answer has not the shape that the request asks for",
        "odd_response": "the response has not the shape that the specification gives",
        "odd_register_answer": "the answer has not the shape that its request asks for",
        "item_failed": "item {number} of {count}",
        "object_failed": "object {number} of {count}",
        "pccc_status": "status of PCCC",
        "error": "error",
        "error_class": "error class {number}",
        "reject": "reject",
        "abort": "abort",
        "needs_security": "the device demands security, and nothing but channels without it are spoken with devices",
        "channel_mode": "mode {mode} towards the tool",
        # What the guard does itself
        "from_inventory": "answered by the guard: the inventory says who the device is",
        "read_before_write": "read by the guard: the value before a write",
        "read_in_vain": "read by the guard: the value before a write; no answer within {seconds} s",
        "names_kept": "answered here: nodes keep their names",
    }
)
"""Each text; what stands in braces is put in."""


def why(key: str, /, **values: object) -> Reason:
    """Return the text ``key`` with these values. Raises ``KeyError`` where the text or a value of it is missing."""
    return Reason(ENGLISH[key].format_map(values))


def detail(text: str) -> Reason:
    """Return words that no table has: a device's or a tool's own, or what was recorded or refused before."""
    return Reason(text)
