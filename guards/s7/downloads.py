"""Downloads, in which the parts change: the device asks the tool for each piece of a block, until it has all of it."""

from guards.s7.functions import DOWNLOAD_BLOCK, DOWNLOAD_ENDED, REQUEST_DOWNLOAD
from guards.s7.jobs import file_name
from guards.s7.pdu import Pdu

MAX_OPEN = 64


class Downloads:
    """The blocks that a tool was let begin to download, and what the device asked of it for them."""

    __slots__ = ("_asked", "_open")

    def __init__(self) -> None:
        """Begin with none."""
        self._open: dict[bytes, None] = {}
        self._asked: dict[int, Pdu] = {}

    def began(self, request: Pdu) -> None:
        """Note a download that the device agreed to; of more than 64 the oldest is forgotten."""
        name = file_name(request.parameters) if request.parameters[:1] == bytes([REQUEST_DOWNLOAD]) else None
        if name is not None:
            self._open[name] = None
            if len(self._open) > MAX_OPEN:
                del self._open[next(iter(self._open))]

    def asks(self, job: Pdu) -> bool:
        """Tell whether a job of the device belongs to a download that was let begin, and await its answer."""
        code = job.parameters[0] if job.parameters else 0
        if code not in {DOWNLOAD_BLOCK, DOWNLOAD_ENDED} or file_name(job.parameters) not in self._open:
            return False
        self._asked[job.reference] = job
        if len(self._asked) > MAX_OPEN:
            del self._asked[next(iter(self._asked))]
        return True

    def answers(self, answer: Pdu) -> Pdu | None:
        """Return the device's job that this is the tool's answer to; the end of a download closes it."""
        job = self._asked.get(answer.reference)
        if job is None or (not answer.error and answer.parameters[:1] != job.parameters[:1]):
            return None
        del self._asked[answer.reference]
        if answer.error or job.parameters[0] == DOWNLOAD_ENDED:
            self._open.pop(file_name(job.parameters) or b"", None)
        return job
