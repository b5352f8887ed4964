"""A rule at work on one record: all of its actions or none, logged either way, and never twice for the same occasion."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError

from addons.automation.contributions import Automatable, Effect, Occasion, RuleAction, rule_actions
from addons.automation.models import AutomationRule, AutomationRun, RunState
from addons.automation.triggers import meets
from core.audit import CAUSE
from core.clock import now
from core.contributions import contributed
from core.db import ActorSession, system
from core.errors import DomainError
from core.i18n import translator

_ = translator(__name__)
log = logging.getLogger(__name__)

MAX_CHAIN = 5
"""Rules in a row of which each sets the next one off."""

MAX_LABEL = 200


def list_actions(session: ActorSession, kind: Automatable | None = None) -> dict[str, RuleAction]:
    """What rules can do, or can with this kind of record, by key."""
    found = contributed(rule_actions, session=session)
    return {each.key: each for each in found if kind is None or each.fits(session, kind)}


def run_rule(
    session: ActorSession,
    kind: Automatable,
    rule: AutomationRule,
    record_id: UUID,
    occasion: str,
    chain: Sequence[str] = (),
) -> AutomationRun | None:
    """Let the rule act on a record that meets its conditions, in the system's session, and log it.

    None where the record is gone or does not meet the conditions, where the rule dealt with this occasion before, and where
    it stands in ``chain`` (the ids of the rules that led here): a rule never sets itself off. What is wrong is logged, not
    raised, except that the database is away.
    """
    if str(rule.id) in chain:
        return None
    run = _begin(session, kind, rule, record_id, occasion)
    if run is None:
        return None
    if len(chain) >= MAX_CHAIN:
        run.state = RunState.STOPPED
        run.message = str(_("%(n)s rules have set each other off in a row; this one did nothing.", n=len(chain)))
        return run
    session.info[CAUSE] = [*chain, str(rule.id)]
    try:
        with session.begin_nested():
            run.effects = _act(session, kind, rule, record_id, f"automation:{run.id}")
            session.flush()
    except OperationalError:
        raise
    except DomainError as refused:
        _note_failure(run, " ".join(str(problem) for problem in refused.problems))
    except Exception:
        log.exception("the automation rule %s failed", rule.id)
        _note_failure(run, str(_("An unexpected error; nothing was done. The log of the system tells more.")))
    finally:
        session.info.pop(CAUSE, None)
    session.flush()
    return run


def _note_failure(run: AutomationRun, message: str) -> None:
    run.state, run.message, run.effects = RunState.FAILED, message, []


def _begin(
    session: ActorSession, kind: Automatable, rule: AutomationRule, record_id: UUID, occasion: str
) -> AutomationRun | None:
    """The entry of the log, which claims the occasion; None where there is nothing to do."""
    resource = kind.declared()
    record: Any = session.find(resource.model, record_id)
    if record is None:
        return None
    run = AutomationRun(
        rule_id=rule.id,
        rule_name=rule.name,
        kind=kind.resource,
        record_id=record_id,
        record_label=resource.title_of(record)[:MAX_LABEL],
        occasion=occasion,
        at=now(),
    )
    try:
        if not meets(session, kind, rule, record_id):
            return None
    except DomainError as refused:
        _note_failure(run, " ".join(str(problem) for problem in refused.problems))
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError:
        return None
    return run if run.state != RunState.FAILED else None


def _act(
    session: ActorSession, kind: Automatable, rule: AutomationRule, record_id: UUID, once: str
) -> list[dict[str, str]]:
    """Do everything that the rule says; what came of it, as the log keeps it."""
    resource = kind.declared()
    record = session.need(resource.model, record_id)
    known, effects = list_actions(session), []
    for at, (key, values) in enumerate(actions_of(rule)):
        action = known.get(key)
        if action is None:
            raise DomainError.of("unknown_action", _("The application that does this is switched off."))
        occasion = Occasion(
            session,
            kind,
            record,
            resource.title_of(record)[:MAX_LABEL],
            f"/{resource.addon}/{resource.name}/{record_id}",
            rule.name,
            f"{once}:{at}",
        )
        effects += [{"action": key, "text": each.text, "url": each.url} for each in action.run(occasion, values)]
    return effects


def actions_of(rule: AutomationRule) -> list[tuple[str, Mapping[str, Any]]]:
    """Key and values of the rule's actions."""
    return [(each["key"], each["values"]) for each in rule.actions if isinstance(each, dict)]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do with a record: whether it meets the conditions, what would come of each action, or why nothing."""

    meets: bool
    effects: tuple[tuple[object, Effect], ...] = ()
    problem: str = ""


class _TakenBackError(Exception):
    """Ends a trial: everything that it did is undone."""


def try_rule(session: ActorSession, kind: Automatable, rule: AutomationRule, record_id: UUID) -> Trial:
    """Do it and take it back, so that the answer is what would happen. The actor must see the record; NotFound else."""
    session.need(kind.declared().model, record_id)
    known = list_actions(session)
    effects: list[dict[str, str]] = []
    try:
        with system(session) as all_seeing:
            if not meets(all_seeing, kind, rule, record_id):
                return Trial(False)
            effects = _act(all_seeing, kind, rule, record_id, f"trial:{rule.id}")
            all_seeing.flush()
            raise _TakenBackError
    except _TakenBackError:
        told = tuple((known[each["action"]].title, Effect(each["text"])) for each in effects)
        return Trial(True, told)
    except DomainError as refused:
        return Trial(True, problem=" ".join(str(problem) for problem in refused.problems))
