"""Hash passwords with argon2, and check them in the same time for known and unknown people."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.errors import KnownError

SHORTEST = 8
LONGEST = 1024

# 19 MiB, two passes, one lane: OWASP's first choice. The library's own default takes 64 MiB a
# sign-in, which a class of students signing in together turns into gigabytes.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODYS_HASH = HASHER.hash(secrets.token_hex())


class PasswordUnfit(KnownError):
    code = "password_unfit"


def hash_password(password: str) -> str:
    """Return the hash to keep. Raises PasswordUnfit for one that is too short or too long."""
    if len(password) < SHORTEST:
        raise PasswordUnfit(f"a password has at least {SHORTEST} characters; choose a longer one")
    if len(password) > LONGEST:
        raise PasswordUnfit(f"a password has at most {LONGEST} characters; choose a shorter one")
    return HASHER.hash(_as_typed_anywhere(password))


def fits(password: str, *, password_hash: str | None) -> bool:
    """Say whether the password is right; without a hash the answer is no, after the same work."""
    typed = _as_typed_anywhere(password[: LONGEST + 1])
    try:
        HASHER.verify(password_hash or NOBODYS_HASH, typed)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _as_typed_anywhere(password: str) -> str:
    # One keyboard composes é in one code point, another in two; an input method may write １ for 1.
    return unicodedata.normalize("NFKC", password)
