"""Which UMAS reservations one stream holds: a controller whose tool has vanished would stay reserved for it."""

from guards.modbus import umas
from guards.modbus.functions import PDU_AT


class Reservations:
    """Keys by unit: at most one for each, as a controller has one reservation only."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        """Hold none."""
        self._held: dict[int, int] = {}

    def went(self, adu: bytes) -> None:
        """Note a request that was forwarded: whoever gives back what is held need not be spoken for."""
        pdu = adu[PDU_AT:]
        if pdu[0] == umas.FUNCTION_CODE and umas.codes_of(pdu)[0] == umas.RELEASE_RESERVATION:
            unit = adu[PDU_AT - 1]
            if self._held.get(unit) == umas.key_of(pdu):
                del self._held[unit]

    def answered(self, asked: bytes, answer: bytes) -> None:
        """Note the answer to a request, if it gives the reservation."""
        pdu = asked[PDU_AT:]
        if pdu[0] == umas.FUNCTION_CODE and umas.codes_of(pdu) == (umas.TAKE_RESERVATION, False):
            key = umas.reservation_given(answer[PDU_AT:])
            if key is not None:
                self._held[asked[PDU_AT - 1]] = key

    def give_back(self) -> list[bytes]:
        """Return the requests (ADUs) that give back what is held, and hold nothing any more."""
        held, self._held = self._held, {}
        return [_adu(unit, umas.release(key)) for unit, key in held.items()]


def _adu(unit: int, pdu: bytes) -> bytes:
    return b"\0\0\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu
