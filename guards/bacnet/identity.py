"""What a tool that looks for devices is told in the device's place (ASHRAE 135-2020, clause 16.10)."""

from guards.bacnet import apdu, bvlc, npdu, tags
from guards.bacnet.npdu import HERE
from guards.datagrams import framed
from policies.identity import BacnetIdentity, Segmentation

_DEVICE = 8
_SEGMENTATIONS = tuple(Segmentation)


def is_meant(data: bytes, instance: int) -> bool:
    """Tell whether a Who-Is, which is well-formed or asks for nobody, asks for this device: limits are both or none."""
    try:
        reader = tags.Reader(tags.read(data))
        if reader.is_done:
            return True
        low, high = tags.number_in(reader.take(0)), tags.number_in(reader.take(1))
        reader.end()
    except tags.WrongTagsError:
        return False
    return low <= instance <= high


def i_am(identity: BacnetIdentity) -> bytes:
    """Return the I-Am, for the tool alone: a unicast, as it stands in the stream."""
    size, vendor = identity.max_apdu, identity.vendor
    told = (
        bytes((apdu.UNCONFIRMED << 4, 0))
        + b"\xc4" + (_DEVICE << 22 | identity.instance).to_bytes(4, "big")
        + _unsigned(size)
        + bytes((0x91, _SEGMENTATIONS.index(identity.segmentation)))
        + _unsigned(vendor)
    )  # fmt: skip
    return framed(bvlc.wrap(bvlc.UNICAST, npdu.answer(HERE, told)))


def _unsigned(value: int) -> bytes:
    data = value.to_bytes(2 if value > 0xFF else 1, "big")
    return bytes((tags.UNSIGNED << 4 | len(data),)) + data
