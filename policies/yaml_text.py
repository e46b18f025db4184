"""YAML for texts that people write and strangers may send: plain data with the place of every part, within bounds.

Read from parser events, so that nothing is built before it is checked. Not used here and refused: anchors, aliases and
merge keys (small texts that grow huge), tags, doubled keys, empty values. Plain scalars follow the core schema of YAML
1.2.2 (10.3), not YAML 1.1: ``no``, ``on`` and ``17:00`` stay text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from policies.faults import fault
from policies.problems import Path, PolicyProblem, write_path

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml; slower, the same language
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_TEXT_BYTES = 256 * 1024
MAX_DEPTH = 16
MAX_EVENTS = 30_000
MAX_NUMBER_CHARACTERS = 20

Value = bool | int | float | str | list["Value"] | dict[str, "Value"]
Place = tuple[int, int]
"""Line and column, from 1."""

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = {"", "~", "null", "Null", "NULL"}
_NOT_TEXT = re.compile("[\ud800-\udfff\x00]")


@dataclass(frozen=True, slots=True)
class TextBounds:
    """How much one text may cost."""

    max_bytes: int = MAX_TEXT_BYTES
    max_events: int = MAX_EVENTS


BOUNDS = TextBounds()


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document: its data, and the place of every part (of a mapping's entry, the place of its key)."""

    data: Value
    places: Mapping[Path, Place]

    def place_of(self, path: Path) -> Place:
        """Return the place of the path, or of its nearest known parent."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))


class YamlError(Exception):
    """The text is not what is read here; carries the problem."""

    def __init__(self, problem: PolicyProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_yaml(text: str, bounds: TextBounds = BOUNDS) -> list[YamlDocument]:
    """Return the documents of ``text``, without empty ones; raise ``YamlError`` at the first thing that is wrong."""
    if len(text.encode("utf-8", "surrogatepass")) > bounds.max_bytes:
        raise _fault((1, 1), (), fault("too_large", most=bounds.max_bytes // 1024), fault("split_it"))
    if _NOT_TEXT.search(text):
        raise _fault((1, 1), (), fault("not_text"), fault("save_utf8"))
    return list(_documents(_events(text, bounds.max_events)))


def _events(text: str, most: int) -> Iterator[yaml.Event]:
    try:
        for number, event in enumerate(yaml.parse(text, Loader=_Loader)):
            if number >= most:
                raise _fault(_place(event), (), fault("too_many_parts"), fault("split_it"))
            yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _fault(
            place, (), fault("not_yaml", problem=error.problem or error.context), fault("check_indent")
        ) from error
    except yaml.reader.ReaderError as error:
        place = _place_of_offset(text, error.position)
        raise _fault(place, (), fault("not_yaml", problem=error.reason), fault("save_plain_utf8")) from error


def _documents(events: Iterable[yaml.Event]) -> Iterator[YamlDocument]:
    builder = _Builder()
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            builder = _Builder()
        elif isinstance(event, yaml.DocumentEndEvent):
            if builder.data is not None:
                yield YamlDocument(builder.data, builder.places)
        elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            builder.take(event)


@dataclass
class _Open:
    """A collection that is being read; ``key`` is the key whose value comes next."""

    path: Path
    value: list[Value] | dict[str, Value]
    key: str | None = None


@dataclass
class _Builder:
    """Builds one document's data from its events."""

    data: Value | None = None
    places: dict[Path, Place] = field(default_factory=dict)
    _open: list[_Open] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        """Take the next event of a node."""
        if isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            return
        self._refuse_what_is_not_used(event)
        if self._is_key_next():
            self._take_key(event)
        elif isinstance(event, yaml.ScalarEvent):
            if self._open or event.value or event.style:  # an empty document is no document
                self._put(event, self._scalar(event))
        else:
            path = self._next_path()
            value: list[Value] | dict[str, Value] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
            self._put(event, value)
            self._open.append(_Open(path, value))

    def _refuse_what_is_not_used(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._wrong(event, fault("no_anchors"), fault("write_out"))
        if tag := getattr(event, "tag", None):
            raise self._wrong(event, fault("no_tag", tag=repr(tag)), fault("remove_it"))
        if len(self._open) >= MAX_DEPTH:
            raise self._wrong(event, fault("too_deep"), fault("most_levels", most=MAX_DEPTH))

    def _is_key_next(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _take_key(self, event: yaml.Event) -> None:
        inner = self._open[-1]
        if not isinstance(event, yaml.ScalarEvent):
            raise self._wrong(event, fault("field_name"), fault("remove_brackets"))
        if event.value in inner.value:
            raise self._wrong(event, fault("field_twice", field=event.value), fault("remove_one"))
        inner.key = event.value
        self.places[(*inner.path, event.value)] = _place(event)

    def _next_path(self) -> Path:
        if not self._open:
            return ()
        inner = self._open[-1]
        if isinstance(inner.value, list):
            return (*inner.path, len(inner.value))
        return inner.path if inner.key is None else (*inner.path, inner.key)

    def _put(self, event: yaml.Event, value: Value) -> None:
        self.places.setdefault(self._next_path(), _place(event))
        if not self._open:
            self.data = value
            return
        inner = self._open[-1]
        if isinstance(inner.value, list):
            inner.value.append(value)
        elif inner.key is not None:
            inner.value[inner.key], inner.key = value, None

    def _scalar(self, event: yaml.ScalarEvent) -> Value:
        text = str(event.value)
        if _NOT_TEXT.search(text):
            raise self._wrong(event, fault("value_not_text"), fault("remove_escape"))
        if event.style is not None and event.style != "":
            return text
        if text in _NOTHING:
            raise self._wrong(event, fault("no_value"), fault("give_or_remove"))
        return _plain(text)

    def _wrong(self, event: yaml.Event, message: str, hint: str) -> YamlError:
        return _fault(_place(event), self._next_path(), message, hint)


def _plain(text: str) -> Value:
    if text in _TRUTHS:
        return _TRUTHS[text]
    if len(text) <= MAX_NUMBER_CHARACTERS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text) and abs(number := float(text)) != float("inf"):
            return number
    return text


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _place_of_offset(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _fault(place: Place, path: Path, message: str, hint: str) -> YamlError:
    return YamlError(PolicyProblem(*place, write_path(path), message, hint))
