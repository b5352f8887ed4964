"""The record of changes: who did what, when, old → new, in the words that the pages use; found, paged, exported."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from core.audit import AuditEntry, record
from core.jobs.execution import run_due_jobs
from core.testing.queries import recorded_statements
from tests.core.audit.conftest import AUDIT, Archive
from tests.core.exchange.desk import read_back


@pytest.mark.req("SYS-18")
def test_it_tells_who_changed_what_in_the_words_of_the_pages(archive: Archive) -> None:
    id = archive.add()
    edited = archive.sent(name="Đặng Thị Thu Hà", phone="0987654321", birthday="", version="1")
    edited["owner_id"] = str(archive.colleague.id)
    assert archive.world.client(archive.seller).post(f"/customer/customers/{id}/edit", data=edited).status_code == 303

    given, changed, new = archive.entries("?f.kind=customer")
    assert given.startswith("Đặng Thị Thu Hà Customer Changed Person in charge: Lê Minh Quân → Trần Ngọc Ánh")
    assert changed.startswith("Đặng Thị Thu Hà Customer Changed")
    assert "Lê Minh Quân" in changed
    page = archive.reader.get(AUDIT).text
    assert f'href="/customer/customers/{id}"' in page
    assert "New record" in new
    assert "Customer code: KH000001" in new

    addresses = re.findall(rf'href="({AUDIT}[0-9a-f-]{{36}})"', archive.reader.get(f"{AUDIT}?f.action=update").text)
    detail = " ".join(
        re.sub(r"<[^>]+>", " ", "".join(archive.reader.get(each).text for each in dict.fromkeys(addresses))).split()
    )
    for line in (
        "Customer name Đặng Thu Hà Đặng Thị Thu Hà",
        "Phone 0912 345 678 0987 654 321",
        "Birthday 21/11/1990 —",
        "Person in charge Lê Minh Quân Trần Ngọc Ánh",
    ):
        assert line in detail
    assert str(archive.colleague.id) not in detail
    assert "owner_id" not in detail


def test_filters_narrow_alone_and_together_and_nonsense_is_a_notice(archive: Archive) -> None:
    first, second = archive.add(), archive.add(name="Vũ Đình Cường", phone="0987654321")
    colleague = archive.world.client(archive.colleague)
    assert colleague.get(f"/customer/customers/{second}").status_code == 404
    archive.world.client(archive.seller).post(f"/customer/customers/{second}/delete")

    everything = archive.entries()
    for query, count in (
        (f"?f.record=customer:{first}", 1),
        (f"?f.record=customer:{second}", 2),
        ("?f.record=vu dinh", 2),
        ("?f.record=0987 654 321", 2),
        (f"?f.who={archive.seller.id}", 3),
        (f"?f.who={archive.colleague.id}", 0),
        ("?f.action=delete", 1),
        ("?f.action=delete&f.action=create&f.kind=customer", 3),
        ("?f.kind=customer_source&f.action=delete", 0),
        ("?f.field=dien+thoai", None),
        ("?f.field=PHONE&f.action=create&f.kind=customer", 2),
        ("?f.at.period=today", len(everything)),
        ("?f.at.period=yesterday", 0),
    ):
        assert count is None or len(archive.entries(query)) == count, query
    for query, told in (
        ("?f.record=khong ai", "No record is called “khong ai”."),
        ("?f.field=dien+thoai", "No field is called “dien thoai”."),
        ("?f.who=x", "cannot be filtered"),
        ("?f.at.from=31/02/2026", "not a date"),
    ):
        assert told in archive.reader.get(f"{AUDIT}{query}").text, query
        assert len(archive.entries(query)) == len(everything), query
    chip = archive.reader.get(f"{AUDIT}?f.record=customer:{second}").text
    assert '<b class="cut">Vũ Đình Cường</b>' in chip


def test_a_deleted_record_keeps_its_name_and_loses_its_link(archive: Archive) -> None:
    id = archive.add()
    archive.world.client(archive.seller).post(f"/customer/customers/{id}/delete")
    page = archive.reader.get(f"{AUDIT}?f.record=customer:{id}").text
    assert "Đặng Thu Hà" in page
    assert "(deleted)" in page
    assert f'href="/customer/customers/{id}"' not in page
    row = archive.entries(f"?f.record=customer:{id}&f.action=delete")[0]
    assert "Customer name: Đặng Thu Hà → —" in row or "and" in row


@pytest.mark.req("SYS-18")
def test_it_is_an_administrators_right_over_one_business(archive: Archive) -> None:
    world, id = archive.world, archive.add()
    assert world.client(archive.seller).get(AUDIT).status_code == 403
    assert AUDIT not in world.client(archive.seller).get("/").text

    sightless = world.client(world.user(archive.tenant, "core.view_audit"))
    page = sightless.get(f"{AUDIT}?f.kind=customer").text
    assert "Đặng Thu Hà" in page  # what the entry holds itself
    assert f'href="/customer/customers/{id}"' not in page

    elsewhere = world.tenant("elsewhere")
    stranger = world.client(world.user(elsewhere, "core.view_audit", "customer.read", "customer.view_all"))
    with world.session(archive.tenant) as session:
        entry = session.scalars(select(AuditEntry.id).where(AuditEntry.entity_id == id)).first()
    assert archive.reader.get(f"{AUDIT}{entry}").status_code == 200
    assert stranger.get(f"{AUDIT}{entry}").status_code == 404
    assert "Đặng Thu Hà" not in stranger.get(f"{AUDIT}?f.record=customer:{id}").text
    assert archive.reader.post(f"{AUDIT}{entry}/edit").status_code == 404
    assert archive.reader.post(f"{AUDIT}{entry}/delete").status_code == 404


def test_the_discussion_and_the_menu_of_a_record_lead_to_its_changes(archive: Archive) -> None:
    id = archive.add()
    link = f'href="{AUDIT}?f.record=customer%3A{id}"'
    assert link in archive.reader.get(f"/discussion/customer/{id}?show=logs").text
    assert link in archive.reader.get(f"/customer/customers/{id}").text
    seller = archive.world.client(archive.seller)
    assert AUDIT not in seller.get(f"/discussion/customer/{id}?show=logs").text
    assert AUDIT not in seller.get(f"/customer/customers/{id}").text


def test_pages_go_on_by_key_and_cost_the_same_however_many_there_are(archive: Archive) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock, archive.world.session(archive.tenant) as session:
        for number in range(120):
            clock.move_to(start + timedelta(minutes=number // 3))  # some at the same moment
            record(session, "probe", entity="core_user", changes={"number": [None, f"probe{number:03}"]})
    url, seen = f"{AUDIT}?f.action=probe", []
    assert "cannot be filtered" in archive.reader.get(url).text  # no such action is declared
    url = f"{AUDIT}?f.at.from=01/01/2026&f.at.to=01/01/2026"
    while url:
        page = archive.reader.get(url).text
        seen += re.findall(r"probe\d{3}", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        url = found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == [f"probe{number:03}" for number in range(120)]
    assert seen[0][:7] == "probe11"

    with recorded_statements() as statements:
        archive.reader.get(AUDIT)
    assert len(statements) <= 16


def test_the_export_holds_what_is_filtered_and_is_itself_on_record(archive: Archive) -> None:
    archive.add()
    archive.add(name="Vũ Đình Cường", phone="0987654321")
    columns = ("at", "user_name", "action", "entity", "record", "changes")
    data = {"export": "1", "rows": "all", "columns": list(columns)}
    answer = archive.reader.post(f"{AUDIT}export?f.record=vu dinh", data=data)
    (_titles, row) = read_back(answer.data)
    assert row[1:5] == ("Lê Minh Quân", "New record", "Customer", "Vũ Đình Cường")
    assert "Phone: 0987 654 321" in row[5].splitlines()
    assert "Person in charge: Lê Minh Quân" in row[5].splitlines()
    told = archive.entries("?f.action=export")
    assert len(told) == 1
    assert "Rows: 1" in told[0]

    with archive.world.session(archive.tenant) as session:
        for number in range(520):
            record(
                session, "sign_in", entity="core_user", entity_id=archive.seller.id, changes={"address": [None, number]}
            )
    queued = archive.reader.post(f"{AUDIT}export?f.action=sign_in", data=data)
    assert queued.status_code == 303
    with archive.world.app.app_context():
        run_due_jobs()
    rows = read_back(archive.reader.get(f"{queued.location}/file").data)
    assert len(rows) == 521
    assert rows[1][4] == "Lê Minh Quân"
    assert len(archive.entries("?f.action=export")) == 2
