"""Fragment search in two bounded ways (architecture §3).

A rare text: the search function returns the ids of its rows, and the page asks for those. A common one (over the cap): the page
walks its sort index with LIKE as a filter and finds rows soon. On SQLite, which has no row security, LIKE always serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    Uuid,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS

from core.db.mixins import SEARCH_CAP
from core.db.session import ActorSession
from core.text import LIKE_ESCAPE, fold, like_pattern

FRAGMENT_LENGTH = 3
"""Letters from which a word is found anywhere in another; fewer are the beginning of one, else no index serves them."""

MAX_QUERY = 200
"""Characters that count; SQLite refuses patterns of 50,000 bytes."""


@dataclass(frozen=True, slots=True)
class Match:
    """The criterion "the text occurs in the row". A rare one may be sorted by anything; rows of a common one are met soon in
    any order that has nothing to do with the text.
    """

    criterion: ColumnElement[bool]
    is_rare: bool


def matches(session: ActorSession, model: type[Any], query: str) -> ColumnElement[bool] | None:
    """The criterion "``query`` occurs in the row", every word of it; None for an empty query."""
    found = find_matches(session, [(model, (query,))])[0]
    return None if found is None else found.criterion


def find_matches(session: ActorSession, asked: Sequence[tuple[type[Any], Sequence[str]]]) -> list[Match | None]:
    """For each (Searchable model, texts) the rows in which any of the texts occurs; None where all are empty.

    At most one statement for all of them.
    """
    wanted = [(model, [words for each in texts if (words := _patterns(each))]) for model, texts in asked]
    flat = [(model.__tablename__, words) for model, alternatives in wanted for words in alternatives]
    connection = session.connection()
    is_indexed = connection.dialect.name == "postgresql"
    ids = iter(_look_up(connection, flat) if flat and is_indexed else [None] * len(flat))
    found: list[Match | None] = []
    for model, alternatives in wanted:
        known = [(words, next(ids)) for words in alternatives]
        is_rare = not is_indexed or all(rare is not None for _words, rare in known)
        common = _like if is_rare else _met_soon
        terms = [common(model, words) if rare is None else model.id == func.any(rare) for words, rare in known]
        found.append(Match(or_(*terms), is_rare) if terms else None)
    return found


def begins_with(model: type[Any], query: str) -> ColumnElement[bool]:
    """Whether the first thing that finds a row, mostly its name, begins with ``query``: to sort rare matches by."""
    criterion: ColumnElement[bool] = model.search_text.like(
        like_pattern(fold(query[:MAX_QUERY]))[1:], escape=LIKE_ESCAPE
    )
    return criterion


def _patterns(query: str) -> list[str]:
    """A LIKE pattern for each word; one that does not begin with % is the beginning of a word."""
    words = dict.fromkeys(fold(query[:MAX_QUERY]).split())
    return [like_pattern(word) if len(word) >= FRAGMENT_LENGTH else like_pattern(word)[1:] for word in words]


def _like(model: type[Any], patterns: Sequence[str]) -> ColumnElement[bool]:
    def like(pattern: str) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.search_text.like(pattern, escape=LIKE_ESCAPE)
        return criterion

    return and_(*(like(each) if each.startswith("%") else or_(like(each), like(f"% {each}")) for each in patterns))


def _met_soon(model: type[Any], patterns: Sequence[str]) -> ColumnElement[bool]:
    """The same, said so that PostgreSQL expects it of half the rows and walks the page's index.

    Of LIKE it expects next to none, because row security keeps the statistics from it, and would read and sort the table.
    """
    return case((_like(model, patterns), true()), else_=false())


def _look_up(connection: Connection, asked: Sequence[tuple[str, list[str]]]) -> list[list[UUID] | None]:
    """The ids of each search by the search function; None for one that has more than the cap."""
    parts = [
        select(
            literal(at),
            func.banyan_search(cast(table, REGCLASS), cast(patterns, ARRAY(Text)), SEARCH_CAP + 1, type_=Uuid()),
        )
        for at, (table, patterns) in enumerate(asked)
    ]
    found: list[list[UUID]] = [[] for _each in asked]
    for place, id in connection.execute(union_all(*parts)):
        found[place].append(id)
    return [ids if len(ids) <= SEARCH_CAP else None for ids in found]
