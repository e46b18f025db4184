"""Every service and network layer message: what it is called and how dangerous it is.

ASHRAE 135-2020, clause 21 (BACnetConfirmedServiceChoice, BACnetUnconfirmedServiceChoice) and clause 6.4. What is not
listed is FIRMWARE, the most restrictive tier.
"""

from typing import NamedTuple

from guards.bacnet import requests
from guards.bacnet.contents import NOTHING, Contents, Decoder, Malformed, decode
from guards.bacnet.requests import plain
from guards.given import worst
from guards.reasons import UNSAID, Reason
from policies.rules import Tier

READ_PROPERTY, READ_PROPERTY_MULTIPLE, WRITE_PROPERTY, WRITE_PROPERTY_MULTIPLE = 12, 14, 15, 16
SUBSCRIBE, SUBSCRIBE_PROPERTY = 5, 28


class Service(NamedTuple):
    """One row. ``decode``: how its data is read; ``None``: it is not looked into.

    ``is_bare``: it touches no object that rules could narrow. ``is_told``: a device says it to tools by itself.
    """

    name: str
    tier: Tier
    decode: Decoder | None = None
    is_upload: bool = False
    is_bare: bool = False
    is_told: bool = False


_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

CONFIRMED = {
    0: Service("acknowledge_alarm", _OPERATE, requests.acknowledge_alarm),
    1: Service("confirmed_cov_notification", _OPERATE, plain, is_told=True),
    2: Service("confirmed_event_notification", _OPERATE, plain, is_told=True),
    3: Service("get_alarm_summary", _READ, plain),
    4: Service("get_enrollment_summary", _READ, plain),
    SUBSCRIBE: Service("subscribe_cov", _READ, requests.subscribe),
    6: Service("atomic_read_file", _READ, requests.access_file, is_upload=True),
    7: Service("atomic_write_file", _PROGRAM, requests.access_file),
    8: Service("add_list_element", _PROGRAM, requests.change_list),
    9: Service("remove_list_element", _PROGRAM, requests.change_list),
    10: Service("create_object", _PROGRAM, requests.create_object),
    11: Service("delete_object", _PROGRAM, requests.delete_object),
    READ_PROPERTY: Service("read_property", _READ, requests.read_property),
    13: Service("read_property_conditional", _READ, plain),
    READ_PROPERTY_MULTIPLE: Service("read_property_multiple", _READ, requests.read_property_multiple),
    WRITE_PROPERTY: Service("write_property", _OPERATE, requests.write_property),
    WRITE_PROPERTY_MULTIPLE: Service("write_property_multiple", _OPERATE, requests.write_property_multiple),
    17: Service("device_communication_control", _PROGRAM, requests.communication),
    18: Service("confirmed_private_transfer", _FIRMWARE),
    19: Service("confirmed_text_message", _OPERATE, plain),
    20: Service("reinitialize_device", _FIRMWARE, requests.reinitialization),
    21: Service("vt_open", _FIRMWARE),
    22: Service("vt_close", _FIRMWARE),
    23: Service("vt_data", _FIRMWARE),
    24: Service("authenticate", _FIRMWARE),
    25: Service("request_key", _FIRMWARE),
    26: Service("read_range", _READ, requests.read_range),
    27: Service("life_safety_operation", _PROGRAM, plain),
    SUBSCRIBE_PROPERTY: Service("subscribe_cov_property", _READ, requests.subscribe_property),
    29: Service("get_event_information", _READ, plain),
    30: Service("subscribe_cov_property_multiple", _READ, plain),
    31: Service("confirmed_cov_notification_multiple", _OPERATE, plain, is_told=True),
    32: Service("confirmed_audit_notification", _OPERATE, plain, is_told=True),
    33: Service("audit_log_query", _READ, plain),
}

