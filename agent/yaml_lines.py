"""YAML for files that people write on site: plain data and the line of every part, so that problems name their line.

Refused here: aliases and anchors (small texts that grow huge), tags, doubled keys, deep nesting, several documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

MAX_TEXT_BYTES = 256 * 1024
MAX_DEPTH = 12

Path = tuple[str | int, ...]

_PLAIN_TAGS: dict[type[yaml.Node], str] = {
    yaml.MappingNode: "tag:yaml.org,2002:map",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file, and what to do about it; ``line`` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        """Write it as people read it."""
        return f"line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Located:
    """The data of a text, with the line of each path."""

    data: object
    lines: Mapping[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of the path, or of its nearest known parent."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.SafeLoader):
    """Composes nodes without aliases and only so deep."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not used here", problem_mark=event.start_mark)
        if self.depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=event.start_mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_yaml(text: str) -> Located | list[Problem]:
    """Read one YAML document, or return what is wrong with it as YAML."""
    if len(text.encode()) > MAX_TEXT_BYTES:
        return [Problem(1, f"the file is larger than {MAX_TEXT_BYTES // 1024} KiB: shorten it")]
    loader = _Loader(text) if _is_printable(text) else None
    if loader is None:
        return [Problem(1, "the file holds control characters: save it as plain UTF-8 text")]
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        return Located(None if node is None else _plain(loader, node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return [Problem(mark.line + 1 if mark else 1, f"not readable as YAML: {error.problem or error.context}")]
    except (yaml.YAMLError, ValueError) as error:
        return [Problem(1, f"not readable as YAML: {error}")]
    finally:
        loader.dispose()


def _is_printable(text: str) -> bool:
    return yaml.reader.Reader.NON_PRINTABLE.search(text) is None


def _plain(loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int]) -> object:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        value: object = loader.construct_object(node)
        return value
    if node.tag != _PLAIN_TAGS.get(type(node)):
        raise yaml.MarkedYAMLError(problem=f"the tag {node.tag} is not used here", problem_mark=node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, number), lines) for number, item in enumerate(node.value)]
    return _mapping(loader, node, path, lines)


def _mapping(loader: _Loader, node: yaml.Node, path: Path, lines: dict[Path, int]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in result:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands here twice", problem_mark=key_node.start_mark)
        lines[(*path, key)] = key_node.start_mark.line + 1
        result[key] = _plain(loader, value_node, (*path, key), lines)
    return result
