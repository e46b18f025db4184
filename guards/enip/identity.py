"""What a tool that looks for devices is told in the device's place: identity, services, interfaces.

The CIP Networks Library, Volume 2, 2-4.2 to 2-4.4.
"""

from struct import pack

from guards.enip.encapsulation import LIST_IDENTITY, LIST_SERVICES
from policies.identity import EnipIdentity

_VERSION, _IDENTITY_ITEM, _SERVICES_ITEM = 1, 0x0C, 0x100
_CARRIES_TCP = 0x20
_NO_ADDRESS = pack(">HHI8x", 2, 44818, 0)
"""AF_INET, the port, 0.0.0.0: the guard does not know what the tool dialled, and the plant's address is none of it."""


def listed(command: int, identity: EnipIdentity) -> bytes:
    """Return the data of the answer to one of the three listing commands."""
    if command == LIST_SERVICES:
        return pack("<HHHHH16s", 1, _SERVICES_ITEM, 20, _VERSION, _CARRIES_TCP, b"Communications")
    if command != LIST_IDENTITY:
        return pack("<H", 0)
    name = identity.product_name.encode("ascii")
    told = pack(
        "<HHHBBHIB", identity.vendor, identity.device_type, identity.product_code, identity.major, identity.minor,
        identity.status, identity.serial_number, len(name),
    )  # fmt: skip
    item = pack("<H", _VERSION) + _NO_ADDRESS + told + name + bytes((identity.state,))
    return pack("<HHH", 1, _IDENTITY_ITEM, len(item)) + item
