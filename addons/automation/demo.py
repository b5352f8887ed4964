"""Rules of the demonstration business. What would act on every new customer is switched off, so that nothing surprises."""

from __future__ import annotations

from sqlalchemy import select

from addons.automation.models import AutomationRule, Trigger
from addons.automation.services import save_rule
from addons.automation.triggers import find_kind
from core.access.models import Group
from core.access.services import add_group_members
from core.db import ActorSession
from core.demo.business import employees_with
from core.demo.marking import demo_data

CUSTOMERS = "customer.customers"
NOTIFY = "automation.notify"


@demo_data
def load(session: ActorSession) -> None:
    """The administrator's right, and three rules about customers."""
    if session.scalar(select(AutomationRule.id).limit(1)) is not None:
        return
    group = session.scalars(select(Group).where(Group.shipped_key == "automation.automation_admin")).one()
    add_group_members(session, group, [user.id for user in employees_with(session, "administrator")])
    kind = find_kind(session, CUSTOMERS)
    if kind is None:
        return
    telling = {"roles": ["owner"], "user_ids": []}
    save_rule(
        session,
        None,
        kind=kind,
        trigger=Trigger.TIME,
        name="Chúc mừng sinh nhật khách hàng",
        moment="birthday",
        days=-1,
        actions=[(NOTIFY, {"text": "Ngày mai là sinh nhật {{ record }}", **telling})],
        is_active=True,
    )
    save_rule(
        session,
        None,
        kind=kind,
        trigger=Trigger.TIME,
        name="Nhắc khách lâu chưa liên hệ",
        moment="last_contact",
        days=14,
        conditions=[("f.phone", "1")],
        actions=[(NOTIFY, {"text": "14 ngày chưa liên hệ {{ record }}", **telling})],
        is_active=True,
    )
    save_rule(
        session,
        None,
        kind=kind,
        trigger=Trigger.CREATED,
        name="Báo khách hàng mới",
        actions=[(NOTIFY, {"text": "Khách mới: {{ record }}", "roles": ["owner", "creator"], "user_ids": []})],
    )
