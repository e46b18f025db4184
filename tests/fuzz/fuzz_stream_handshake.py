"""Coverage-guided fuzzing of the stream handshake and of the frames behind it with atheris.

atheris is not among the project's dependencies. To run: ``pip install atheris`` into an environment of its own, then
``python -m tests.fuzz.fuzz_stream_handshake -max_total_time=600`` from the top of the repository. The first byte of an
input says how what follows is cut into chunks.
"""

import sys

from tunnel.frames import MAX_CONTROL_BYTES, Data, Deframer, Fault
from tunnel.heads import AnswerReader, MalformedHeadError, read_problem


def chunks_of(data: bytes, size: int) -> list[bytes]:
    """Divide ``data`` into chunks of ``size`` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def read_answer(chunks: list[bytes]) -> object:
    """Return the answer's status and fields, "malformed", or ``None`` while incomplete; nothing else may be raised."""
    reader = AnswerReader()
    for chunk in chunks:
        try:
            answer = reader.receive(chunk)
        except MalformedHeadError:
            return "malformed"
        if answer is not None:
            read_problem(answer.body)
            return answer.status, dict(answer.fields), answer.body
    return None


def read_frames(chunks: list[bytes]) -> list[object]:
    """Return what the frames say, payload byte by byte, so that chunking cannot show."""
    deframer, said = Deframer(), list[object]()
    for chunk in chunks:
        for frame in deframer.receive(chunk):
            said += chunk[frame.start : frame.stop] if isinstance(frame, Data) else [frame]
        if len(deframer._partial) > MAX_CONTROL_BYTES + 4:
            raise AssertionError("the deframer keeps too much")
    return said


def fuzz_one(data: bytes) -> None:
    """Hold one input against the properties: nothing unforeseen is raised, chunking never matters, faults are last."""
    size, body = (data[0] % 64 + 1, data[1:]) if data else (1, b"")
    small, whole = chunks_of(body, size), chunks_of(body, len(body) or 1)
    if read_answer(small) != read_answer(whole):
        raise AssertionError("chunking matters to the head")
    said = read_frames(small)
    if said != read_frames(whole):
        raise AssertionError("chunking matters to the frames")
    if any(isinstance(frame, Fault) for frame in said[:-1]):
        raise AssertionError("something was said after a fault")


def main() -> None:
    """Run until libFuzzer is told to stop."""
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
