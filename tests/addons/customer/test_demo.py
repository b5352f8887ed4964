"""The demonstration business: loads, loads again, and never touches a real one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.errors import DomainError
from core.testing.world import World


def test_it_has_people_and_customers_and_can_be_loaded_twice(world: World) -> None:
    from addons.customer.models import Customer, CustomerContact
    from core.access.models import User
    from core.audit import AuditEntry
    from core.db import Actor, open_session
    from core.demo.business import load_demo
    from core.tenancy.queries import get_tenant

    with world.app.app_context():
        logins = load_demo()
        assert load_demo() == logins
        assert {login["tenant"] for login in logins} == {"haidang"}
        with open_session(Actor.system(get_tenant("haidang").id)) as session:
            assert session.scalar(select(func.count(User.id))) == 8
            assert session.scalar(select(func.count(User.id)).where(User.is_active)) == len(logins) == 7
            assert session.scalar(select(func.count(Customer.id))) == 2_000
            assert 20 < session.scalar(select(func.count(Customer.id)).where(Customer.owner_id.is_(None))) < 100
            assert session.scalar(select(func.count(CustomerContact.id))) > 400
            assert len(set(session.scalars(select(Customer.phone)))) == 2_000
            entered = select(AuditEntry.user_name, AuditEntry.at).where(AuditEntry.entity == "customer")
            told = session.execute(entered).all()
            assert {"Lê Minh Quân", "Võ Thành Đạt"} < {row.user_name for row in told}
            assert max(row.at for row in told) - min(row.at for row in told) > timedelta(days=400)


@pytest.mark.engine("sqlite")
def test_a_real_business_of_that_name_is_left_alone(world: World) -> None:
    from core.demo.business import load_demo

    tenant = world.tenant("haidang")
    world.user(tenant, name="Người Thật")
    with world.app.app_context(), pytest.raises(DomainError):
        load_demo()
