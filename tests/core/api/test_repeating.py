"""``Idempotency-Key``: however often and however fast a request is sent, it has one effect and one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import time_machine
from sqlalchemy import func, select

from core.api.models import ApiReply
from core.api.repeating import KEPT
from core.clock import now
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs


def key(text: str = "order-4711") -> dict[str, str]:
    return {"Idempotency-Key": text}


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(world, program, librarian):
    sent = {"name": "Dế Mèn", "code": "B1"}

    first = program.post("/shelf/books", sent, headers=key())
    again = program.post("/shelf/books", dict(reversed(sent.items())), headers=key())
    other = program.post("/shelf/books", {**sent, "code": "B2"}, headers=key())
    elsewhere = program.post("/shelf/books/bulk/lend", {"ids": [first.json["id"]]}, headers=key())
    stranger = world.program(librarian).post("/shelf/books", {**sent, "code": "B3"}, headers=key())

    assert first.status_code == again.status_code == 201
    assert (again.json, again.headers["Location"], again.headers["ETag"]) == (
        first.json, first.headers["Location"], first.headers["ETag"],
    )  # fmt: skip
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [(each.status_code, each.json["code"]) for each in (other, elsewhere)] == [
        (422, "idempotency_key_reused")
    ] * 2
    assert stranger.status_code == 201  # another token's key is another key
    assert len(program.get("/shelf/books").json["items"]) == 2


def test_a_refusal_is_not_remembered(program, book):
    refused = program.post("/shelf/books", {"name": "Dế Mèn"}, headers=key())
    made = program.post("/shelf/books", {"name": "Dế Mèn", "code": "B1"}, headers=key())

    assert (refused.status_code, made.status_code) == (422, 201)


def test_a_malformed_key_is_refused(program):
    for wrong in ("", " ", "a" * 256, "mã số", "a b"):
        answer = program.post("/shelf/books", {"name": "x", "code": "B1"}, headers=key(wrong))
        assert (answer.status_code, answer.json["code"]) == (400, "bad_idempotency_key"), wrong
    assert program.get("/shelf/books").json["items"] == []


def test_restoring_and_bulk_actions_can_be_repeated_too(program, book):
    id = book("Dế Mèn")["id"]
    lent = [program.post("/shelf/books/bulk/lend", {"ids": [id]}, headers=key("1")).json for _each in range(2)]
    program.delete(f"/shelf/books/{id}")
    restored = [program.post(f"/shelf/books/{id}/restore", headers=key("2")) for _each in range(2)]

    assert lent == [{"changed": 1, "skipped": []}] * 2
    assert [each.status_code for each in restored] == [200, 200]
    assert restored[0].json == restored[1].json


def test_at_the_same_moment_one_has_the_effect_and_both_the_answer(app, program):
    """Eight threads at a time, on either engine: whoever comes second waits for the first one's commit."""
    together = Barrier(8)

    def send(number: int) -> tuple[int, str]:
        together.wait()
        sent = {"name": "Dế Mèn", "code": "B1"}
        answer = program.post("/shelf/books", sent, headers=key())
        return answer.status_code, answer.json.get("id", answer.text)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))

    assert {status for status, _id in answers} == {201}, answers
    assert len({id for _status, id in answers}) == 1
    assert len(program.get("/shelf/books").json["items"]) == 1


def test_after_a_day_the_key_is_free_and_its_answer_cleared(world, tenant, program):
    first = program.post("/shelf/books", {"name": "Dế Mèn", "code": "B1"}, headers=key())
    kept = program.post("/shelf/books", {"name": "Dế Mèn", "code": "B2"}, headers=key("young"))

    with time_machine.travel(now() + KEPT + timedelta(seconds=1), tick=False):
        again = program.post("/shelf/books", {"name": "Số đỏ", "code": "B3"}, headers=key())
        with world.session(tenant) as session:
            enqueue(session, "core.purge_api")
        with world.app.app_context():
            run_due_jobs()
        with world.session(tenant) as session:
            left = session.scalars(select(ApiReply.key)).all()

    assert (first.status_code, kept.status_code, again.status_code) == (201, 201, 201)
    assert left == ["order-4711"]
    with world.session(tenant) as session:
        assert session.scalar(select(func.count(ApiReply.id)).where(ApiReply.status.is_(None))) == 0
