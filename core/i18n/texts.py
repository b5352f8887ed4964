"""Texts in code: ``_ = translator(__name__)`` at the top of a module, ``_("Save")`` anywhere in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, SupportsIndex

from core.i18n.catalogues import Library, installed
from core.i18n.locale import current_locale
from core.i18n.numbers import format_number


class LazyString:
    """A text that takes the reader's language only when it is used as a string.

    It may stand in class bodies and module constants, and behaves as the ``str`` that it becomes: formatting,
    comparison, the methods of ``str``. It is no markup, so templates escape it. Two are equal, and hash alike, if they
    read alike in the current language: do not keep them as keys across languages.
    """

    __slots__ = ("_resolve",)

    def __init__(self, resolve: Callable[[], str]) -> None:
        self._resolve = resolve

    def __str__(self) -> str:
        return self._resolve()

    def __repr__(self) -> str:
        return f"LazyString({self._resolve()!r})"

    def __getattr__(self, name: str) -> Any:
        # Protocols ask for such names (__html__ above all), and a plain text follows none of them.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(str(self), name)

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyString) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other) if isinstance(other, str | LazyString) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __bool__(self) -> bool:
        return bool(str(self))

    def __len__(self) -> int:
        return len(str(self))

    def __iter__(self) -> Iterator[str]:
        return iter(str(self))

    def __contains__(self, part: str) -> bool:
        return str(part) in str(self)

    def __getitem__(self, index: SupportsIndex | slice) -> str:
        return str(self)[index]

    def __mod__(self, values: Any) -> str:
        text: str = str(self) % values
        return text

    def __add__(self, other: object) -> str:
        return str(self) + str(other) if isinstance(other, str | LazyString) else NotImplemented

    def __radd__(self, other: object) -> str:
        return str(other) + str(self) if isinstance(other, str) else NotImplemented

    def __format__(self, form: str) -> str:
        return format(str(self), form)


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns msgids into lazy texts of one module's domain.

    Values are filled in by name: ``_("%(n)s rows", n=3)``. Without values nothing is filled in, so "100%" may stand.
    """

    module_name: str

    def __call__(self, msgid: str, /, **values: object) -> LazyString:
        """The text; ``msgid`` is a literal, or it cannot be found for translation."""

        def text() -> str:
            library = installed()
            return text_of(library, library.domain_of(self.module_name), msgid, values)

        return LazyString(text)

    def n(self, singular: str, plural: str, n: int, /, **values: object) -> LazyString:
        """The form for the number ``n``, which is also the value ``%(n)s`` unless another is given."""

        def text() -> str:
            library = installed()
            return plural_of(library, library.domain_of(self.module_name), singular, plural, n, values)

        return LazyString(text)


def translator(module_name: str) -> Translator:
    """The ``_`` of a module: ``_ = translator(__name__)``."""
    return Translator(module_name)


def in_domain(msgid: str, domain: str) -> LazyString:
    """A text whose addon is known by name, as those of manifests: ``in_domain(entry.title, entry.addon)``."""
    return LazyString(lambda: text_of(installed(), domain, msgid, {}))


def text_of(library: Library, domain: str, msgid: str, values: Mapping[str, object]) -> str:
    """The text in the current language, filled in."""
    return _filled(library.text(domain, msgid, current_locale()), msgid, values)


def plural_of(library: Library, domain: str, singular: str, plural: str, n: int, values: Mapping[str, object]) -> str:
    """The form for ``n`` in the current language, filled in; ``%(n)s`` reads 1.284 unless another value is given."""
    text = library.plural(domain, singular, plural, n, current_locale())
    return _filled(text, singular if n == 1 else plural, {"n": format_number(n), **values})


def _filled(text: str, msgid: str, values: Mapping[str, object]) -> str:
    """A translation with wrong placeholders must not break a page: then the msgid stands in."""
    if not values:
        return text
    try:
        return text % values
    except (KeyError, TypeError, ValueError):
        return msgid % values
