"""Prints what the broker says in English, key by key, for the web pages: ``npm run api`` in ``web/``.

``python -m deploy.dev.phrases NAME`` prints what is kept in ``web/src/api/NAME.json``.
"""

import json
import sys
from collections.abc import Callable, Mapping

from agent.lock import LOCKED
from broker.audit.chain import PROBLEMS
from broker.config import setting_names
from broker.http.system import UNREADY
from broker.inventory import faults as inventory_faults
from broker.recordings.failures import FAILURES
from broker.sessions.states import END_DETAIL, END_TEXT
from deploy.dev import details
from guards import malformations, reasons, shortfalls
from policies import faults, sentences
from recording.verify import WORDS

TABLES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "sentences": lambda: sentences.ENGLISH,
    "faults": lambda: {**faults.ENGLISH, **inventory_faults.ENGLISH},
    "reasons": lambda: reasons.ENGLISH,
    "malformations": lambda: malformations.ENGLISH,
    "shortfalls": lambda: shortfalls.ENGLISH,
    "ends": lambda: {**{code.value: text for code, text in END_TEXT.items()}, **END_DETAIL, **FAILURES, **WORDS},
    "findings": lambda: {**PROBLEMS, **UNREADY, **LOCKED},
    "details": lambda: details.collected()[0],
    "settings": lambda: {name: meaning for name, _, meaning in setting_names()},
}
"""What there is to say, by the name of its file."""


def written(name: str) -> str:
    """Return the table as it is kept."""
    table = {key: text.replace("{{", "{").replace("}}", "}") for key, text in TABLES[name]().items()}
    return json.dumps(table, indent=2) + "\n"


if __name__ == "__main__":
    print(written(sys.argv[1]), end="")
