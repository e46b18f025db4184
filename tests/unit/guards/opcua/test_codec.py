"""Requests and values as asyncua encodes them, an independent codec, are read to their ends and mean the same."""

import math
import uuid
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary, to_binary
from hypothesis import given
from hypothesis import strategies as st

from guards.decoding import EVERYTHING
from guards.effects import Direction
from guards.opcua.binary import LayoutError, Reader
from guards.opcua.decoder import OpcUaDecoder
from guards.opcua.methods import STANDARD
from guards.opcua.requests import read_request
from guards.opcua.services import FAULT, SERVICES
from guards.opcua.status import Status
from guards.opcua.variants import data_value, variant
from tests.unit.guards.opcua import traffic

PUMP = ua.NodeId.from_string("ns=2;s=Pump")
MARK = "_Encoding_DefaultBinary"
NAMES = {
    getattr(ua.ObjectIds, name): name.removesuffix(MARK)
    for name in dir(ua.ObjectIds)
    if name.endswith((f"Request{MARK}", f"Response{MARK}"))
}


def full(kind: type[Any], depth: int = 0) -> Any:
    """Make a value of an asyncua structure in which every array holds something."""
    made = kind()
    for name, hint in kind.__annotations__.items():
        held = getattr(made, name)
        if isinstance(held, list) and not held:
            setattr(made, name, [_element(str(hint))])
        elif hasattr(held, "__dataclass_fields__") and depth < 3 and type(held).__module__.endswith("protocol_auto"):
            setattr(made, name, full(type(held), depth + 1))
    return made


def _element(hint: str) -> Any:
    inner = hint.rpartition("[")[2].partition("]")[0].rpartition(".")[2]
    simple = {"String": "text", "ByteString": b"bytes", "UInt32": 1, "LocaleId": "en", "IntegerId": 1, "Counter": 1}
    simple["ContinuationPoint"] = b"point"
    if inner in simple:
        return simple[inner]
    if inner == "NodeId":
        return PUMP
    kind = getattr(ua, inner)
    return full(kind) if kind.__module__.endswith("protocol_auto") else kind()


@pytest.mark.parametrize("code", sorted(SERVICES))
def test_a_request_of_every_service_is_read_to_its_end(code: int) -> None:
    asked = full(getattr(ua, NAMES[code]))
    asked.RequestHeader = ua.RequestHeader(AuthenticationToken=ua.NodeId.from_string("g=" + str(uuid.uuid4())))
    if code == 700:
        asked.Parameters.HistoryUpdateDetails = [ua.DeleteRawModifiedDetails(NodeId=PUMP)]
    body = struct_to_binary(asked)
    read = read_request(body)
    assert (read.fault, read.service.code) == ("", code)
    for end in range(len(body) - 1, read.fields_at, -7):
        assert read_request(body[:end]).fault
    assert read_request(body + b"\0").fault


def test_services_answers_and_status_codes_have_the_numbers_of_the_standard() -> None:
    for code, service in SERVICES.items():
        assert NAMES[code].removesuffix("Request") == NAMES[service.answer].removesuffix("Response")
        assert service.name.replace("_", "") in {
            NAMES[code].removesuffix("Request").lower(),
            "translatebrowsepaths",
        }
    missing = set(NAMES) - set(SERVICES) - {service.answer for service in SERVICES.values()}
    named = {NAMES[code] for code in missing}
    assert {name for name in named if name.startswith(("OpenSecure", "CloseSecure"))} == {
        *("OpenSecureChannelRequest", "OpenSecureChannelResponse"),
        *("CloseSecureChannelRequest", "CloseSecureChannelResponse"),
    }
    assert getattr(ua.ObjectIds, f"ServiceFault{MARK}") == FAULT
    theirs = {value: name for name, value in vars(ua.StatusCodes).items() if isinstance(value, int)}
    short = {
        "BAD_COMMUNICATION": "BadCommunicationError",
        "BAD_DECODING": "BadDecodingError",
        "BAD_TOKEN_INVALID": "BadIdentityTokenInvalid",
        "BAD_TOKEN_REJECTED": "BadIdentityTokenRejected",
        "BAD_CHANNEL_ID": "BadSecureChannelIdInvalid",
        "BAD_SESSION_ID": "BadSessionIdInvalid",
        "BAD_SUBSCRIPTION_ID": "BadSubscriptionIdInvalid",
        "BAD_MODE_REJECTED": "BadSecurityModeRejected",
        "BAD_POLICY_REJECTED": "BadSecurityPolicyRejected",
        "BAD_SECURITY_CHECKS": "BadSecurityChecksFailed",
        "BAD_SIGNATURE_INVALID": "BadApplicationSignatureInvalid",
        "BAD_TCP_TYPE": "BadTcpMessageTypeInvalid",
        "BAD_TCP_TOO_LARGE": "BadTcpMessageTooLarge",
        "BAD_TCP_RESOURCES": "BadTcpNotEnoughResources",
        "BAD_TCP_URL": "BadTcpEndpointUrlInvalid",
        "BAD_CHANNEL_CLOSED": "BadSecureChannelClosed",
        "BAD_CHANNEL_TOKEN": "BadSecureChannelTokenUnknown",
        "BAD_SEQUENCE": "BadSequenceNumberInvalid",
    }
    for status in Status:
        assert theirs[status] == short.get(status.name, status.name.title().replace("_", ""))


