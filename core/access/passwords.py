"""Passwords: how they are kept, compared and judged.

Argon2id with 19 MiB, two passes and one lane takes about 35 ms; at most two are computed at a time, so that a flood of
log-ins cannot take the machine. Whether an attempt may be made at all is asked before, in ``core.access.throttle``.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
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

MIN_LENGTH = 10
MAX_LENGTH = 256
"""Characters (ASVS 5.0 §6.2.9 asks for at least 64 to be possible)."""

TOO_LITTLE_BESIDE = 4
"""Characters beside the user name or the name that make a password a password of its own."""

# Of ten characters or more, folded, without spaces: what lists of leaked and of Vietnamese passwords begin with.
COMMON = frozenset(
    """
    0123456789 01234567890 0987654321 09876543210 1234567890 12345678900 12345678910 123456789a 123456789z 1234567891
    123456123456 1234554321 1234512345 123123123123 123321123321 1029384756 1122334455 112233445566 1qaz2wsx3edc
    1q2w3e4r5t 1q2w3e4r5t6y 9876543210 a123456789 a1234567890 aa12345678 aa123456789 abc1234567 abc12345678
    abc123456789 abcd123456 abcd1234567 abcd12345678 abcdefghij abcdefghijk admin12345 admin123456 admin1234567
    administrator administrator1 adminadmin anhyeuem123 anhyeuem12 asd123456789 asdfghjkl1 asdfghjklz banyan1234
    banyan12345 banyan123456 changeme12 changeme123 changeme1234 computer123 congty1234 congty12345 default123
    dragon12345 emyeuanh123 facebook123 football123 giamdoc123 hanoi12345 hanoi123456 iloveyou12 iloveyou123
    ketoan1234 ketoan12345 khachhang123 khongbiet1 khongbiet123 kinhdoanh123 letmein123 letmein1234 matkhau123
    matkhau1234 matkhau12345 matkhau123456 matkhaumoi matkhau@123 nhanvien123 nhanvien1234 p@ssw0rd123 pass123456
    passw0rd12 passw0rd123 password10 password11 password12 password123 password1234 password12345 passwordpassword
    princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv quanly12345 quantri123 qwer123456 qwerty1234 qwerty12345
    qwerty123456 qwertyuiop qwertyuiop1 qwertyuiop123 saigon1234 saigon12345 sunshine123 superman123 test123456
    test1234567 trustno1234 user123456 vietnam123 vietnam1234 vietnam12345 vietnam1945 vietnam1975 welcome123
    welcome1234 welcome12345 zxcvbnm123 zxcvbnm1234 zxcvbnm,./
    """.split()  # noqa: SIM905  (a list of that length is read as words)
)

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_turns = threading.BoundedSemaphore(AT_ONCE)

UNUSABLE = "!"
"""Kept in place of a hash where nobody can log in with a password."""

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


def password_problems(password: str, *, username: str, name: str, field: str = "password") -> list[Problem]:
    """Everything that is wrong with a new password. Length matters, a mixture of signs is not asked (NIST 800-63B)."""
    problems = []
    if len(password) < MIN_LENGTH:
        message = _("Use at least %(n)s characters; a short sentence is easy to remember.", n=MIN_LENGTH)
        problems.append(Problem("too_short", message, field))
    elif len(password) > MAX_LENGTH:
        problems.append(Problem("too_long", _("Use at most %(n)s characters.", n=MAX_LENGTH), field))
    elif _is_common(password):
        message = _("This password is among the first that are tried. Choose another one.")
        problems.append(Problem("common", message, field))
    if any(_is_little_more_than(password, word) for word in (username, username.partition("@")[0], name)):
        message = _("The password must not be the user name or the name.")
        problems.append(Problem("personal", message, field))
    return problems


def _is_common(password: str) -> bool:
    plain = "".join(fold(password).split())
    return plain in COMMON or len(set(plain)) <= 2


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
