"""What is installed has the pages inside, also where no node is: a wheel from the source distribution of a checkout."""

import gzip
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from shutil import copytree, ignore_patterns
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
NEEDED = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
BUILD = """
import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync("dist/assets", { recursive: true });
writeFileSync("dist/index.html", "<!doctype html>");
writeFileSync("dist/assets/index-1.js", process.version + " ".repeat(5000));
writeFileSync("dist/assets/icon-1.svg", "<svg/>");
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout with pages that are quick to build, and with what a developer's own build left."""
    root = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        (root / name).write_bytes((ROOT / name).read_bytes())
    for package in ("broker", "client", "deploy", "tunnel"):
        copytree(ROOT / package, root / package, ignore=ignore_patterns("__pycache__", "dist"))
    web = root / "web"
    for name in ("node_modules/left", "dist"):
        (web / name).mkdir(parents=True)
        (web / name / "left-behind.js").touch()
    about = {"name": "pages", "version": "0.0.0"}
    (web / "package.json").write_text(json.dumps({**about, "scripts": {"build": "node build.mjs"}}))
    lock = {**about, "lockfileVersion": 3, "requires": True, "packages": {"": about}}
    (web / "package-lock.json").write_text(json.dumps(lock))
    (web / "build.mjs").write_text(BUILD)
    return root


class Build:
    """Runs Python programs where no other program is to be found but a shell, which npm needs."""

    def __init__(self, folder: Path) -> None:
        (folder / "sh").symlink_to("/bin/sh")
        self._environment = {"PATH": str(folder), "HOME": str(folder)}

    def run(self, *command: str, cwd: Path, **more: str) -> str:
        """Return what it prints."""
        environment = {**self._environment, **more}
        done = subprocess.run(
            [sys.executable, *command], check=False, cwd=cwd, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """What builds."""
    return Build(tmp_path_factory.mktemp("programs"))


@pytest.fixture(scope="module")
def source(checkout: Path, build: Build) -> Path:
    """The source distribution of the checkout."""
    build.run("-m", "hatchling", "build", "-t", "sdist", "-d", "out", cwd=checkout)
    (found,) = checkout.glob("out/*.tar.gz")
    return found


@pytest.fixture(scope="module")
def wheel(source: Path, build: Build) -> Path:
    """The wheel that pip makes of the source distribution."""
    quiet = ("--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check")
    build.run("-m", "pip", "wheel", *quiet, "-w", "wheels", str(source), cwd=source.parent)
    (found,) = source.parent.glob("wheels/*.whl")
    return found


def test_the_source_distribution_holds_what_the_pages_are_made_of_and_not_what_was_made(source: Path) -> None:
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"web/package.json", "web/package-lock.json", "web/build.mjs", "deploy/build_hook.py"} <= names
    assert not [name for name in names if "left-behind" in name]


def test_the_wheel_holds_pages_that_were_built_for_it(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        pages = [name for name in archive.namelist() if name.startswith("broker/http/dist/")]
        script = archive.read("broker/http/dist/assets/index-1.js")
        assert script.startswith(b"v24.")
        assert gzip.decompress(archive.read("broker/http/dist/assets/index-1.js.gz")) == script
    assert sorted(name.removeprefix("broker/http/dist/") for name in pages) == [
        "assets/icon-1.svg", "assets/index-1.js", "assets/index-1.js.br", "assets/index-1.js.gz", "index.html",
    ]  # fmt: skip


def test_an_installation_finds_its_pages(wheel: Path, build: Build, tmp_path: Path) -> None:
    with ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    look = "from broker.http.built import installed_pages; print(*sorted(installed_pages().files))"
    # Another copy of the broker is installed beside it: the one of the wheel is to be looked into.
    assert build.run("-c", look, cwd=tmp_path, PYTHONPATH=str(tmp_path / "site")).split() == [
        "assets/icon-1.svg", "assets/index-1.js",
    ]  # fmt: skip


def test_an_editable_installation_builds_nothing(checkout: Path, build: Build) -> None:
    build.run("-m", "hatchling", "build", "-t", "wheel:editable", "-d", "editable", cwd=checkout)
    (found,) = checkout.glob("editable/*.whl")
    with ZipFile(found) as archive:
        assert not [name for name in archive.namelist() if "dist/" in name]


def test_a_checkout_without_pages_makes_a_wheel_without_pages(checkout: Path, build: Build, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    copytree(checkout, bare, ignore=ignore_patterns("web", "out", "editable"))
    build.run("-m", "hatchling", "build", "-t", "wheel", "-d", "out", cwd=bare)
    (found,) = bare.glob("out/*.whl")
    with ZipFile(found) as archive:
        assert not [name for name in archive.namelist() if "dist/" in name and "dist-info" not in name]
