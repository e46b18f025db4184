"""The route table of the pages, read from the pages' own source: a page that is added is a page that is tested."""

import re
from pathlib import Path

TABLE = Path(__file__).parents[3] / "web" / "src" / "app" / "routes.ts"
PATH = re.compile(r"""^\s*page\((?:"([^"]+)"|(MORE))""", re.MULTILINE)


def paths() -> list[str]:
    """Every path, parameters as ``:name``."""
    return [path or "/more" for path, _ in PATH.findall(TABLE.read_text())]


def filled(path: str, places: dict[str, str]) -> str:
    """The path with its parameters filled in."""
    # A form that has chosen already shows more of itself.
    path = path.replace("/new", "/new?asset=:asset&service=modbus")
    return re.sub(r":(\w+)", lambda found: places[found[1]], path)


def who_sees(path: str) -> str:
    """Somebody whose role shows the page."""
    if path == "/requests/new":
        return "engineer"
    if path == "/requests/:request":
        return "operator-2"
    if path.startswith(("/recordings", "/changes", "/audit")):
        return "auditor"
    if path.startswith(("/people", "/settings", "/policies")) or path.endswith("/enrol"):
        return "admin"
    return "operator-1"


OTHERS = (
    *(("engineer", path) for path in ("/", "/requests", "/requests/:request", "/sessions", "/inventory/assets/:asset")),
    *(("admin", path) for path in ("/", "/sessions/:session", "/recordings/:recording", "/audit")),
    *(("auditor", path) for path in ("/", "/sessions", "/inventory", "/people", "/policies/:name")),
)
"""Pages that look otherwise to others than who usually sees them."""
