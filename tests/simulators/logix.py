"""A Logix controller (cpppo) that notes every write to a tag with what stood there.

Run as ``python -m tests.simulators.logix TAG=TYPE ...``. It prints where it listens, as cpppo does, and then for each
write a line of JSON: name, first element, what was there, what is there now.
"""

import json
import sys
from typing import Any

from cpppo.server.enip.device import Attribute
from cpppo.server.enip.main import main


class Noting(Attribute):  # type: ignore[misc]
    """A tag's values."""

    def __setitem__(self, key: Any, value: Any) -> None:
        before = self[key]
        super().__setitem__(key, value)
        after = self[key]
        if not isinstance(key, slice):
            before, after, key = [before], [after], slice(key, None)
        print(json.dumps([self.name, key.start or 0, before, after]), flush=True)


if __name__ == "__main__":
    main(
        argv=["-a", "127.0.0.1:0", "-A", "--no-udp", "--no-config", "--no-print", *sys.argv[1:]],
        attribute_class=Noting,
    )
