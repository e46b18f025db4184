"""What recordings say no with."""

from broker.http.errors import BrokerError


class RecordingsError(BrokerError):
    """Root of this package's errors."""


class StorageFullError(RecordingsError):
    """There is not enough room left for evidence."""

    code = "storage_full"
    title = "No room left for recordings"


class StorageFailedError(RecordingsError):
    """The place where recordings are kept cannot be read or written."""

    code = "storage_failed"
    title = "Recordings cannot be stored"


class RecorderFailedError(RecordingsError):
    """The recorder failed or was closed: it took nothing, so nothing may pass."""

    code = "recording_failed"
    title = "The session can no longer be recorded"


class RecordingBrokenError(RecordingsError):
    """The recording does not prove to be whole; ``fields['fault']`` names the first bad link."""

    code = "recording_broken"
    title = "The recording is broken"


class RecordingKeyError(RecordingsError):
    """The key that the recording was sealed for is not here."""

    code = "recording_key_missing"
    title = "The recording's key is not here"


class RangeError(RecordingsError):
    """The part asked for lies behind the end; ``fields['size']`` says where that is."""

    code = "range_unsatisfiable"
    title = "There is no such part"
