"""A sealed secret opens with its key, in its place, unchanged; anything else is refused."""

from pathlib import Path

import pytest

from broker.vault.sealing import MasterKey, Sealer, UnsealError, load_or_make_master_key

KEY, OTHER = MasterKey(b"k" * 32), MasterKey(b"o" * 32)
PLACE = "users.totp:usr_a"


def test_a_secret_opens_in_its_place() -> None:
    assert Sealer([KEY]).unseal(Sealer([KEY]).seal(b"secret", PLACE), PLACE) == b"secret"


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(UnsealError):
        Sealer([KEY]).unseal(Sealer([KEY]).seal(b"secret", PLACE), "users.totp:usr_b")


def test_a_secret_of_another_key_does_not_open() -> None:
    with pytest.raises(UnsealError):
        Sealer([OTHER]).unseal(Sealer([KEY]).seal(b"secret", PLACE), PLACE)


def test_any_changed_byte_is_found() -> None:
    sealed = Sealer([KEY]).seal(b"secret", PLACE)
    for position in range(len(sealed)):
        changed = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        with pytest.raises(UnsealError):
            Sealer([KEY]).unseal(changed, PLACE)


@pytest.mark.parametrize("length", [0, 1, 8, 9, 15, 21, 30])
def test_a_truncated_secret_is_refused(length: int) -> None:
    with pytest.raises(UnsealError):
        Sealer([KEY]).unseal(Sealer([KEY]).seal(b"secret", PLACE)[:length], PLACE)


def test_the_first_key_seals_and_the_others_still_open() -> None:
    old = Sealer([OTHER]).seal(b"secret", PLACE)
    both = Sealer([KEY, OTHER])
    assert both.unseal(old, PLACE) == b"secret"
    assert (both.is_current(old), both.is_current(both.seal(b"secret", PLACE))) == (False, True)


def test_a_master_key_never_shows_itself() -> None:
    assert repr(KEY) == f"MasterKey(id={KEY.key_id.hex()})"


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    first = load_or_make_master_key(tmp_path / "master.key")
    assert load_or_make_master_key(tmp_path / "master.key") == first
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
