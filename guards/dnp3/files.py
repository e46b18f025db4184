"""The names of open files: an outstation gives a file a handle when it opens it, and from then on only that is said."""

from guards.dnp3.application import Fragment
from guards.dnp3.functions import CLOSE_FILE, OPEN_FILE

MAX_OPEN = 64


class Files:
    """What was opened on one stream; of more than 64 files the oldest are forgotten, and have no name then."""

    __slots__ = ("_names",)

    def __init__(self) -> None:
        """Begin with none."""
        self._names: dict[tuple[int, int], str] = {}

    def named(self, outstation: int, said: Fragment) -> Fragment:
        """Return a fragment with the names of the files that it means by their handles, as far as they are known."""
        if not said.handles or len(said.handles) != len(said.accesses):
            return said
        names = [self._names.get((outstation, handle), "") for handle in said.handles]
        accesses = zip(said.accesses, names, strict=True)
        return said._replace(accesses=tuple(one._replace(touched=one.touched._replace(name=n)) for one, n in accesses))

    def answered(self, outstation: int, asked: Fragment | None, told: Fragment) -> Fragment:
        """Note the handle that a file was given by the answer to a request, or that one was closed; return as above."""
        if not told.handles:
            return told
        code = None if asked is None else asked.function.code
        if asked is not None and code == OPEN_FILE and len(asked.accesses) == len(told.handles) == 1:
            self._opened((outstation, told.handles[0]), asked.accesses[0].touched.name)
        named = self.named(outstation, told)
        if asked is not None and code == CLOSE_FILE:
            for handle in asked.handles:
                self._names.pop((outstation, handle), None)
        return named

    def _opened(self, key: tuple[int, int], name: str) -> None:
        if key[1]:
            self._names.pop(key, None)
            self._names[key] = name
        if len(self._names) > MAX_OPEN:
            del self._names[next(iter(self._names))]
