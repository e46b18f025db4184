"""Services and their tiers: by (service, class), since most numbers mean something else on another class.

The CIP Networks Library, Volume 1, appendix A-3 (common services), chapter 3 (Message Router, Connection Manager) and 5
(objects); Rockwell Automation publication 1756-PM020 (tags). Names of vendor classes are those in common use. What is
not listed is FIRMWARE, the most restrictive tier.
"""

from typing import NamedTuple

from policies.rules import Tier

_READ, _OPERATE, _PROGRAM, _FIRMWARE = Tier.READ, Tier.OPERATE, Tier.PROGRAM, Tier.FIRMWARE

IDENTITY, MESSAGE_ROUTER, CONNECTION_MANAGER, FILE, PCCC, SYMBOL, TEMPLATE = 0x01, 0x02, 0x06, 0x37, 0x67, 0x6B, 0x6C
GET_ATTRIBUTE_LIST, GET_ATTRIBUTE, SET_ATTRIBUTE = 0x03, 0x0E, 0x10
MULTIPLE, UNCONNECTED_SEND, FORWARD_OPEN, LARGE_FORWARD_OPEN, FORWARD_CLOSE = 0x0A, 0x52, 0x54, 0x5B, 0x4E
EXECUTE_PCCC, READ_TAG, WRITE_TAG, MODIFY_TAG, READ_FRAGMENT, WRITE_FRAGMENT = 0x4B, 0x4C, 0x4D, 0x4E, 0x52, 0x53
TICKS = b"\x0a\x0e"
"""How long a request of ours may take on its way: 14 times 1,024 ms (3-5.5)."""

CONFIGURATION = frozenset({
    IDENTITY, MESSAGE_ROUTER, 0x03, 0x04, 0x05, CONNECTION_MANAGER, 0x39, 0x3A, 0x41, 0x43, 0x45, 0x47, 0x48,
    *range(0x51, 0x58), *range(0x5D, 0x65), 0x68, 0x69, 0x6A, SYMBOL, TEMPLATE, 0x6D, 0x6E, 0x70, 0x72, 0x73, 0x77,
    0x8B, 0x8D, 0x8E, 0xAC, *range(0xF0, 0xF9), 0x109, 0x10A,
})  # fmt: skip
"""Classes whose attributes are the device's set-up (networks, connections, safety, security), its clock or its program:
to set them is to program."""
BY_ATTRIBUTE = frozenset({GET_ATTRIBUTE, SET_ATTRIBUTE, 0x18, 0x19, 0x1A, 0x1B})
"""Services that touch the attribute which their path names, or members of it, and nothing else (A-4)."""
UPDATE = 0xA1


class Service(NamedTuple):
    """One service on one class. ``is_upload``: a program or file is read out."""

    code: int
    name: str
    tier: Tier
    is_upload: bool = False


_COMMON = {
    one.code: one
    for one in (
        Service(0x01, "get_attributes_all", _READ),
        Service(0x02, "set_attributes_all", _OPERATE),
        Service(GET_ATTRIBUTE_LIST, "get_attribute_list", _READ),
        Service(0x04, "set_attribute_list", _OPERATE),
        Service(0x05, "reset", _FIRMWARE),
        Service(0x06, "start", _PROGRAM),
        Service(0x07, "stop", _PROGRAM),
        Service(0x08, "create", _PROGRAM),
        Service(0x09, "delete", _PROGRAM),
        Service(0x0D, "apply_attributes", _PROGRAM),
        Service(GET_ATTRIBUTE, "get_attribute_single", _READ),
        Service(SET_ATTRIBUTE, "set_attribute_single", _OPERATE),
        Service(0x11, "find_next_object_instance", _READ),
        Service(0x15, "restore", _FIRMWARE),
        Service(0x16, "save", _FIRMWARE),
        Service(0x17, "nop", _READ),
        Service(0x18, "get_member", _READ),
        Service(0x19, "set_member", _OPERATE),
        Service(0x1A, "insert_member", _PROGRAM),
        Service(0x1B, "remove_member", _PROGRAM),
        Service(0x1C, "group_sync", _PROGRAM),
        Service(0x1D, "get_connection_point_members", _READ),
    )
}
_SETTING = frozenset({0x02, 0x04, 0x10, 0x19})

