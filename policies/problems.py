"""What is wrong with a text, where, and what to do: a value, because people write texts and all of it must be shown."""

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class PolicyProblem:
    """One problem; ``line`` and ``column`` count from 1, ``path`` is like ``spec.allow.writes[0].table``."""

    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Write it as compilers do."""
        where = f"line {self.line}, column {self.column}"
        what = f"{self.path}: {self.message}" if self.path else self.message
        return f"{where}: {what}" + (f" ({self.hint})" if self.hint else "")


def write_path(path: Path) -> str:
    """Write a path the way people point at things."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")
