"""Vietnamese text: folding for search, keys for alphabetical order, cleaning of what people paste.

Pure functions on strings. What a stored column does with them (``search_text``, sort columns) belongs to ``core.db``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

SORT_KEY_LENGTH = 200
"""Characters of the longest sort key: about 95 letters of a name. Longer names tie; the next sort column decides."""

LIKE_ESCAPE = "\\"
"""The escape character that :func:`like_pattern` uses; pass it to ``like(…, escape=LIKE_ESCAPE)``."""

# Eth and the African d look like đ in most fonts and stand for it in text converted from TCVN3 and VNI files.
_D_WITH_STROKE = dict.fromkeys(map(ord, "đĐðÐɖƉ"), "d")
_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070))
)
# Joiners hold emoji together, so cleaning keeps what folding drops.
_INVISIBLE_IN_CLEAN_TEXT = {code: None for code in _INVISIBLE if code not in (0x200C, 0x200D)}

_UNSEEN = ("Mn", "Me", "Cf", "Cs", "Cc")
_FIRST_IDEOGRAPH = 0x2E80

_LETTER_MARKS = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_WORD_END = "1"
_NUMBER = "9"
_FOREIGN = "z9"


def fold(text: str) -> str:
    """``text`` as search and duplicate checks compare it: lower case, no marks, đ→d, single spaces, nothing invisible.

    Composed and decomposed spellings, both places of the tone mark (``Hoà``, ``Hòa``) and full-width characters fold
    alike. ``fold(fold(x)) == fold(x)``.
    """
    folded = " ".join(text.translate(_FOLDED).split())
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


class _FoldedCharacters(dict[int, str]):
    """Every character's folded form, found once; only scripts with an alphabet are kept."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = " " if char.isspace() else _without_marks(_without_marks(char).casefold())
        if code < _FIRST_IDEOGRAPH:
            self[code] = folded
        return folded


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE))
    kept = "".join(char for char in decomposed if unicodedata.category(char) not in _UNSEEN)
    return unicodedata.normalize("NFC", kept.translate(_D_WITH_STROKE))


_FOLDED = _FoldedCharacters()


def clean(text: str, *, multiline: bool = False) -> str:
    """``text`` fit for storing: NFC, trimmed, without control and invisible characters, NULs and lone surrogates.

    Line breaks and tabs become spaces, or stay (as ``\\n`` and ``\\t``) with ``multiline``. PostgreSQL refuses NUL and
    surrogates, xlsx refuses the other control characters, and bidirectional overrides make a text read as another.
    """
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text.strip()  # nearly every text; the rest takes ten times as long
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_INVISIBLE_IN_CLEAN_TEXT)
    kept = "".join(_clean_char(char, multiline) for char in text)
    return unicodedata.normalize("NFC", kept).strip()


def _clean_char(char: str, multiline: bool) -> str:
    category = unicodedata.category(char)
    if category in ("Zl", "Zp") or char in "\n\t\r\x0b\x0c\x85":
        return char if multiline and char in "\n\t" else " "
    is_noncharacter = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
    return "" if category in ("Cc", "Cs") or is_noncharacter else char


def like_pattern(fragment: str) -> str:
    """The LIKE pattern that finds ``fragment`` anywhere, with ``%``, ``_`` and the backslash taken literally."""
    for special in (LIKE_ESCAPE, "%", "_"):
        fragment = fragment.replace(special, LIKE_ESCAPE + special)
    return f"%{fragment}%"


def initials(name: str) -> str:
    """The one or two capitals that stand for a person, of the first and the last word (``Đặng Thu Hà`` → ``ĐH``)."""
    words = list(_words(_before_bracket(name)))
    return "".join(word[0].upper()[:1] for word in (*words[:1], *words[1:][-1:]))


def sort_key(name: str, by: Literal["given", "full"] = "given") -> str:
    """A key whose plain byte order is Vietnamese alphabetical order.

    Letters: a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z. Words are compared one after the other,
    each by its letters and then by its tone: ngang, huyền, hỏi, ngã, sắc, nặng. ``by="given"`` puts the last word
    first, as Vietnamese lists of people do; a note in brackets at the end is no part of the name. Numbers compare by
    value and stand before letters; letters of other scripts stand last; case and punctuation do not count.

    The key consists of ``a-z0-9`` only, so SQLite's binary order and every PostgreSQL collation agree on it. It is at
    most :data:`SORT_KEY_LENGTH` characters long.
    """
    head = _before_bracket(name)
    words, note = list(_words(head)), list(_words(name[len(head) :]))
    if by == "given" and words:
        words = [words[-1], *words[:-1]]
    return "".join(_word_key(word) for word in words + note)[:SORT_KEY_LENGTH]


def _before_bracket(name: str) -> str:
    head = name.partition("(")[0]
    return head if head.strip() else name


def _words(text: str) -> Iterator[str]:
    """Runs of letters with their marks, and runs of digits; everything else separates."""
    word = ""
    for char in unicodedata.normalize("NFC", text).translate(_INVISIBLE):
        if char.isalpha() or char.isdecimal() or (word and unicodedata.category(char) == "Mn"):
            if word and char.isdecimal() != word[-1].isdecimal() and unicodedata.category(char) != "Mn":
                yield word
                word = ""
            word += char
        elif word:
            yield word
            word = ""
    if word:
        yield word


def _word_key(word: str) -> str:
    if word[0].isdecimal():
        digits = "".join(str(unicodedata.decimal(char, "")) for char in word).lstrip("0") or "0"
        return f"{_NUMBER}{min(len(digits), 9)}{digits}{_WORD_END}0"
    letters, tones = "", ""
    for char in unicodedata.normalize("NFKD", word).lower():
        if char in _TONES:
            tones += _TONES[char]
        elif char in _LETTER_MARKS and letters[-1:] == "0":
            letters = letters[:-1] + _LETTER_MARKS[char]
        else:
            letters += _letter_key(char)
    return f"{letters}{_WORD_END}{tones or '0'}"


def _letter_key(char: str) -> str:
    if "a" <= char <= "z":
        return char + "0"
    if char in "đðɖ":
        return "d1"
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return ""
    return f"{_FOREIGN}{ord(char):05x}"