_OF_CLASS: dict[tuple[int, int], Service] = {
    (MESSAGE_ROUTER, MULTIPLE): Service(MULTIPLE, "multiple_service_packet", _READ),
    (CONNECTION_MANAGER, FORWARD_CLOSE): Service(FORWARD_CLOSE, "forward_close", _READ),
    (CONNECTION_MANAGER, UNCONNECTED_SEND): Service(UNCONNECTED_SEND, "unconnected_send", _READ),
    (CONNECTION_MANAGER, FORWARD_OPEN): Service(FORWARD_OPEN, "forward_open", _READ),
    (CONNECTION_MANAGER, LARGE_FORWARD_OPEN): Service(LARGE_FORWARD_OPEN, "large_forward_open", _READ),
    (CONNECTION_MANAGER, 0x56): Service(0x56, "get_connection_data", _READ),
    (CONNECTION_MANAGER, 0x57): Service(0x57, "search_connection_data", _READ),
    (CONNECTION_MANAGER, 0x5A): Service(0x5A, "get_connection_owner", _READ),
    (PCCC, EXECUTE_PCCC): Service(EXECUTE_PCCC, "execute_pccc", _READ),
    (TEMPLATE, READ_TAG): Service(READ_TAG, "read_template", _READ),
    (SYMBOL, 0x55): Service(0x55, "get_instance_attribute_list", _READ),
    (FILE, 0x4B): Service(0x4B, "initiate_upload", _READ, is_upload=True),
    (FILE, 0x4C): Service(0x4C, "initiate_download", _PROGRAM),
    (FILE, 0x4D): Service(0x4D, "initiate_partial_read", _READ, is_upload=True),
    (FILE, 0x4E): Service(0x4E, "initiate_partial_write", _PROGRAM),
    (FILE, 0x4F): Service(0x4F, "upload_transfer", _READ, is_upload=True),
    (FILE, 0x50): Service(0x50, "download_transfer", _PROGRAM),
    (FILE, 0x51): Service(0x51, "clear_file", _PROGRAM),
    (0x8E, 0x06): Service(0x06, "start_controller", _PROGRAM),
    (0x8E, 0x07): Service(0x07, "stop_controller", _PROGRAM),
    (0x8E, 0x4B): Service(0x4B, "change_controller", _PROGRAM),
    (0x8E, 0x4C): Service(0x4C, "change_controller", _PROGRAM),
    (0x8E, 0x4D): Service(0x4D, "change_controller", _PROGRAM),
    (0x6A, 0x50): Service(0x50, "download_program", _PROGRAM),
    (0x6A, 0x4D): Service(0x4D, "download_program", _PROGRAM),
    (SYMBOL, 0x50): Service(0x50, "download_program", _PROGRAM),
    (TEMPLATE, 0x50): Service(0x50, "download_program", _PROGRAM),
    (TEMPLATE, 0x4D): Service(0x4D, "download_program", _PROGRAM),
    (UPDATE, 0x4B): Service(0x4B, "update_firmware", _FIRMWARE),
    (UPDATE, 0x4D): Service(0x4D, "update_firmware", _FIRMWARE),
    (UPDATE, 0x51): Service(0x51, "update_firmware", _FIRMWARE),
}

_OF_TAGS = {
    one.code: one
    for one in (
        Service(READ_TAG, "read_tag", _READ),
        Service(WRITE_TAG, "write_tag", _OPERATE),
        Service(MODIFY_TAG, "read_modify_write_tag", _OPERATE),
        Service(READ_FRAGMENT, "read_tag_fragmented", _READ),
        Service(WRITE_FRAGMENT, "write_tag_fragmented", _OPERATE),
        Service(0x55, "get_instance_attribute_list", _READ),
    )
}


def service_of(code: int, class_id: int | None, *, is_tag: bool) -> Service:
    """Return what a service means on this class, or on a tag that is named or an instance of the symbol class."""
    if class_id is not None and (known := _OF_CLASS.get((class_id, code))) is not None:
        return known
    if is_tag and (tag := _OF_TAGS.get(code)) is not None:
        return tag
    common = _COMMON.get(code)
    if common is None:
        return Service(code, f"service_{code:02x}", _FIRMWARE)
    if code in _SETTING and class_id == UPDATE:
        return common._replace(tier=_FIRMWARE)
    if code in _SETTING and (class_id is None or class_id in CONFIGURATION):
        return common._replace(tier=_PROGRAM)
    return common
