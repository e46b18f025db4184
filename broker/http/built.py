"""The web pages as they were built, read once: a request is then a look into a table, and never at a file system."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

INDEX = "index.html"
HASHED = "assets/"
"""Below here the build puts what carries its own digest in its name."""
CODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings in order of preference, with the ending that the build gives the compressed file."""
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """The bytes of a file in one coding, and their entity tag."""

    coding: str
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file; ``variants`` has the one without coding (``identity``), and those that the build compressed."""

    media: str
    is_hashed: bool
    variants: Mapping[str, Variant]


@dataclass(frozen=True, slots=True)
class BuiltPages:
    """Everything that a build made: the page itself and the files that it needs, by their paths."""

    index: str
    files: Mapping[str, BuiltFile]


def installed_pages() -> BuiltPages | None:
    """Return the pages of this installation, or of the checkout that it runs from; ``None`` when nobody built them."""
    checkout = Path(__file__).parents[2]
    folders: list[Traversable] = [resources.files("broker.http") / "dist"]
    if (checkout / "pyproject.toml").is_file():
        folders.append(checkout / "web" / "dist")
    return next((read_pages(folder) for folder in folders if (folder / INDEX).is_file()), None)


def read_pages(folder: Traversable) -> BuiltPages:
    """Read a build. Hidden files and files of a kind that no page asks for stay out."""
    found = dict(_walk(folder, ""))
    files = {
        path: BuiltFile(MEDIA[ending], path.startswith(HASHED), _variants(path, found))
        for path in found
        if path != INDEX and (ending := _ending(path)) in MEDIA
    }
    return BuiltPages(found[INDEX].decode(), files)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def _ending(path: str) -> str:
    return "." + path.rpartition("/")[2].rpartition(".")[2]


def _variants(path: str, found: Mapping[str, bytes]) -> dict[str, Variant]:
    bodies = {coding: found.get(path + ending) for coding, ending in CODINGS.items()} | {"identity": found[path]}
    # Each coding has a tag of its own: a strong tag stands for exact bytes.
    return {
        coding: Variant(coding, body, hashlib.sha256(body).hexdigest()[:32])
        for coding, body in bodies.items()
        if body is not None
    }
