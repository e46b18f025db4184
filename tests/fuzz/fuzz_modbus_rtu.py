"""Coverage-guided fuzzing of frames on a serial line with atheris; how to run it stands in ``tests/fuzz/steps.py``.

The first bytes of an input are a request, the rest is what came back.
"""

from guards.modbus.rtu import FrameFault, adu_of, answer_bytes, crc16, frame_of, hides_a_frame, is_stray
from tests.fuzz.steps import run
from tests.unit.guards.modbus.traffic import adu


def fuzz_one(data: bytes) -> None:
    """Hold one input against what must be true of every frame; nothing may be raised."""
    if len(data) < 4:
        return
    middle = 4 + data[0] % 64
    body, answer = data[1:middle], data[middle:]
    asked = adu(body[1:] or b"\x03", transaction=data[0], unit=body[0])
    if (frame := frame_of(asked)) is not None and crc16(frame):
        raise AssertionError("the check sum of a frame with its check sum is not 0")
    hides_a_frame(asked)
    for came in (answer, answer + crc16(answer).to_bytes(2, "little"), body[:1] + answer):
        read(came, asked)
        read(came + crc16(came).to_bytes(2, "little"), asked)


def read(came: bytes, asked: bytes) -> None:
    """Read an answer: its ADU holds the frame and the transaction of its request, and its length was foreseen."""
    is_stray(came, asked)
    length = None
    for end in range(len(came) + 1):
        said = answer_bytes(came[:end], asked)
        if length is not None and said != length:
            raise AssertionError("what came later changed the length")
        length = said
    found = adu_of(came, asked)
    if isinstance(found, FrameFault):
        return
    if crc16(came) or found[:2] != asked[:2] or found[6:] != came[:-2]:
        raise AssertionError("the answer is not what came")
    if found[6] != asked[6]:
        raise AssertionError("the answer of another unit was taken")


if __name__ == "__main__":
    run(fuzz_one)
