"""Prints the words of each protocol for the forms of the web pages: ``npm run api`` in ``web/``."""

import json
from typing import Any

from policies.ports import WELL_KNOWN_PORTS
from policies.protocols import PROTOCOLS, tables_of


def protocol_words() -> dict[str, Any]:
    """Return for each protocol its well-known port, its tables, an example of a name, and what its sub-addresses are.

    ``None`` where it has nothing of that kind. ``is_named``: its usual objects have names and no numbers.
    """
    return {
        protocol: {
            "port": WELL_KNOWN_PORTS[protocol],
            "tables": list(tables_of([protocol])),
            "name": next(
                (kind.names.partition(": ")[2] for kind in words.objects.values() if ": " in kind.names), None
            ),
            "is_named": next(iter(words.objects.values())).highest is None,
            "unit": words.unit or None,
            "route": None if words.route is None else {"words": words.route.words, "example": words.route.example},
        }
        for protocol, words in PROTOCOLS.items()
    }


def written() -> str:
    """Return them as they are kept in ``web/src/api/protocols.json``."""
    return json.dumps(protocol_words(), indent=2) + "\n"


if __name__ == "__main__":
    print(written(), end="")
