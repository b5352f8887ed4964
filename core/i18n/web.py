"""Languages in the application: what templates and JSON answers need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel
from jinja2 import Environment, Template
from jinja2.runtime import Context

from core.clock import ZONE
from core.dates import format_date, format_datetime, format_time
from core.i18n.catalogues import EXTENSION, Library, install
from core.i18n.locale import DEFAULT_LOCALE, current_locale
from core.i18n.numbers import format_number
from core.i18n.texts import LazyString, in_domain, plural_of, text_of
from core.money import format_money

Formatter = Callable[[Any], str]


def init_i18n(app: Flask, library: Library) -> None:
    """Give the application its languages: texts in templates, filters, lazy texts in JSON, Flask-Babel's settings.

    Flask-Babel serves other extensions only; its own template functions would read other catalogues.
    """
    install(library)
    app.extensions[EXTENSION] = library
    Babel(configure_jinja=False).init_app(
        app, default_locale=DEFAULT_LOCALE, default_timezone=str(ZONE), locale_selector=current_locale
    )
    app.jinja_env.template_class = _templates_in(library)
    register_filters(app)
    if isinstance(app.json, DefaultJSONProvider):
        app.json.default = _json_default(app.json.default)


def register_filters(app: Flask) -> None:
    """The filters ``date``, ``datetime``, ``time``, ``number``, ``money`` (None shows as nothing) and ``in_domain``.

    Dates and money read the same in both languages (architecture §10); only numbers follow the language.
    """
    formats: dict[str, Formatter] = {
        "date": format_date,
        "datetime": format_datetime,
        "time": format_time,
        "number": format_number,
        "money": format_money,
    }
    app.jinja_env.filters.update({name: _or_nothing(formatter) for name, formatter in formats.items()})
    app.jinja_env.filters["in_domain"] = in_domain


def _or_nothing(formatter: Formatter) -> Formatter:
    return lambda value: "" if value is None else formatter(value)


def _templates_in(library: Library) -> type[Template]:
    """Templates that bring ``_`` and ``_n`` of their addon's domain, among their globals.

    Not functions that ask the context for its template: Jinja makes a new context for each call of such a one. And all globals
    are copied together once, where Jinja would chain them and copy them for every page.
    """

    class WordedTemplate(Template):
        @classmethod
        def _from_namespace(
            cls, environment: Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
        ) -> Template:
            words = _words(library, library.domain_of_template(namespace["name"]))
            return super()._from_namespace(environment, namespace, {**globals, **words})

        def new_context(
            self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
        ) -> Context:
            """An included template is given all that the including one has, but its words are its own."""
            if shared:
                vars = {**(vars or {}), "_": self.globals["_"], "_n": self.globals["_n"]}
            return super().new_context(vars, shared, locals)

    return WordedTemplate


def _words(library: Library, domain: str) -> dict[str, Callable[..., str]]:

    def text(msgid: str, /, **values: object) -> str:
        """A plain string, so autoescaping escapes it, the values included."""
        return text_of(library, domain, str(msgid), values)

    def plural(singular: str, plural: str, n: int, /, **values: object) -> str:
        return plural_of(library, domain, singular, plural, n, values)

    return {"_": text, "_n": plural}


def _json_default(otherwise: Any) -> Any:
    def default(value: Any) -> Any:
        return str(value) if isinstance(value, LazyString) else otherwise(value)

    return default
