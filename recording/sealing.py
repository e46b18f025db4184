"""Sealing and opening of segments: zstd where it helps, AES-256-GCM, the hash chain, one signed checkpoint each.

The heavy part (compress, encrypt, hash, sign) releases the GIL and is meant for an executor thread, one segment after
the other in order.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recording import layout
from recording.errors import FormatError, KeyRefusedError, MisuseError
from recording.keys import Sign
from recording.layout import Counts, SegmentHeader, Span
from recording.manifest import Closing, EndReason, Opening, Totals, encode_manifest

_ZSTD_LEVEL = 1
_WORTH_COMPRESSING = 15 / 16
# What is encrypted already (SSH, TLS) is most of what comes in bulk: a few probes find it without compressing it all.
_PROBED_BYTES = 256 * 1024
_PROBES = 8
_PROBE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class PendingSegment:
    """Encoded chunks that were gathered and not yet sealed."""

    parts: list[bytes]
    plain_bytes: int
    counts: Counts
    span: Span


def nonce_of(number: int) -> bytes:
    """Return a segment's AES-GCM nonce: its number. Unique, because a key is of one recording and none is continued."""
    return number.to_bytes(12, "big")


def signed_block(magic: bytes, domain: bytes, text: bytes, sign: Sign) -> bytes:
    """Return ``magic | length | text | signature``: the opening's and the closing's shape."""
    block = magic + layout.LENGTH.pack(len(text)) + text
    return block + sign(domain + block)


class Sealer:
    """Turns pending segments into sealed ones. Owns the chain: call it from one thread at a time, in order."""

    def __init__(self, opening: Opening, content_key: bytes, sign: Sign) -> None:
        self._cipher = AESGCM(content_key)
        self._sign = sign
        self._recording = opening.recording
        text = encode_manifest(opening)
        self.opening_block = signed_block(layout.OPENING_MAGIC, layout.OPENING_DOMAIN, text, sign)
        self._opening_digest = self._link = hashlib.sha256(self.opening_block).digest()
        self._offset = len(self.opening_block)
        self._number = 0
        self._index = bytearray()
        self._counts = Counts()
        self._plain_bytes = 0

    @property
    def segments(self) -> int:
        """How many segments were sealed."""
        return self._number

    @property
    def last_link(self) -> bytes:
        """The end of the chain so far."""
        return self._link

    @property
    def counts(self) -> Counts:
        """What the sealed segments hold."""
        return self._counts

    @property
    def sealed_bytes(self) -> int:
        """Bytes of the recording so far."""
        return self._offset

    def seal(self, pending: PendingSegment) -> bytearray:
        """Return the next segment's bytes, ready to be stored. Costs about a millisecond per MiB."""
        payload, is_compressed = _compressed(b"".join(pending.parts))
        header = SegmentHeader(
            self._number,
            pending.plain_bytes,
            len(payload) + layout.TAG_BYTES,
            pending.counts,
            pending.span,
            self._opening_digest[: layout.RECORDING_TAG_BYTES],
            self._link,
            is_compressed,
        )
        segment = self._sealed(header, payload)
        self._index += header.index_entry(self._offset)
        self._offset += len(segment)
        self._number += 1
        self._counts += pending.counts
        self._plain_bytes += pending.plain_bytes
        return segment

    def close(self, reason: EndReason, ended_at: datetime) -> bytes:
        """Return the closing block: signed manifest, index, trailer."""
        closing = Closing(
            recording=self._recording,
            opening=self._opening_digest.hex(),
            segments=self._number,
            last_link=self._link.hex(),
            index_sha256=hashlib.sha256(self._index).hexdigest(),
            ended_at=ended_at,
            reason=reason,
            totals=Totals.of(self._counts, self._plain_bytes),
        )
        block = signed_block(layout.CLOSING_MAGIC, layout.CLOSING_DOMAIN, encode_manifest(closing), self._sign)
        whole = block + self._index + layout.TRAILER.pack(self._offset, layout.TRAILER_MAGIC)
        self._offset += len(whole)
        return whole

    def _sealed(self, header: SegmentHeader, payload: bytes) -> bytearray:
        head = layout.encode_header(header)
        segment = bytearray(header.total_bytes)
        body = memoryview(segment)[: -layout.SIGNATURE_BYTES]
        body[: len(head)] = head
        self._cipher.encrypt_into(nonce_of(header.number), payload, head, body[len(head) :])
        digest = hashlib.sha256(body)
        signature = self._sign(layout.SEGMENT_DOMAIN + digest.digest())
        segment[-layout.SIGNATURE_BYTES :] = signature
        digest.update(signature)
        self._link = digest.digest()
        return segment


def open_segment(header: SegmentHeader, head: bytes, sealed: bytes, cipher: AESGCM) -> bytes:
    """Return a segment's plaintext.

    Raises ``KeyRefusedError`` if the key or any byte is wrong, ``FormatError`` if what was sealed makes no segment.
    """
    try:
        payload = cipher.decrypt(nonce_of(header.number), sealed, head)
    except InvalidTag as error:
        raise KeyRefusedError(f"segment {header.number} does not open with this key") from error
    plain = _decompressed(payload, header.plain_length) if header.is_compressed else payload
    if len(plain) != header.plain_length:
        raise FormatError(f"segment {header.number} is not as long as its header says")
    return plain


def _compressed(plain: bytes) -> tuple[bytes, bool]:
    if not 0 < len(plain) <= layout.MAX_PLAIN_BYTES:
        raise MisuseError(f"a segment of {len(plain)} bytes cannot be sealed")
    # A context per segment: a kept one would hold a megabyte per idle session.
    compress = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress
    if len(plain) >= _PROBED_BYTES and not _is_worth(probe := _probe(plain), compress(probe)):
        return plain, False
    shorter = compress(plain)
    return (shorter, True) if _is_worth(plain, shorter) else (plain, False)


def _is_worth(plain: bytes, shorter: bytes) -> bool:
    return len(shorter) < len(plain) * _WORTH_COMPRESSING


def _probe(plain: bytes) -> bytes:
    step = len(plain) // _PROBES
    return b"".join(plain[start : start + _PROBE_BYTES] for start in range(0, step * _PROBES, step))


def _decompressed(payload: bytes, plain_length: int) -> bytes:
    try:
        # The frame's own content size decides how much zstandard allocates: hold it against the bounded header first.
        if zstandard.get_frame_parameters(payload).content_size != plain_length:
            raise FormatError("compressed size differs from the header's")
        return zstandard.ZstdDecompressor().decompress(payload, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise FormatError(f"not a zstd frame: {error}") from error
