"""States of a record and the steps between them, declared once: who may take which step, from where, and what it asks for.

The record keeps its state in one column. A service takes a step by :meth:`Workflow.take`; pages get their buttons, labels and
tones from the same declaration. What a step means beside the new state is the service's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.db.actor import Actor
from core.db.session import ActorSession
from core.errors import Conflict, DomainError, Forbidden, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.resources.base import Action
from core.text import clean

_ = translator(__name__)

MAX_REASON = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: what people call it, and its tone."""

    value: str
    label: object
    tone: str = "grey"


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from any of ``sources`` to ``target``, for whom holds ``permission``.

    ``label`` is what its button says; ``asks_reason`` wants a text that is kept; ``confirm`` is a question before it.
    """

    key: str
    label: object
    sources: tuple[str, ...]
    target: str
    permission: str
    icon: str = ""
    asks_reason: bool = False
    confirm: object = ""
    is_primary: bool = False
    place: str = "button"


@dataclass(frozen=True)
class Workflow:
    """The states that records of a model go through, in the attribute ``state``; the first one is that of a new record."""

    states: Sequence[State]
    transitions: Sequence[Transition]

    def __post_init__(self) -> None:
        known = {state.value for state in self.states}
        for step in self.transitions:
            if unknown := {*step.sources, step.target} - known:
                raise ValueError(f"step {step.key}: no state {', '.join(sorted(unknown))}")
        if len({step.key for step in self.transitions}) < len(self.transitions):
            raise ValueError("two steps of one key")

    @property
    def labels(self) -> Mapping[str, object]:
        """What each state is called."""
        return {state.value: state.label for state in self.states}

    @property
    def tones(self) -> Mapping[str, str]:
        """The tone of each state's badge."""
        return {state.value: state.tone for state in self.states}

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions of all steps: a route that takes them admits whoever holds one."""
        return tuple(dict.fromkeys(step.permission for step in self.transitions))

    def step(self, key: str) -> Transition:
        """The step ``key``. NotFound where there is none."""
        for step in self.transitions:
            if step.key == key:
                return step
        raise NotFound.of("not_found", _("This step does not exist."))

    def may_take(self, actor: Actor, record: Any, key: str) -> bool:
        """Whether the actor may take the step with the record as it is now."""
        step = self.step(key)
        return record.state in step.sources and actor.can(step.permission)

    def take(self, session: ActorSession, record: Any, key: str, reason: str = "") -> str:
        """Put the record into the step's state; the former one is returned. Nothing is flushed.

        Raises Forbidden without the right, Conflict where the record is in another state by now, DomainError without a reason
        where the step asks for one; the reason is kept in ``cancel_reason`` until another step is taken.
        """
        step = self.step(key)
        if not session.actor.can(step.permission):
            raise Forbidden.of("forbidden", _("You may not do this: %(step)s.", step=step.label))
        if record.state not in step.sources:
            message = _("This is not possible any more: the state is “%(state)s”.", state=self.labels[record.state])
            raise Conflict.of("wrong_state", message)
        if step.asks_reason:
            record.cancel_reason = _checked_reason(reason)
        elif record.cancel_reason:
            record.cancel_reason = None
        before: str = record.state
        record.state = step.target
        return before

    def actions(self, endpoint: str, also: Callable[[Any, str], bool] = lambda record, key: True) -> tuple[Action, ...]:
        """A button for each step: posted to ``endpoint`` with ``id`` and ``step``, or a dialog where it asks for a reason.

        ``also(record, key)`` narrows when it is shown.
        """
        return tuple(
            Action(
                step.label,
                endpoint,
                icon=step.icon,
                primary=step.is_primary,
                post=not step.asks_reason,
                dialog=step.asks_reason,
                confirm=step.confirm,
                place=step.place,
                when=self._offered(step.key, also),
                parameters={"step": step.key},
            )
            for step in self.transitions
        )

    def _offered(self, key: str, also: Callable[[Any, str], bool]) -> Callable[[Any], bool]:
        return lambda record: self.may_take(current_session().actor, record, key) and also(record, key)


def _checked_reason(reason: str) -> str:
    reason = clean(reason)
    if not reason:
        raise DomainError.of("required", _("Say why."), "reason")
    if len(reason) > MAX_REASON:
        raise DomainError.of("too_long", _("At most %(max)s characters.", max=MAX_REASON), "reason")
    return reason