def test_methods_have_the_numbers_of_the_standard() -> None:
    ids = ua.ObjectIds
    named = {
        ids.ServerType_GetMonitoredItems, ids.Server_GetMonitoredItems, ids.ServerType_ResendData,
        ids.Server_ResendData, ids.ConditionType_ConditionRefresh, ids.ConditionType_ConditionRefresh2,
        ids.ConditionType_Enable, ids.ConditionType_Disable, ids.ConditionType_AddComment,
        ids.AcknowledgeableConditionType_Acknowledge, ids.AcknowledgeableConditionType_Confirm, ids.FileType_Open,
        ids.FileType_Close, ids.FileType_Read, ids.FileType_Write, ids.FileType_GetPosition, ids.FileType_SetPosition,
    }  # fmt: skip
    assert set(STANDARD) == named


@pytest.mark.parametrize(
    "name", ["i=85", "i=2258", "ns=3;i=70000", "ns=2;s=Pump1.Start", "ns=4;g=09087e75-8e5e-499b-954f-f2a9603db28a"]
)
def test_node_ids_are_written_as_policies_write_them(name: str) -> None:
    assert str(Reader(to_binary(ua.NodeId, ua.NodeId.from_string(name))).node_id()) == name


def test_an_opaque_node_id_is_written_in_base64() -> None:
    encoded = to_binary(ua.NodeId, ua.NodeId(b"\x01\x02\xff", 5, ua.NodeIdType.ByteString))
    assert str(Reader(encoded).node_id()) == "ns=5;b=AQL/"


_kinds = {
    ua.VariantType.Boolean: st.booleans(),
    ua.VariantType.SByte: st.integers(-(2**7), 2**7 - 1),
    ua.VariantType.Byte: st.integers(0, 2**8 - 1),
    ua.VariantType.Int16: st.integers(-(2**15), 2**15 - 1),
    ua.VariantType.UInt16: st.integers(0, 2**16 - 1),
    ua.VariantType.Int32: st.integers(-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: st.integers(0, 2**32 - 1),
    ua.VariantType.Int64: st.integers(-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: st.integers(0, 2**64 - 1),
    ua.VariantType.Float: st.floats(width=32),
    ua.VariantType.Double: st.floats(),
}


@given(st.data(), st.sampled_from(sorted(_kinds, key=lambda kind: kind.value)), st.booleans())
def test_numbers_and_arrays_of_them_are_what_was_encoded(
    data: st.DataObject, kind: ua.VariantType, is_array: bool
) -> None:
    values = data.draw(st.lists(_kinds[kind], min_size=1, max_size=5 if is_array else 1))
    given_ = ua.Variant(values if is_array else values[0], kind, is_array=is_array)
    reader = Reader(to_binary(ua.Variant, given_))
    read = variant(reader)
    reader.end()
    assert [repr(value) for value in read.values] == [repr(value) for value in values]
    assert all(math.isnan(a) if b != b else a == b for a, b in zip(read.numbers, map(float, values), strict=True))


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("text", ua.VariantType.String, "text"),
        (b"\x01\xff", ua.VariantType.ByteString, "01ff"),
        (PUMP, ua.VariantType.NodeId, "ns=2;s=Pump"),
        (ua.StatusCode(5), ua.VariantType.StatusCode, "5"),
        (ua.QualifiedName("Speed", 2), ua.VariantType.QualifiedName, "2:Speed"),
        (ua.LocalizedText("hello", "en"), ua.VariantType.LocalizedText, "hello"),
        (
            uuid.UUID("09087e75-8e5e-499b-954f-f2a9603db28a"),
            ua.VariantType.Guid,
            "09087e75-8e5e-499b-954f-f2a9603db28a",
        ),
        (ua.Argument(Name="x"), ua.VariantType.ExtensionObject, "structure i=298"),
    ],
)
def test_what_is_no_number_is_shown_as_text_and_admitted_by_no_bound(
    value: object, kind: ua.VariantType, shown: str
) -> None:
    reader = Reader(to_binary(ua.DataValue, ua.DataValue(ua.Variant(value, kind))))
    read = data_value(reader)
    reader.end()
    assert [str(each) for each in read.values] == [shown]
    assert all(math.isnan(number) for number in read.variant.numbers)


@pytest.mark.parametrize("deep", [b"\x98\x01\0\0\0" * 20 + b"\0", b"\x57\x01" * 40, b"\x5a", b"\x80", b"\x40"])
def test_values_that_the_standard_does_not_know_are_refused(deep: bytes) -> None:
    with pytest.raises(LayoutError):
        variant(Reader(deep))


# --- the decoder


def test_a_flow_that_begins_in_its_middle_is_read_and_chunks_never_matter() -> None:
    said = traffic.message(traffic.READ, 4, 9) + traffic.message(traffic.WRITE, 5, 10)
    whole, pieces = OpcUaDecoder(EVERYTHING), OpcUaDecoder(EVERYTHING)
    expected = whole.receive(Direction.TO_ASSET, said, 0.0)
    found = [op for at in range(len(said)) for op in pieces.receive(Direction.TO_ASSET, said[at : at + 1], 0.0)]
    assert [operation.function for operation in expected] == ["read", "write"]
    assert found == expected
    answer = whole.receive(Direction.TO_USER, traffic.message(traffic.answer_read(traffic.double(1.5)), 4, 1), 0.0)
    assert [(op.function, op.objects, op.values) for op in answer] == [("read", ("node ns=2;s=Pump",), (1.5,))]


@given(st.lists(st.tuples(st.sampled_from(Direction), st.binary(max_size=100)), max_size=6))
def test_garbage_never_raises(parts: list[tuple[Direction, bytes]]) -> None:
    decoder = OpcUaDecoder(EVERYTHING)
    for direction, part in parts:
        decoder.receive(direction, part, 0.0)
        decoder.receive(direction, b"MSGF" + (len(part) + 8).to_bytes(4, "little") + part, 0.0)
