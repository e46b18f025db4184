"""The route table of the pages, read from the pages' own source: a page that is added is a page that is tested."""

import re
from pathlib import Path

TABLE = Path(__file__).parents[3] / "web" / "src" / "app" / "routes.ts"
PATH = re.compile(r"""^\s*page\((?:"([^"]+)"|(MORE))""", re.MULTILINE)


def paths() -> list[str]:
    """Every path, parameters as ``:name``."""
    return [path or "/more" for path, _ in PATH.findall(TABLE.read_text())]


VIEWS = (
    *(f"/requests?view={view}" for view in ("waiting", "mine", "all")),
    "/requests/reviews?view=all",
    *(f"/sessions?view={view}" for view in ("past", "blocks", "drills")),
    *(f"/recordings/:recording?view={view}" for view in ("changes", "proof")),
)
"""Views of a page that stand in its query, beside the one that it opens with."""


def filled(path: str, places: dict[str, str]) -> str:
    """The path with its parameters filled in."""
    # A form that has chosen already shows more of itself.
    path = path.replace("/requests/new", "/requests/new?asset=:asset&service=modbus")
    return re.sub(r":(\w+)", lambda found: places[found[1]], path)


def who_sees(path: str) -> str:
    """Somebody whose role shows the page."""
    if path == "/requests/new":
        return "engineer"
    if path in ("/requests/:request", "/requests/:emergency/review"):
        return "operator-2"
    if path.startswith(("/recordings", "/changes", "/audit")):
        return "auditor"
    if path.startswith("/inventory") and path.endswith(("/enrol", "/new", "/edit", "/import", "/tags")):
        return "admin"
    if path.startswith(("/people", "/settings", "/policies")):
        return "admin"
    return "operator-1"


OTHERS = (
    *(("engineer", path) for path in ("/", "/requests", "/requests/:request", "/sessions", "/inventory/assets/:asset")),
    ("engineer", "/inventory/assets/:asset/tags"),
    *(("admin", path) for path in ("/", "/sessions/:session", "/recordings/:recording", "/audit", "/inventory")),
    ("admin", "/inventory/assets/:asset"),
    *(
        ("auditor", path)
        for path in (
            "/",
            "/requests/reviews",
            "/requests/:emergency/review",
            "/sessions",
            "/inventory",
            "/people",
            "/policies/:name",
        )
    ),
)
"""Pages that look otherwise to others than who usually sees them."""
