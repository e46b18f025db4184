"""Whoever looks for devices is told by the guard who the one device is; the device hears nothing of it."""

import struct

import pytest
from bacpypes3.apdu import APDU, IAmRequest
from bacpypes3.npdu import NPDU
from bacpypes3.pdu import PDU
from hypothesis import given
from hypothesis import strategies as st

from guards.bacnet import bvlc
from guards.bacnet.guard import BacnetGuard
from guards.enip.encapsulation import parse
from guards.enip.fingerprint import _listed
from guards.enip.guard import EnipGuard
from policies.identity import BacnetIdentity, DeviceIdentity, EnipIdentity, Segmentation
from policies.rules import Rules, Tier
from tests.unit.guards.bacnet import traffic as bacnet
from tests.unit.guards.enip import cip
from tests.unit.guards.enip import traffic as enip

READ = Rules(tiers=frozenset({Tier.READ}))
PLC = EnipIdentity(
    vendor=1, device_type=14, product_code=54, major=20, minor=11, serial_number=0xC0FFEE, product_name="1756-L61"
)  # fmt: skip


def enip_guard(rules: Rules = READ, identity: EnipIdentity = PLC) -> EnipGuard:
    return EnipGuard(rules, identity=DeviceIdentity(enip=identity))


def bacnet_guard(instance: int = 7, rules: Rules = READ, **more: object) -> BacnetGuard:
    identity = BacnetIdentity.model_validate({"instance": instance, "vendor": 15, **more})
    return BacnetGuard(rules, identity=DeviceIdentity(bacnet=identity))


def within(low: int, high: int) -> bytes:
    return bacnet.unconfirmed(8, bacnet.field(0, low) + bacnet.field(1, high))


@given(st.builds(EnipIdentity, product_name=st.from_regex(r"\A[ -~]{0,32}\Z")))
def test_what_is_listed_reads_back_and_the_device_hears_nothing(identity: EnipIdentity) -> None:
    effects = enip.ask(enip_guard(identity=identity), cip.LIST_IDENTITY)
    assert enip.forwarded(effects) == []
    [reply] = enip.replies(effects)
    found = _listed(parse(reply))
    assert found is not None
    assert (found.vendor, found.kind, found.product, found.serial, found.name.decode()) == (
        identity.vendor, identity.device_type, identity.product_code, identity.serial_number, identity.product_name,
    )  # fmt: skip
    assert reply[-1] == identity.state
    assert struct.unpack_from(">HHI", reply, 32) == (2, 44818, 0), "no address of the plant"
    assert [(one.function, one.is_response, one.tier) for one in enip.operations(effects)] == [
        ("list_identity", False, Tier.READ), ("list_identity", True, Tier.READ),
    ]  # fmt: skip


@pytest.mark.parametrize(("command", "length"), [(0x04, 26), (0x64, 2)])
def test_services_and_interfaces_are_listed_too(command: int, length: int) -> None:
    effects = enip.ask(enip_guard(), cip.message(command, session=0))
    [reply] = enip.replies(effects)
    assert (enip.forwarded(effects), len(parse(reply).data), parse(reply).status) == ([], length, 0)


def test_who_may_not_read_is_told_nothing() -> None:
    [reply] = enip.replies(enip.ask(enip_guard(Rules(tiers=frozenset({Tier.OPERATE}))), cip.LIST_IDENTITY))
    assert (parse(reply).status, parse(reply).data) == (1, b"")
    effects = bacnet.ask(bacnet_guard(rules=Rules(tiers=frozenset({Tier.OPERATE}))), bacnet.WHO_IS)
    assert bacnet.replies(effects) + bacnet.forwarded(effects) == []


@given(st.integers(0, 0x3FFFFE), st.integers(0, 0xFFFF), st.integers(50, 1476), st.sampled_from(Segmentation))
def test_bacpypes3_reads_the_same_device(instance: int, vendor: int, size: int, way: Segmentation) -> None:
    guard = bacnet_guard(instance, vendor=vendor, max_apdu=size, segmentation=way)
    effects = bacnet.ask(guard, bacnet.WHO_IS)
    assert bacnet.forwarded(effects) == []
    [reply] = bacnet.replies(effects)
    said = APDU.decode(PDU(NPDU.decode(PDU(reply[6:])).pduData))
    found = IAmRequest.decode(said)
    assert found.iAmDeviceIdentifier[1] == instance
    assert (int(found.vendorID), int(found.maxAPDULengthAccepted)) == (vendor, size)
    assert int(found.segmentationSupported) == list(Segmentation).index(way)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_a_range_finds_the_device_only_if_it_is_in_it(instance: int, low: int, high: int) -> None:
    effects = bacnet.ask(bacnet_guard(instance), within(low, high))
    assert bacnet.forwarded(effects) == []
    assert len(bacnet.replies(effects)) == (low <= instance <= high)


@pytest.mark.parametrize("carrier", [bvlc.DISTRIBUTE, bvlc.FORWARDED])
def test_what_the_device_is_to_pass_on_to_others_is_not_for_us_to_answer(carrier: int) -> None:
    inner = bacnet.WHO_IS[bvlc.HEAD_BYTES + 2 :]
    asked = bacnet.link(inner if carrier == bvlc.DISTRIBUTE else bytes(6) + inner, carrier)
    effects = bacnet.ask(bacnet_guard(rules=Rules(tiers=frozenset(Tier))), asked)
    assert (bacnet.forwarded(effects), bacnet.replies(effects)) == ([asked], [])


def test_half_a_range_finds_nobody_and_another_network_is_left_to_the_fence() -> None:
    assert bacnet.replies(bacnet.ask(bacnet_guard(), bacnet.unconfirmed(8, bacnet.field(0, 7)))) == []
    assert bacnet.replies(bacnet.ask(bacnet_guard(), bacnet.unconfirmed(8, to=(10, b"")))) == []
