"""Passwords: how they are kept, compared and judged.

Argon2id with 19 MiB, two passes and one lane takes about 35 ms; at most two are computed at a time, so that a flood of
log-ins cannot take the machine. Whether an attempt may be made at all is asked before, in ``core.access.throttle``.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import DomainError, Problem
from core.i18n import translator
from core.text import fold

_ = translator(__name__)

AT_ONCE = 2
"""Hashes computed at the same time by one process."""

LONGEST_WAIT = 5.0
"""Seconds a log-in waits for its turn before it is told to come back."""

MIN_LENGTH = 8
MAX_LENGTH = 256
"""Characters (ASVS 5.0 §6.2.1 and §6.2.9: at least 8 to be asked, at least 64 to be possible)."""

TOO_LITTLE_BESIDE = 4
"""Characters beside the user name, the name or the company that make a password a password of its own."""

FEWEST_GUESSES = 1_000_000
"""What a guesser who begins with the likely ones must try at least: more than a lock-out lets through in a lifetime."""

PIECE = 16
"""Characters estimated at a time: the estimate's work grows steeply with symbols that may stand for letters."""

# Among the first in Vietnam, and unknown to the estimate's own lists (leaked passwords, names, English words).
VIETNAMESE_WORDS = (
    "anhyeuem", "baomat", "congty", "congviec", "doanhnghiep", "emyeuanh", "giadinh", "giamdoc", "haiphong", "hanoi",
    "hochiminh", "hoilamgi", "ketoan", "khachhang", "khongbiet", "khongco", "kinhdoanh", "matkhau", "matkhaumoi", "ngaymai",
    "nguyen", "nhanvien", "quanly", "quantri", "saigon", "taikhoan", "tinhyeu", "toiyeu", "truongphong", "vietnam",
    "yeuanh", "yeuem", "banyan",
)  # fmt: skip

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turns = threading.BoundedSemaphore(AT_ONCE)

UNUSABLE = "!"
"""Kept in place of a hash while somebody has no password: he was invited and has not chosen one."""

# What an unknown user's password is compared with, so that the answer takes as long; nobody knows the password.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$sv0Lqt1n3+kF/EG/cpLp1g$cXXf4cFTbxpQcuDXtR3tCoDty3bvWMyktVLKELbQPwc"


class PasswordsBusy(DomainError):
    """Too many passwords are being checked at this moment; nothing was decided (503)."""

    status = 503


def hash_password(password: str) -> str:
    """What is kept of a password."""
    with _turn():
        return _hasher.hash(_normal(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the hash ``kept``. None and unusable hashes take the same time and are False."""
    usable = kept is not None and kept.startswith("$argon2id$")
    with _turn():
        try:
            _hasher.verify(kept if usable and kept else _NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return usable


def needs_rehash(kept: str) -> bool:
    """Whether ``kept`` was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def password_problems(
    password: str, *, username: str, name: str, company: Sequence[str] = (), field: str = "password"
) -> list[Problem]:
    """What is wrong with a new password, if anything. Length matters, a mixture of signs is not asked (ASVS 5.0 §6.2).

    Refused too are the user name, the name and the ``company``'s names with little beside, and what is tried first.
    """
    personal = [word for word in (username, username.partition("@")[0], name, *company) if word]
    if len(password) < MIN_LENGTH:
        message = _("Use at least %(n)s characters; a short sentence is easy to remember.", n=MIN_LENGTH)
        return [Problem("too_short", message, field)]
    if len(password) > MAX_LENGTH:
        return [Problem("too_long", _("Use at most %(n)s characters.", n=MAX_LENGTH), field)]
    if any(_is_little_more_than(password, word) for word in personal):
        message = _("The password must be more than the user name, your name or the company's name.")
        return [Problem("personal", message, field)]
    if _is_common(password, personal):
        message = _("This password is among the first that are tried. Choose another one.")
        return [Problem("common", message, field)]
    return []


def _is_common(password: str, personal: Sequence[str]) -> bool:
    from zxcvbn import zxcvbn  # 13 MB of words, which most processes never need

    plain = "".join(fold(password).split())
    known = [*VIETNAMESE_WORDS, *(part for word in personal for part in fold(word).split())]
    pieces = (plain[start : start + PIECE] for start in range(0, len(plain), PIECE))
    return all(zxcvbn(piece, user_inputs=known)["guesses"] < FEWEST_GUESSES for piece in pieces)


def _is_little_more_than(password: str, word: str) -> bool:
    plain, known = _letters(password), _letters(word)
    return bool(known) and known in plain and len(plain) - len(known) < TOO_LITTLE_BESIDE


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _normal(password: str) -> str:
    """One spelling for a password typed on different keyboards: ``ấ`` may be one character or three."""
    return unicodedata.normalize("NFKC", password[:MAX_LENGTH])


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=LONGEST_WAIT):
        raise PasswordsBusy.of("busy", _("Very many people are signing in. Try again in a moment."))
    try:
        yield
    finally:
        _turns.release()
