import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.keys import vault
from linli.keys.sealed import NotOpened, blind, opened, seal

NUMBER = "11010519491231002X"
COLUMN = "workforce_worker.id_number"


@pytest.fixture(autouse=True)
def keys(tmp_path, settings):
    settings.KEYS = tmp_path / "keys"


def test_what_is_sealed_opens_again_and_does_not_show():
    sealed = seal(NUMBER, column=COLUMN)
    assert opened(sealed, column=COLUMN) == NUMBER
    assert NUMBER not in sealed
    assert sealed.startswith("a1.1.")


def test_the_same_number_is_sealed_otherwise_each_time():
    assert seal(NUMBER, column=COLUMN) != seal(NUMBER, column=COLUMN)


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=40))
def test_any_text_opens_again(text):
    assert opened(seal(text, column=COLUMN), column=COLUMN) == text


def test_nothing_stays_nothing():
    assert seal("", column=COLUMN) == ""
    assert opened("", column=COLUMN) == ""
    assert blind("id_number", "") == ""


def test_a_sealed_text_moved_to_another_column_does_not_open():
    with pytest.raises(NotOpened):
        opened(seal(NUMBER, column=COLUMN), column="workforce_worker.phone")


@pytest.mark.parametrize("place", [0, 3, 5, 10, -6])
def test_a_changed_text_does_not_open(place):
    sealed = seal(NUMBER, column=COLUMN)
    at = place % len(sealed)
    changed = sealed[:at] + ("b" if sealed[at] != "b" else "c") + sealed[at + 1 :]
    with pytest.raises(NotOpened):
        opened(changed, column=COLUMN)


def test_another_place_s_key_does_not_open_it(tmp_path, settings):
    sealed = seal(NUMBER, column=COLUMN)
    settings.KEYS = tmp_path / "other"
    with pytest.raises(NotOpened):
        opened(sealed, column=COLUMN)


def test_a_further_key_seals_from_then_on_and_the_old_one_still_opens():
    before = seal(NUMBER, column=COLUMN)
    assert vault.further_personal_key() == 2
    after = seal(NUMBER, column=COLUMN)
    assert after.startswith("a1.2.")
    assert opened(before, column=COLUMN) == opened(after, column=COLUMN) == NUMBER


def test_a_key_that_another_process_made_is_read():
    vault.personal_keys()
    vault._write(vault.settings.KEYS / "personal.2.key", "00" * 32)
    assert vault.personal_key(2) == bytes(32)


def test_a_number_is_found_by_its_hash_and_kinds_are_apart():
    assert blind("id_number", NUMBER) == blind("id_number", NUMBER)
    assert blind("id_number", NUMBER) != blind("phone", NUMBER)
    assert len(blind("id_number", NUMBER)) == 64


def test_the_key_files_are_for_their_owner_alone():
    seal(NUMBER, column=COLUMN)
    blind("phone", "13805351234")
    names = {path.name: path.stat().st_mode & 0o777 for path in vault.settings.KEYS.iterdir()}
    assert names == {"personal.1.key": 0o600, "personal.index.key": 0o600}
