"""What can go wrong, in words for people and with the exit code for scripts."""

from collections.abc import Mapping, Sequence
from typing import Any

from client.exit_codes import Exit, of_problem


class ClientError(Exception):
    """Root of the errors that end a command: a sentence, a hint what to do, further lines, and an exit code."""

    code = "error"

    def __init__(
        self, message: str, *, hint: str = "", exit_code: Exit = Exit.ERROR, lines: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message, self.hint, self.exit_code, self.lines = message, hint, exit_code, tuple(lines)

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "lines": list(self.lines)}


class MissingError(ClientError):
    """Something was not given, and there is nobody at a terminal to ask."""

    code = "missing"

    def __init__(self, what: str, how: str) -> None:
        super().__init__(f"{what} is missing", hint=how, exit_code=Exit.USAGE)


class NotSignedInError(ClientError):
    """There are no tokens, or the broker takes them no more."""

    code = "not_signed_in"

    def __init__(self, message: str = "You are not signed in.") -> None:
        super().__init__(message, hint="Sign in with: wicket login", exit_code=Exit.NOT_SIGNED_IN)


class UnreachableError(ClientError):
    """The broker gave no answer. ``lost``: it may have had the question, the answer got lost on the way."""

    code = "unreachable"

    def __init__(self, message: str, *, hint: str = "", lost: bool = False) -> None:
        super().__init__(message, hint=hint, exit_code=Exit.UNREACHABLE)
        self.lost = lost


class NotVerifiedError(ClientError):
    """Evidence does not prove."""

    code = "not_verified"

    def __init__(self, message: str, *, hint: str = "", lines: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint, exit_code=Exit.NOT_VERIFIED, lines=lines)


class ApiError(ClientError):
    """The broker said no: the parts of its problem document (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code") or f"http_{status}")
        self.title = str(problem.get("title") or "The broker refused")
        self.request_id = str(problem.get("request_id") or "")
        self.fields = dict(problem)
        super().__init__(
            str(problem.get("detail") or self.title),
            hint=str(problem.get("hint") or ""),
            exit_code=of_problem(status, self.code),
            lines=_lines(problem),
        )

    def as_json(self) -> dict[str, object]:
        """Return the problem document as it came."""
        return {**super().as_json(), "status": self.status, "problem": self.fields}


def _lines(problem: Mapping[str, Any]) -> list[str]:
    """The members of a problem that say more than its detail."""
    return [line for name, write in _WRITERS.items() for line in _each(problem.get(name), write)]


def _each(items: object, write: Any) -> list[str]:
    found = [write(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return [line for line in found if line]


def _reason(item: Mapping[str, Any]) -> str:
    policy, (message, remedy) = item.get("policy"), (_text(item.get(name)) for name in ("message", "remedy"))
    return f"{f'{policy}: ' if policy else ''}{message}{f' ({remedy})' if remedy else ''}"


def _text(sentence: object) -> str:
    return str(sentence.get("text", "")) if isinstance(sentence, Mapping) else ""


def _approval(item: Mapping[str, Any]) -> str:
    return f"needs {item.get('count', 1)} of {item.get('group', '?')}"


def placed(item: Mapping[str, Any]) -> str:
    """Write what is wrong in a text, behind its place."""
    line, column, path, hint = (item.get(name) for name in ("line", "column", "path", "hint"))
    place = f"line {line}{f', column {column}' if column else ''}: " if line else ""
    return f"{place}{f'{path}: ' if path else ''}{item.get('message', '')}{f' ({hint})' if hint else ''}"


def _field(item: Mapping[str, Any]) -> str:
    return f"{item.get('path', '')}: {item.get('message', '')}"


_WRITERS = {"reasons": _reason, "approvals": _approval, "problems": placed, "errors": _field}
