"""Policy files read here, without any broker: loaded, put together, and problems put back to file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.errors import ClientError
from client.exit_codes import Exit
from client.files import read_text
from policies.loader import Faulty, Loaded, load
from policies.problems import PolicyProblem
from policies.schema import PolicySet

MAX_POLICY_BYTES = 256 * 1024
DIVIDER = "\n---\n"


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One file."""

    path: Path
    text: str


class PolicyTexts:
    """Several files that are read as one."""

    def __init__(self, files: Sequence[PolicyText]) -> None:
        self.files = files

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "PolicyTexts":
        """Read the files; ``-`` is standard input."""
        return cls([PolicyText(path, read_text(path, MAX_POLICY_BYTES)) for path in paths])

    @property
    def joined(self) -> str:
        """All of them as one text, for the broker."""
        return DIVIDER.join(each.text.rstrip("\n") for each in self.files)

    def load(self) -> PolicySet:
        """Return the documents of all files; raise ``FaultyTextError`` with every fault of every file."""
        known = PolicySet.of(document for each in self.files for document in _good(load(each.text)))
        documents: list[Any] = []
        faults: list[str] = []
        for each in self.files:
            match load(each.text, known):
                case Loaded(policies):
                    documents += policies.documents
                case Faulty(problems):
                    faults += [f"{each.path}: {problem}" for problem in problems]
        faults += _doubled(documents)
        if faults:
            raise FaultyTextError(faults)
        return PolicySet.of(documents)

    def placed(self, problem: dict[str, Any]) -> str:
        """Write a problem of the joined text as one of the file that it is in."""
        line = int(problem.get("line") or 1)
        for each in self.files:
            lines = each.text.rstrip("\n").count("\n") + 1
            if line <= lines or each is self.files[-1]:
                said = PolicyProblem(
                    line, int(problem.get("column") or 1), str(problem.get("path", "")),
                    str(problem.get("message", "")), str(problem.get("hint", "")),
                )  # fmt: skip
                return f"{each.path}: {said}"
            line -= lines + 1
        return str(problem.get("message", ""))


class FaultyTextError(ClientError):
    """The texts have faults."""

    code = "policy_invalid"

    def __init__(self, faults: Sequence[str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"The policies have {count}.", exit_code=Exit.FAULTY_TEXT, lines=faults)


def _good(loaded: Loaded | Faulty) -> list[Any]:
    return list(loaded.policies.documents) if isinstance(loaded, Loaded) else []


def _doubled(documents: Sequence[Any]) -> list[str]:
    names = [f"{document.kind}/{document.name}" for document in documents]
    return [
        f"{name} stands in more than one file" for name in sorted({each for each in names if names.count(each) > 1})
    ]
