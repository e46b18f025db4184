"""One request to an outstation on its way, or one frame of the link alone."""

from guards.dnp3.application import Fragment
from guards.dnp3.functions import OPERATE, SELECT
from guards.dnp3.limits import BROADCASTS
from guards.dnp3.link import Frame
from guards.effects import Operation
from guards.exchange import Exchange


class Dnp3Exchange(Exchange):
    """One request on its way; without a fragment it is a frame of the link alone."""

    __slots__ = ("fragment", "master", "outstation")

    def __init__(self, frame: Frame, raw: bytes, operation: Operation, fragment: Fragment | None = None) -> None:
        """Wrap what was judged and has not been forwarded yet.

        A select and its operate are the same to the operator who is asked for them.
        """
        self.outstation, self.master = frame.destination, frame.source
        code = operation.function_code
        what = b"" if fragment is None else fragment.objects
        said = f"{self.outstation}\0{SELECT if code == OPERATE else code}\0".encode() + what
        super().__init__((self.outstation, self.master, fragment and fragment.sequence), raw, said, operation)
        self.fragment = fragment
        self.is_interrogation = fragment is not None and fragment.is_interrogation

    @property
    def pair(self) -> tuple[int, int]:
        """Who is asked, and who asks."""
        return self.outstation, self.master

    @property
    def is_answered(self) -> bool:
        """Whether an outstation answers it."""
        return self.fragment is not None and not self.fragment.is_silent and self.outstation not in BROADCASTS
