"""What other addons bring to automation: the records that rules are about, and what rules can do with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.contributions import Point
from core.db import ActorSession
from core.errors import Problem
from core.messages.queries import Choice
from core.resources import Resource, find_resource
from core.web.forms import SubForm

Options = Callable[[ActorSession], Sequence[tuple[Any, object]]]


@dataclass(frozen=True, slots=True)
class RuleField:
    """A field that rules may watch, and change where there is a ``set``.

    ``name`` is the attribute, by which the record of changes knows it. ``options(session)`` are its values with their texts;
    without them a rule can only watch that it changed. ``set(session, record, value)`` is a service, which refuses by
    DomainError; it gets the option's value.
    """

    name: str
    label: object
    options: Options | None = None
    set: Callable[[ActorSession, Any, Any], None] | None = None


@dataclass(frozen=True, slots=True)
class RuleMoment:
    """A day that time triggers count from: a column or expression of the model, a date or a moment in UTC.

    ``is_yearly`` is for birthdays: it comes back each year on the same day.
    """

    key: str
    label: object
    column: Any
    is_yearly: bool = False


@dataclass(frozen=True, slots=True)
class RulePerson:
    """Somebody whom the record names, whom rules can tell or give work to; ``of(record)`` is the user's id, None for nobody."""

    key: str
    label: object
    of: Callable[[Any], UUID | None]


@dataclass(frozen=True, slots=True)
class RuleLetters:
    """How rules write e-mails about the record.

    ``templates`` are keys of message templates with ``allows_own``. ``send(session, record, choice, once)`` queues the chosen
    text to the record's address and returns whom it goes to; DomainError where there is no address. ``once`` is the
    message's idempotency key.
    """

    templates: tuple[str, ...]
    send: Callable[[ActorSession, Any, Choice, str], str]


@dataclass(frozen=True, slots=True)
class Automatable:
    """A kind of record that rules can be about: that of ``resource`` (``customer.customers``).

    The resource's filters are the conditions, but for those of ``without`` (keys), which ask who is looking.
    """

    resource: str
    fields: tuple[RuleField, ...] = ()
    moments: tuple[RuleMoment, ...] = ()
    people: tuple[RulePerson, ...] = ()
    letters: RuleLetters | None = None
    without: frozenset[str] = frozenset()

    def declared(self) -> Resource[Any]:
        """The resource."""
        return find_resource(self.resource)

    @property
    def entity(self) -> str:
        """The table, by which the record of changes names the kind of record."""
        return self.declared().entity


automatables = Point("automation.automatables", Automatable)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an action works on. The session sees all of the tenant; ``record_label`` is what the record is called.

    ``once`` names this run of this action, for what must not happen twice.
    """

    session: ActorSession
    kind: Automatable
    record: Any
    record_label: str
    record_url: str
    rule_name: str
    once: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of an action: names and dates, no sentence, for people of either language read it; and the page of it."""

    text: str
    url: str = ""


class RuleAction:
    """Something that rules can do. ``key`` is ``addon.what``; ``form`` asks what it needs, and what it says is kept as JSON:
    texts, whole numbers, ids.
    """

    key: ClassVar[str]
    title: ClassVar[object]
    icon: ClassVar[str] = "check"
    form: ClassVar[type[SubForm]]

    def fits(self, session: ActorSession, kind: Automatable) -> bool:
        """Whether it can be done with this kind of record."""
        return True

    def prepare(self, form: Any, session: ActorSession, kind: Automatable) -> None:
        """Offer what can be chosen."""

    def check(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> list[Problem]:
        """What is wrong with what was entered, at the fields of the form."""
        return []

    def tell(self, session: ActorSession, kind: Automatable, values: Mapping[str, Any]) -> str:
        """What was entered, in a few words, for the page of the rule."""
        return ""

    def run(self, occasion: Occasion, values: Mapping[str, Any]) -> list[Effect]:
        """Do it. A DomainError stops the rule for this record: nothing of it stays, and the log says why."""
        raise NotImplementedError


rule_actions = Point("automation.actions", RuleAction)
