"""What the record of changes means to automation, and what automation brings by itself."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from addons.automation.actions import NOTICE, ChangeField, Notify, SendEmail
from addons.automation.contributions import RuleAction, rule_actions
from addons.automation.models import Trigger
from addons.automation.triggers import CREATED, NO_CHANGE, active_rules, list_kinds
from core.audit.events import ChangesRecorded
from core.contributions import contributes
from core.db import ActorSession, system
from core.events import on
from core.i18n import translator
from core.jobs import enqueue
from core.notifications.contributions import NoticeKind, notice_kinds

_ = translator(__name__)

ENTRIES_A_JOB = 200


@contributes(rule_actions)
def own_actions() -> list[RuleAction]:
    return [Notify(), ChangeField(), SendEmail()]


@contributes(notice_kinds)
def notices_of_rules() -> NoticeKind:
    """Each person chooses how a rule may tell him something."""
    return NoticeKind(NOTICE, _("An automation rule tells me something"), "refresh")


@on(ChangesRecorded)
def ask_for_rules(session: ActorSession, event: ChangesRecorded) -> None:
    """Ask for a job, in the transaction of the changes, where a rule may wait for one of them. The rules are run after it."""
    kinds = {each.resource: each.entity for each in list_kinds(session)}
    changes = [each for each in event.changes if each.entity_id is not None and each.entity in set(kinds.values())]
    if not changes:
        return
    created, watched = set(), set()
    for rule in active_rules(session, Trigger.CREATED, Trigger.CHANGED):
        if rule.kind in kinds:
            target = created if rule.trigger == Trigger.CREATED else watched
            target.add((kinds[rule.kind], rule.field))
    found: defaultdict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for each in changes:
        if each.action in CREATED:
            is_wanted = (each.entity, None) in created
        else:
            is_wanted = each.action not in NO_CHANGE and any((each.entity, name) in watched for name in each.fields)
        if is_wanted:
            found[tuple(each.cause or ())].append(each.id)
    if found:
        with system(session) as all_seeing:  # nobody gets a bell for what the business's rules do
            for chain, ids in found.items():
                for at in range(0, len(ids), ENTRIES_A_JOB):
                    some = [str(id) for id in ids[at : at + ENTRIES_A_JOB]]
                    enqueue(all_seeing, "automation.run_rules", ids=some, chain=list(chain))
