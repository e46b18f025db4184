"""What is read of a build, and where a build is looked for."""

from pathlib import Path

import pytest

from broker.http import built
from broker.http.built import installed_pages, read_pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small build."""
    dist = tmp_path / "web" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>")
    (dist / "assets" / "index-a1b2.js").write_bytes(b"script")
    (dist / "assets" / "index-a1b2.js.br").write_bytes(b"smaller")
    (dist / "favicon.svg").write_text("<svg/>")
    return dist


def test_files_are_known_by_their_paths_and_compressed_ones_are_variants(folder: Path) -> None:
    pages = read_pages(folder)
    assert pages.index == "<!doctype html>"
    assert set(pages.files) == {"assets/index-a1b2.js", "favicon.svg"}
    script = pages.files["assets/index-a1b2.js"]
    assert {coding: variant.body for coding, variant in script.variants.items()} == {
        "identity": b"script", "br": b"smaller"
    }  # fmt: skip
    assert len({variant.etag for variant in script.variants.values()}) == 2


def test_only_what_carries_its_digest_in_its_name_never_changes(folder: Path) -> None:
    pages = read_pages(folder)
    assert pages.files["assets/index-a1b2.js"].is_hashed
    assert not pages.files["favicon.svg"].is_hashed


@pytest.mark.parametrize("name", [".vite/manifest.json", ".env", "notes.md", "assets/.hidden.js", "assets/run.sh", "x"])
def test_what_no_page_asks_for_stays_out(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("not for strangers")
    assert set(read_pages(folder).files) == {"assets/index-a1b2.js", "favicon.svg"}


@pytest.fixture
def checkout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place that looks as if the broker ran from there."""
    root = folder.parents[1]
    monkeypatch.setattr(built, "__file__", str(root / "broker" / "http" / "built.py"))
    monkeypatch.setattr(built.resources, "files", lambda _package: root / "broker" / "http")
    return root


def test_a_checkout_has_the_pages_that_were_built_in_it(checkout: Path) -> None:
    (checkout / "pyproject.toml").touch()
    pages = installed_pages()
    assert pages is not None
    assert pages.index == "<!doctype html>"


def test_a_folder_that_only_happens_to_be_called_web_is_not_served(checkout: Path) -> None:
    assert installed_pages() is None


def test_the_pages_inside_the_package_come_first(checkout: Path) -> None:
    (checkout / "pyproject.toml").touch()
    packaged = checkout / "broker" / "http" / "dist"
    packaged.mkdir(parents=True)
    (packaged / "index.html").write_text("from the wheel")
    pages = installed_pages()
    assert pages is not None
    assert pages.index == "from the wheel"
