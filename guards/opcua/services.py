"""Every service: its number, its name, its tier, how its request is laid out, and how one refused item is answered.

OPC 10000-4 1.05, 5, and annex A; the numbers are those of the Foundation's ``NodeIds.csv``
(``..._Encoding_DefaultBinary``).
"""

from typing import NamedTuple

from guards.opcua import items
from guards.opcua.binary import NULL, Reader
from guards.opcua.items import Decode, plain, record, several
from policies.rules import Tier

FAULT = 397
OPEN_CHANNEL, OPENED_CHANNEL, CLOSE_CHANNEL = 446, 449, 452
FIND_SERVERS, GET_ENDPOINTS = 422, 428
CREATE_SESSION, ACTIVATE_SESSION, CLOSE_SESSION = 461, 467, 473
REGISTER_NODES, UNREGISTER_NODES = 560, 566
READ, WRITE, CALL, PUBLISH = 631, 673, 712, 826
CREATE_SUBSCRIPTION, TRANSFER_SUBSCRIPTIONS, DELETE_SUBSCRIPTIONS = 787, 841, 847
WITHOUT_SESSION = frozenset({FIND_SERVERS, GET_ENDPOINTS, CREATE_SESSION, 437, 12208, 12211})
"""Services that no session is needed for: discovery, and what makes one."""


class Service(NamedTuple):
    """One service.

    ``answer`` is the number of its response, 0 where it is not known. ``decode`` reads the fields behind the request's
    header. ``before`` and ``refused`` stand around the status code of an item that is not carried out; with ``refused``
    ``None`` the whole request gets a fault.
    ``is_setup``: needs any tier at all, and is never asked for. ``is_nameless``: shows what it does not name.
    """

    code: int
    name: str
    tier: Tier
    answer: int = 0
    decode: Decode | None = None
    before: bytes = b""
    refused: bytes | None = None
    is_setup: bool = False
    is_nameless: bool = False


_numbers = several(Reader.uint32)
_strings = several(Reader.string)
_application = record(
    *(Reader.string, Reader.string, Reader.localized_text, Reader.int32, Reader.string, Reader.string, _strings)
)
_server = record(
    *(Reader.string, Reader.string, several(Reader.localized_text), Reader.int32, Reader.string, _strings),
    *(Reader.string, Reader.boolean),
)
_signature = record(Reader.string, Reader.blob)
_modified_item = record(Reader.uint32, items.parameters)
_wanted_data = several(record(items.relative_path, Reader.uint32, Reader.string))
_node_type = record(Reader.expanded_node_id, Reader.boolean, _wanted_data)
_filter = several(record(Reader.int32, several(Reader.extension)))


def _setup(code: int, name: str, decode: Decode, answer: int = 0) -> Service:
    return Service(code, name, Tier.READ, answer or code + 3, decode, is_setup=True)


def _reading(code: int, name: str, decode: Decode, answer: int = 0, *, is_nameless: bool = False) -> Service:
    return Service(code, name, Tier.READ, answer or code + 3, decode, is_nameless=is_nameless)


def _itemized(code: int, name: str, tier: Tier, decode: Decode, refused: bytes, before: bytes = b"") -> Service:
    return Service(code, name, tier, code + 3, decode, before, refused)


def _program(code: int, name: str, decode: Decode, answer: int = 0) -> Service:
    return Service(code, name, Tier.PROGRAM, answer or code + 3, decode)


_TABLE = (
    _setup(422, "find_servers", plain(Reader.string, _strings, _strings)),
    _setup(428, "get_endpoints", plain(Reader.string, _strings, _strings)),
    _setup(
        461,
        "create_session",
        plain(
            *(_application, Reader.string, Reader.string, Reader.string, Reader.blob, Reader.blob),
            *(Reader.double, Reader.uint32),
        ),
    ),
    _setup(
        467,
        "activate_session",
        plain(_signature, several(record(Reader.blob, Reader.blob)), _strings, Reader.extension, _signature),
    ),
    _setup(473, "close_session", plain(Reader.boolean)),
    _setup(479, "cancel", plain(Reader.uint32)),
    _setup(12208, "find_servers_on_network", plain(Reader.uint32, Reader.uint32, _strings), 12209),
    _itemized(527, "browse", Tier.READ, items.browse, NULL + NULL),
    _reading(533, "browse_next", plain(Reader.boolean, several(Reader.blob))),
    _itemized(554, "translate_browse_paths_to_node_ids", Tier.READ, items.translate, NULL),
    _reading(560, "register_nodes", items.nodes),
    _reading(566, "unregister_nodes", items.nodes),
    _reading(
        615,
        "query_first",
        plain(items.view, several(_node_type), _filter, Reader.uint32, Reader.uint32),
        is_nameless=True,
    ),
    _reading(621, "query_next", plain(Reader.boolean, Reader.blob), is_nameless=True),
    _itemized(631, "read", Tier.READ, items.read, b"", before=b"\x02"),
    _itemized(664, "history_read", Tier.READ, items.read_history, NULL + bytes(3)),
    _itemized(751, "create_monitored_items", Tier.READ, items.watch, bytes(4 + 8 + 4 + 3)),
    _reading(763, "modify_monitored_items", plain(Reader.uint32, Reader.int32, several(_modified_item))),
    _reading(769, "set_monitoring_mode", plain(Reader.uint32, Reader.int32, _numbers)),
    _reading(775, "set_triggering", plain(Reader.uint32, Reader.uint32, _numbers, _numbers)),
    _reading(781, "delete_monitored_items", plain(Reader.uint32, _numbers)),
    _reading(
        787,
        "create_subscription",
        plain(Reader.double, Reader.uint32, Reader.uint32, Reader.uint32, Reader.boolean, Reader.byte),
    ),
    _reading(
        793,
        "modify_subscription",
        plain(Reader.uint32, Reader.double, Reader.uint32, Reader.uint32, Reader.uint32, Reader.byte),
    ),
    _reading(799, "set_publishing_mode", plain(Reader.boolean, _numbers)),
    _reading(826, "publish", plain(several(record(Reader.uint32, Reader.uint32)))),
    _reading(832, "republish", plain(Reader.uint32, Reader.uint32)),
    _reading(841, "transfer_subscriptions", plain(_numbers, Reader.boolean), is_nameless=True),
    _reading(847, "delete_subscriptions", plain(_numbers)),
    _itemized(673, "write", Tier.OPERATE, items.write, b""),
    _itemized(712, "call", Tier.OPERATE, items.call, NULL + NULL + NULL),
    _program(700, "history_update", items.update_history),
    _program(488, "add_nodes", items.add_nodes),
    _program(494, "add_references", items.add_references),
    _program(500, "delete_nodes", items.delete_nodes),
    _program(506, "delete_references", items.delete_references),
    _program(437, "register_server", plain(_server)),
    _program(12211, "register_server_2", plain(_server, several(Reader.extension)), 12212),
)
SERVICES = {service.code: service for service in _TABLE}


def service_of(code: int) -> Service:
    """Return a service; what is not in the table is FIRMWARE."""
    return SERVICES.get(code) or Service(code, f"service_{code}", Tier.FIRMWARE)
