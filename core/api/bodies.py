"""The JSON of a request, read strictly: what two parsers could read differently, or no column could hold, is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import request

from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

MAX_BYTES = 1024 * 1024
"""Of a body: a record with fifty contacts has ten thousand."""

MAX_DEPTH = 8
"""Of lists and objects within each other; a record with sub-forms needs three."""

MAX_DIGITS = 19
"""Of a whole number: what a BIGINT holds."""

BIGINT = range(-(2**63), 2**63)
MIME_TYPES = frozenset({"application/json", "application/merge-patch+json"})
_TOO_LARGE = 2**64


class BadRequest(DomainError):
    """The body is no JSON, or no JSON that is taken (400)."""

    status = 400


class UnsupportedType(DomainError):
    """The body is something else than JSON (415)."""

    status = 415


def read_object() -> dict[str, Any]:
    """The request's body, a JSON object. BadRequest, UnsupportedType, or DomainError for the values in it."""
    if request.mimetype not in MIME_TYPES:
        raise UnsupportedType.of("not_json", _("Send JSON, with Content-Type: application/json."))
    return parse_object(request.get_data(cache=False))


def parse_object(body: bytes) -> dict[str, Any]:
    """``body`` as a JSON object (RFC 8259): UTF-8, each name once, no NaN, nothing too deep, too long or unprintable."""
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise BadRequest.of("bad_json", _("The body is no valid JSON.")) from None
    if not isinstance(found, dict):
        raise BadRequest.of("not_an_object", _("The body must be a JSON object."))
    problems = list(_problems_in(found))
    if problems:
        raise DomainError(*problems)
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            message = _("“%(name)s” stands twice in the same object.", name=_printable(name)[:40])
            raise BadRequest.of("duplicate_key", message)
        found[name] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _whole_number(digits: str) -> int:
    return int(digits) if len(digits.lstrip("-")) <= MAX_DIGITS else _TOO_LARGE


def _problems_in(value: Any) -> Iterator[Problem]:
    """What no field takes, wherever it stands. Without recursion, and so whatever the depth."""
    waiting: list[tuple[str, int, Any]] = [("", 0, value)]
    while waiting:
        place, depth, each = waiting.pop()
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(each, dict):
            for name in each:
                if not _is_text(name):
                    yield Problem("bad_text", _("This name holds characters that cannot be stored."), _printable(name))
            waiting += [(_below(place, name), depth + 1, inner) for name, inner in each.items()]
        elif isinstance(each, list):
            waiting += [(_below(place, str(at)), depth + 1, inner) for at, inner in enumerate(each)]
        elif isinstance(each, str) and not _is_text(each):
            yield Problem("bad_text", _("This text holds characters that cannot be stored."), place)
        elif (isinstance(each, int) and each not in BIGINT) or (isinstance(each, float) and not math.isfinite(each)):
            yield Problem("too_large", _("This number is too large."), place)


def _below(place: str, name: str) -> str:
    return _printable(f"{place}.{name}" if place else name)


def _is_text(text: str) -> bool:
    """Without NUL, which PostgreSQL refuses, and without half characters, which nothing can encode."""
    return _printable(text) == text


def _printable(text: str) -> str:
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode("utf-8", "replace").decode()


def _too_deep() -> BadRequest:
    return BadRequest.of("too_deep", _("Lists and objects lie at most %(n)s deep in each other.", n=MAX_DEPTH))
