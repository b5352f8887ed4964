"""Answers are packed for whoever takes them packed, and their packed length tells nothing."""

from __future__ import annotations

import gzip

import pytest

pytestmark = pytest.mark.engine("sqlite")

PACKED = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_packed_for_who_takes_it_so(app):
    client = app.test_client()
    plain = client.get("/login")
    packed = client.get("/login", headers=PACKED)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert len(packed.data) < len(plain.data) / 2
    assert b"</html>" in gzip.decompress(packed.data)
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("refusal", ["", "identity", "gzip;q=0"])
def test_who_does_not_take_it_packed_gets_it_plain(app, refusal):
    answer = app.test_client().get("/login", headers={"Accept-Encoding": refusal})
    assert "Content-Encoding" not in answer.headers
    assert b"</html>" in answer.data


def test_the_packed_length_of_one_page_varies(app):
    client = app.test_client()
    assert len({len(client.get("/login", headers=PACKED).data) for _each in range(12)}) > 6


def test_a_static_file_is_packed_and_known_again(app):
    client = app.test_client()
    plain = client.get("/static/banyan.css")
    for _again in range(2):
        packed = client.get("/static/banyan.css", headers=PACKED)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"].startswith("W/")
    known = client.get("/static/banyan.css", headers={**PACKED, "If-None-Match": packed.headers["ETag"]})
    assert known.status_code == 304
    assert not known.data
    some = client.get("/static/banyan.css", headers={**PACKED, "Range": "bytes=0-9"})
    assert some.data == plain.data[:10]


def test_a_file_that_changes_is_packed_anew(app, tmp_path, monkeypatch):
    from core.web import pages

    monkeypatch.setattr(pages, "STATIC", tmp_path)
    client = app.test_client()
    for text in ("one " * 500, "another " * 500):
        (tmp_path / "notes.css").write_text(text, encoding="utf-8")
        assert gzip.decompress(client.get("/static/notes.css", headers=PACKED).data).decode() == text


@pytest.mark.parametrize("path", ["/static/banyan.css", "/login"])
def test_the_answer_to_head_has_no_body(app, path):
    answer = app.test_client().head(path, headers=PACKED)
    assert answer.status_code == 200
    assert answer.data == b""
