"""Who a device says it is when a tool looks for devices, as the plant's inventory has it.

EtherNet/IP: The CIP Networks Library, Volume 1, 5-2 (Identity object). BACnet: ASHRAE 135-2020, clause 16.10 (I-Am).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Word = Annotated[int, Field(ge=0, le=0xFFFF)]
Byte = Annotated[int, Field(ge=0, le=0xFF)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EnipIdentity(_Strict):
    """Attributes 1 to 8 of the Identity object. ``state`` 255: not told; nothing here is read from the device."""

    vendor: Word
    device_type: Word
    product_code: Word
    major: Byte
    minor: Byte
    serial_number: Annotated[int, Field(ge=0, le=0xFFFFFFFF)]
    product_name: Annotated[str, Field(max_length=32, pattern=r"^[\x20-\x7e]*$")]
    status: Word = 0
    state: Byte = 0xFF


class Segmentation(StrEnum):
    """Which way a BACnet device sends what is longer than one APDU (BACnetSegmentation, clause 21)."""

    BOTH = "both"
    TRANSMIT = "transmit"
    RECEIVE = "receive"
    NONE = "none"


class BacnetIdentity(_Strict):
    """What an I-Am says; ``max_apdu`` in bytes."""

    instance: Annotated[int, Field(ge=0, le=0x3FFFFE)]
    vendor: Word
    max_apdu: Annotated[int, Field(ge=50, le=1476)] = 1476
    segmentation: Segmentation = Segmentation.NONE


class DeviceIdentity(_Strict):
    """The identity of one service, in the words of its protocol."""

    enip: EnipIdentity | None = None
    bacnet: BacnetIdentity | None = None

    @property
    def told_in(self) -> frozenset[str]:
        """The protocols that it is given for."""
        return frozenset(name for name, given in self if given is not None)

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "DeviceIdentity | None":
        """Return what is kept of an identity; ``None`` if nothing is, or what today's rules would not let in."""
        try:
            return None if kept is None else cls.model_validate(kept)
        except ValidationError:
            return None
