"""Fragment search in two bounded ways (architecture §3).

A rare fragment: the search function returns its ids, and the page asks for those. A common one (over the cap): the page walks
its sort index with LIKE as a filter and finds rows soon. On SQLite, which has no row security, LIKE always serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, text

from core.db.base import TenantModel
from core.db.mixins import SEARCH_CAP, Searchable
from core.db.session import ActorSession
from core.text import fold, like_pattern

INDEXED_LENGTH = 3
"""Characters a fragment needs before a trigram index can serve it."""

MAX_QUERY = 200
"""Characters that count; SQLite refuses patterns of 50,000 bytes."""


def matches(session: ActorSession, model: type[Any], query: str) -> ColumnElement[bool] | None:
    """The criterion "``query`` occurs in the row", every word of it; None for an empty query."""
    assert issubclass(model, TenantModel)
    assert issubclass(model, Searchable)
    words = fold(query[:MAX_QUERY]).split()
    if not words:
        return None
    like = [model.search_text.like(like_pattern(word), escape="\\") for word in words]
    longest = max(words, key=len)
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(longest) >= INDEXED_LENGTH:
        ids = (
            connection.execute(
                text("SELECT banyan_search(CAST(:target AS regclass), :pattern, :cap)"),
                {"target": model.__tablename__, "pattern": like_pattern(longest), "cap": SEARCH_CAP + 1},
            )
            .scalars()
            .all()
        )
        if len(ids) <= SEARCH_CAP:
            rare = model.id == func.any(list(ids)) if ids else model.id.is_(None)
            rest = [term for word, term in zip(words, like, strict=True) if word != longest]
            return _all([rare, *rest])
    return _all(like)


def _all(terms: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(*terms)
