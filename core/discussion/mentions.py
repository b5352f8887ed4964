"""@name in a text: who is meant, and what of the text is a mention. An @ inside an e-mail address is none (CUS-021)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from core.access.models import User
from core.db.session import ActorSession

MENTION = re.compile(r"(?<![\w@.+-])@([A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a text that calls a person."""

    name: str
    url: str = "#"


def find_mentioned(session: ActorSession, body: str) -> list[User]:
    """The active users that ``body`` calls, each once, in order. Unknown and locked names are plain text."""
    names = list(dict.fromkeys(name.lower() for name in MENTION.findall(body)))
    if not names:
        return []
    users = session.scalars(select(User).where(User.username.in_(names), User.is_active))
    by_name = {user.username: user for user in users}
    return [by_name[name] for name in names if name in by_name]


def split_mentions(body: str, people: Mapping[str, str]) -> list[str | Mention]:
    """``body`` in parts for a page; ``people`` maps a user name to the person's name."""
    parts: list[str | Mention] = []
    end = 0
    for match in MENTION.finditer(body):
        if (name := people.get(match[1].lower())) is not None:
            parts += [body[end : match.start()], Mention(name)]
            end = match.end()
    parts.append(body[end:])
    return [part for part in parts if part]


def names_in(bodies: Iterable[str]) -> set[str]:
    """Every user name that may be meant in ``bodies``."""
    return {name.lower() for body in bodies for name in MENTION.findall(body)}
