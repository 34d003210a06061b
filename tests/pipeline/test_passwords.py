import time

import pytest

from pipeline import passwords
from pipeline.passwords import PasswordUnfit


def test_the_right_password_fits_and_no_other() -> None:
    kept = passwords.hash_password("壹贰叁肆 five six")
    assert passwords.fits("壹贰叁肆 five six", password_hash=kept)
    assert not passwords.fits("壹贰叁肆 five si", password_hash=kept)
    assert not passwords.fits("", password_hash=kept)


def test_the_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = (passwords.hash_password("password1") for _ in range(2))
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_a_password_typed_with_another_input_method_is_the_same() -> None:
    kept = passwords.hash_password("caf\u00e9 2024")
    assert passwords.fits("cafe\u0301 ２０２４", password_hash=kept)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 1025])
def test_a_password_has_8_to_1024_characters(password: str) -> None:
    with pytest.raises(PasswordUnfit, match="characters"):
        passwords.hash_password(password)


def test_nothing_fits_where_there_is_no_hash_or_a_broken_one() -> None:
    assert not passwords.fits("password1", password_hash=None)
    assert not passwords.fits("password1", password_hash="not a hash")


def test_an_unknown_person_takes_as_long_as_a_known_one() -> None:
    kept = passwords.hash_password("password1")

    def seconds(password_hash: str | None) -> float:
        times = []
        for _ in range(7):
            start = time.process_time()
            passwords.fits("wrong-password", password_hash=password_hash)
            times.append(time.process_time() - start)
        return min(times)  # the one that the rest of the machine disturbed least

    assert 0.4 < seconds(None) / seconds(kept) < 2.5
