"""The example of docs/implementers.md does what the guide says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import local_today
from core.dates import format_date
from core.errors import DomainError
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from core.settings import set_setting


def today() -> str:
    return format_date(local_today())


def test_a_visit_is_logged_on_the_form_and_found_in_the_list(client_for, traveller):
    client = client_for(traveller)

    made = client.post("/visits/visits/new", data={"place": "Cảng Đình Vũ", "visited_on": today(), "note": "Ký xong"})

    assert made.status_code == 303, made.text
    assert "Cảng Đình Vũ" in client.get("/visits/visits/?q=dinh vu").text
    detail = client.get(made.location).text
    assert "Ký xong" in detail
    assert "/discussion/visits/" in detail


def test_a_refused_visit_comes_back_with_every_problem_beside_its_field(client_for, traveller):
    refused = client_for(traveller).post("/visits/visits/new", data={"place": "Huế", "visited_on": "1/2/2020"})

    assert refused.status_code == 422
    assert "A visit is logged within 30 days." in refused.text
    assert 'value="Huế"' in refused.text


def test_a_traveller_sees_own_visits_only(world, tenant, client_for, traveller):
    from addons.visits.services import log_visit

    with world.session(tenant, traveller) as session:
        visit = log_visit(session, place="Vinh", visited_on=local_today())
    other = world.user(tenant, "visits.read")
    overseer = world.user(tenant, "visits.read", "visits.read_all")

    assert client_for(other).get(f"/visits/visits/{visit.id}").status_code == 404
    assert client_for(overseer).get(f"/visits/visits/{visit.id}").status_code == 200


def test_the_setting_moves_the_bound(world, tenant, traveller):
    from addons.visits.services import log_visit

    day = local_today() - timedelta(days=40)
    with world.session(tenant, traveller) as session, pytest.raises(DomainError):
        log_visit(session, place="Vinh", visited_on=day)
    with world.session(tenant) as session:
        set_setting(session, "visits.days_back", 60)
    with world.session(tenant, traveller) as session:
        assert log_visit(session, place="Vinh", visited_on=day).id


def test_a_switched_off_addon_answers_404(world, client_for):
    tenant = world.tenant(addons=[])
    assert client_for(world.user(tenant, "visits.read")).get("/visits/visits/").status_code == 404


def test_the_job_removes_in_steps_what_its_user_may_see(app, world, tenant, traveller, monkeypatch):
    from addons.visits import jobs
    from addons.visits.models import Visit

    monkeypatch.setattr(jobs, "BATCH", 2)
    day = local_today()
    with world.session(tenant) as session:
        mine = [Visit(place=f"Vinh {n}", visited_on=day, traveller_id=traveller.id) for n in range(5)]
        other = Visit(place="Huế", visited_on=day, traveller_id=world.user(tenant).id)
        session.add_all([*mine, other])
    with world.session(tenant, traveller) as session:
        enqueue(session, "visits.remove_before", day=(day + timedelta(days=1)).isoformat())
    with app.app_context():
        run_due_jobs()

    with world.session(tenant) as session:
        assert session.scalars(select(Visit.place)).all() == ["Huế"]
