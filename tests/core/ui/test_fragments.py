"""A fragment is a block of its page: with the page's imports, without the shell."""

from __future__ import annotations

from flask import Flask

from core.web.rendering import render
from tests.core.ui.demo import make_demo


def fragment(app: Flask, target: str) -> str:
    with app.test_request_context("/customers", headers={"HX-Request": "true", "HX-Target": target}):
        return render("demo_list.html", rows=[])


def test_a_block_of_the_page_or_its_layout_comes_alone_with_its_imports() -> None:
    app = make_demo()
    assert fragment(app, "content").lstrip().startswith('<div class="head">')
    assert "<body" not in fragment(app, "content")
    assert fragment(app, "title").strip() == "Khách hàng"
    assert fragment(app, "crumbs").strip() == ""


def test_an_unknown_target_gets_the_page() -> None:
    assert "<body" in fragment(make_demo(), "nothing-like-it")


def test_a_fragment_does_not_build_the_shell() -> None:
    app = make_demo()
    app.template_context_processors[None] = [lambda: {"shell": Untouchable()}]
    assert "Chưa có khách hàng nào" in fragment(app, "content")


class Untouchable:
    def __bool__(self) -> bool:
        raise AssertionError("the shell was asked for")

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the shell was asked for its {name}")
