"""Background jobs of automation. All of them work for the tenant's system, after the commit that set the rules off."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from addons.automation.models import AutomationRule, AutomationRun, Trigger
from addons.automation.running import run_rule
from addons.automation.triggers import active_rules, due_days, is_set_off, list_kinds, occasion_of, select_due
from core.audit import AuditEntry
from core.clock import now
from core.errors import DomainError
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.settings import setting

_ = translator(__name__)
log = logging.getLogger(__name__)

BATCH = 50
"""Records dealt with at a time: well under the length of a lease, and short on SQLite."""


@job("automation.run_rules", title=_("Automation rules"), as_system=True)
def run_rules(run: JobRun, *, ids: Sequence[str], chain: Sequence[str] = ()) -> Iterator[Step]:
    """Run the rules that these entries of the record of changes set off; ``chain`` are the rules that made the entries."""
    session, start = run.session, run.cursor or 0
    for at in range(start, len(ids)):
        entry = session.find(AuditEntry, UUID(ids[at]))
        if entry is not None and entry.entity_id is not None:
            for kind in [each for each in list_kinds(session) if each.entity == entry.entity]:
                rules = [
                    rule
                    for rule in active_rules(session, Trigger.CREATED, Trigger.CHANGED)
                    if rule.kind == kind.resource and is_set_off(rule, entry)
                ]
                for rule in rules:
                    run_rule(session, kind, rule, entry.entity_id, f"entry:{entry.id}", chain)
        yield Step(at + 1, len(ids), cursor=at + 1)


@job("automation.run_on_time", title=_("Automation rules that are due today"), as_system=True)
def run_on_time(run: JobRun) -> Iterator[Step]:
    """Run the rules with a time trigger on every record that is due and was not dealt with."""
    session, done = run.session, run.cursor or 0
    kinds = {each.resource: each for each in list_kinds(session)}
    for rule_id in [rule.id for rule in active_rules(session, Trigger.TIME)]:
        rule = session.find(AutomationRule, rule_id)
        kind = kinds.get(rule.kind) if rule else None
        if rule is None or kind is None or rule.moment not in {each.key for each in kind.moments}:
            continue
        for day in list(due_days(rule)):
            try:
                query = select_due(session, kind, rule, day)
            except DomainError:
                log.warning("the conditions of the automation rule %s cannot be read", rule_id)
                break
            model, ids = kind.declared().model, session.scalars(query.limit(BATCH)).all()
            while ids:
                for id in ids:
                    run_rule(session, kind, rule, id, occasion_of(day))
                done += len(ids)
                yield Step(done, cursor=done)
                ids = session.scalars(query.where(model.id > ids[-1]).limit(BATCH)).all()


@job("automation.remove_old_runs", title=_("Remove old entries of the log of automation"), as_system=True)
def remove_old_runs(run: JobRun) -> None:
    """Forget what lies further back than the setting ``automation.keep_days``."""
    days: int = setting("automation.keep_days", session=run.session)
    old = AutomationRun.at < now() - timedelta(days=days)
    if run.session.scalar(select(AutomationRun.id).where(old).limit(1)) is not None:
        run.session.execute(delete(AutomationRun).where(old), execution_options={"synchronize_session": False})
