"""What can go wrong with a recording: one root, a stable code each, local faults apart from bad files."""


class RecordingError(Exception):
    """Root of this package's errors; ``code`` is stable and machine-readable."""

    code = "recording"


class MisuseError(RecordingError):
    """The caller broke the writer's contract (a local fault: time went backwards, a chunk too large, closed twice)."""

    code = "recording_misuse"


class FormatError(RecordingError):
    """The bytes are not a recording of this format, or were damaged or changed."""

    code = "recording_format"


class TruncatedError(FormatError):
    """The recording ends before what must stand here."""

    code = "recording_truncated"


class KeyRefusedError(RecordingError):
    """The key does not open this recording, or what it should open was changed."""

    code = "recording_key_refused"
