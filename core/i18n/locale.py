"""The language of what is being rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask.globals import _cv_app as application

SOURCE_LOCALE = "en"  # the language of the msgids
DEFAULT_LOCALE = "vi"
LOCALES = (DEFAULT_LOCALE, SOURCE_LOCALE)

# Both functions below are asked for some two hundred times a page; Flask's proxies would cost more than what they lead to.

_chosen: ContextVar[str | None] = ContextVar("banyan_locale", default=None)


def current_locale() -> str:
    """``use_locale``'s, else what the request put into ``g.locale``, else Vietnamese. Always one of LOCALES."""
    locale = _chosen.get()
    if locale is None and (running := application.get(None)) is not None:
        locale = running.g.get("locale")
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
    running = application.get(None)
    return None if running is None else running.app.extensions.get(extension)
