"""Recordings to test with: fixed keys, a fixed clock, and a writer that returns its pieces one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec

from recording import keys
from recording.chunks import Chunk, Direction, Kind, Leg
from recording.manifest import EndReason, Opening, SessionFacts, wall_us
from recording.reader import Read
from recording.verify import Verification, verify
from recording.writer import Gatherer, RecordingWriter

STARTED = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
ENDED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONTENT_KEY = bytes(range(32))
WRAPPING_KEY = bytes(range(32, 64))
SIGNING_KEY = ec.derive_private_key(7, ec.SECP256R1())
OTHER_SIGNING_KEY = ec.derive_private_key(8, ec.SECP256R1())
PUBLIC_KEYS = keys.public_keys({"keys": [keys.public_jwk(SIGNING_KEY.public_key())]})
REASON = EndReason(code="user_ended", detail="the user disconnected")

FACTS = SessionFacts(
    session="ses_1",
    user="usr_1",
    user_name="vendor engineer",
    asset="ast_1",
    asset_name="pump station PLC",
    service="svc_1",
    service_name="modbus",
    protocol="modbus",
    site="north",
    organization="vendor",
    grant="grt_1",
    ticket="CHG-00001",
    target_host="10.0.0.5",
    target_port=502,
)


def opening(recording: str = "rec_1", signing_key: ec.EllipticCurvePrivateKey = SIGNING_KEY) -> Opening:
    """Return an opening manifest for ``recording``."""
    wrapped = keys.wrap_content_key(
        CONTENT_KEY, wrapping_key=WRAPPING_KEY, key_id="kek-1", nonce=bytes(12), recording=recording
    )
    return Opening(
        recording=recording,
        started_at=STARTED,
        session=FACTS,
        key=wrapped,
        signer=keys.thumbprint(signing_key.public_key()),
    )


def writer(recording: str = "rec_1", segment_bytes: int = 1024 * 1024) -> RecordingWriter:
    """Return a writer with this module's keys."""
    return RecordingWriter(opening(recording), CONTENT_KEY, keys.es256_signer(SIGNING_KEY), segment_bytes)


def passed(stream: int, direction: Direction, data: bytes, ns: int, leg: Leg = Leg.BOTH) -> Chunk:
    """Return a chunk of bytes, its wall time following from its monotonic one."""
    return Chunk(Kind.BYTES, direction, stream, ns, wall_us(STARTED) + ns // 1000, data, leg)


def put(gatherer: Gatherer, chunk: Chunk) -> None:
    """Append a chunk through the door that its kind has."""
    at = (chunk.monotonic_ns, chunk.wall_us)
    match chunk.kind:
        case Kind.BYTES:
            gatherer.append_bytes(chunk.stream, chunk.direction, chunk.leg, chunk.payload, *at)
        case Kind.OPERATION:
            gatherer.append_operation(
                chunk.stream,
                chunk.direction,
                chunk.payload,
                *at,
                is_write=chunk.is_write,
                is_denied=chunk.is_denied,
                is_response=chunk.is_response,
            )
        case Kind.EVENT:
            gatherer.append_event(chunk.stream, chunk.payload, *at)


@dataclass
class Pieces:
    """A recording in pieces, to be put together wrongly."""

    opening: bytes
    segments: list[bytes]
    closing: bytes

    @property
    def whole(self) -> bytes:
        """Return the recording as it was written."""
        return self.opening + b"".join(self.segments) + self.closing

    def with_segments(self, segments: Iterable[bytes]) -> bytes:
        """Return the recording with other segments between its opening and its closing."""
        return self.opening + b"".join(segments) + self.closing

    def start_of(self, number: int) -> int:
        """Return the offset of a segment."""
        return len(self.opening) + sum(map(len, self.segments[:number]))

    def segment_at(self, offset: int) -> int | None:
        """Return the number of the segment that this offset lies in."""
        ends = [self.start_of(number + 1) for number in range(len(self.segments))]
        return next((number for number, end in enumerate(ends) if len(self.opening) <= offset < end), None)


def pieces(segments: Iterable[Iterable[Chunk]], recording: str = "rec_1") -> Pieces:
    """Write a recording whose segments hold exactly these chunks."""
    made = writer(recording)
    sealed = []
    for chunks in segments:
        for chunk in chunks:
            put(made.gatherer, chunk)
        sealed.append(made.flush())
    return Pieces(made.begin(), sealed, made.close(REASON, ENDED))


def sample(count: int = 4, recording: str = "rec_1", salt: bytes = b"") -> Pieces:
    """Return a recording of ``count`` segments of two chunks each."""
    return pieces(
        (
            [
                passed(1, Direction.TO_ASSET, b"question %d" % number + salt, number * 1000),
                passed(1, Direction.TO_USER, b"answer %d" % number + salt, number * 1000 + 500),
            ]
            for number in range(count)
        ),
        recording,
    )


def reading(data: bytes) -> Read:
    """Return random access to bytes."""
    return lambda offset, length: data[offset : offset + length]


def proof(data: bytes, content_key: bytes | None = None, *, expect_closed: bool = False) -> Verification:
    """Verify bytes with this module's public key."""
    return verify(reading(data), len(data), PUBLIC_KEYS, content_key=content_key, expect_closed=expect_closed)