UNCONFIRMED = {
    0: Service("i_am", _READ, plain, is_bare=True, is_told=True),
    1: Service("i_have", _READ, plain, is_bare=True, is_told=True),
    2: Service("unconfirmed_cov_notification", _OPERATE, plain, is_told=True),
    3: Service("unconfirmed_event_notification", _OPERATE, plain, is_told=True),
    4: Service("unconfirmed_private_transfer", _FIRMWARE),
    5: Service("unconfirmed_text_message", _OPERATE, plain),
    6: Service("time_synchronization", _PROGRAM, plain),
    7: Service("who_has", _READ, plain, is_bare=True),
    8: Service("who_is", _READ, plain, is_bare=True),
    9: Service("utc_time_synchronization", _PROGRAM, plain),
    10: Service("write_group", _OPERATE, plain),
    11: Service("unconfirmed_cov_notification_multiple", _OPERATE, plain, is_told=True),
    12: Service("unconfirmed_audit_notification", _OPERATE, plain, is_told=True),
    13: Service("who_am_i", _READ, plain, is_bare=True, is_told=True),
    14: Service("you_are", _PROGRAM, plain),
}

NETWORK = {
    0x00: Service("who_is_router_to_network", _READ, is_bare=True),
    0x01: Service("i_am_router_to_network", _PROGRAM, is_told=True),
    0x02: Service("i_could_be_router_to_network", _PROGRAM, is_told=True),
    0x03: Service("reject_message_to_network", _PROGRAM, is_told=True),
    0x04: Service("router_busy_to_network", _PROGRAM, is_told=True),
    0x05: Service("router_available_to_network", _PROGRAM, is_told=True),
    0x06: Service("initialize_routing_table", _PROGRAM),
    0x07: Service("initialize_routing_table_ack", _PROGRAM, is_told=True),
    0x08: Service("establish_connection_to_network", _PROGRAM),
    0x09: Service("disconnect_connection_to_network", _PROGRAM),
    0x0A: Service("challenge_request", _FIRMWARE),
    0x0B: Service("security_payload", _FIRMWARE),
    0x0C: Service("security_response", _FIRMWARE),
    0x0D: Service("request_key_update", _FIRMWARE),
    0x0E: Service("update_key_set", _FIRMWARE),
    0x0F: Service("update_distribution_key", _FIRMWARE),
    0x10: Service("request_master_key", _FIRMWARE),
    0x11: Service("set_master_key", _FIRMWARE),
    0x12: Service("what_is_network_number", _READ, is_bare=True),
    0x13: Service("network_number_is", _PROGRAM, is_told=True),
}
_QUERY = Service("query_routing_table", _READ, is_bare=True)
_INITIALIZE = 0x06


def confirmed(choice: int) -> Service:
    """Return the row of a confirmed service."""
    return CONFIRMED.get(choice) or Service(f"confirmed_service_{choice}", _FIRMWARE)


def unconfirmed(choice: int) -> Service:
    """Return the row of an unconfirmed service."""
    return UNCONFIRMED.get(choice) or Service(f"unconfirmed_service_{choice}", _FIRMWARE)


def network(message: int, payload: bytes) -> Service:
    """Return the row of a network layer message; a routing table of no ports asks for the one there is (6.4.7)."""
    if message == _INITIALIZE and payload == b"\x00":
        return _QUERY
    return NETWORK.get(message) or Service(f"network_message_{message:02x}", _FIRMWARE)


class Said(NamedTuple):
    """A service with its data read; ``tier`` is that of both, ``objects`` what it touches in the words of policies."""

    service: Service
    contents: Contents
    tier: Tier
    objects: tuple[str, ...] = ()
    fault: Reason = UNSAID


def unread(service: Service) -> Said:
    """Return a service whose data says nothing."""
    return Said(service, NOTHING, service.tier)


def read(service: Service, data: bytes) -> Said:
    """Read a service's data."""
    found = decode(service.decode, data)
    if isinstance(found, Malformed):
        return Said(service, NOTHING, service.tier, fault=found.reason)
    objects = tuple(str(access.touched) for access in found.accesses)
    return Said(service, found, worst((service.tier, found.tier)), objects)
