"""The language of what is being rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import current_app, g, has_app_context

SOURCE_LOCALE = "en"  # the language of the msgids
DEFAULT_LOCALE = "vi"
LOCALES = (DEFAULT_LOCALE, SOURCE_LOCALE)

_chosen: ContextVar[str | None] = ContextVar("banyan_locale", default=None)


def current_locale() -> str:
    """``use_locale``'s, else what the request put into ``g.locale``, else Vietnamese. Always one of LOCALES."""
    locale = _chosen.get() or (g.get("locale") if has_app_context() else None)
    return locale if locale in LOCALES else DEFAULT_LOCALE


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Everything rendered inside speaks this language. Raises ValueError for one that is not offered."""
    if locale not in LOCALES:
        raise ValueError(f'"{locale}" is not one of: {", ".join(LOCALES)}')
    token = _chosen.set(locale)
    try:
        yield
    finally:
        _chosen.reset(token)


def of_application(extension: str) -> Any:
    """What the running application keeps under this name; None outside of one."""
    return current_app.extensions.get(extension) if has_app_context() else None
