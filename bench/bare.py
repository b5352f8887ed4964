"""What the list page is compared with: bare Flask and one hand-written query, for nobody in particular.

``/`` renders the page's own rows from the simplest template there can be; ``/rows`` renders them from our row template, so
that what is left between it and the list page is all that the kernel does around the rows.
"""

from __future__ import annotations

import gc
import html
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from psycopg.rows import namedtuple_row

from addons.customer.resources import Customers
from core.app import create_app
from core.phone import format_phone
from core.resources.columns import text_of
from core.resources.list_pages import ListView, Stencil
from core.resources.listing import Cell, Row

PLACE = "/customer/customers/"
PLAIN, OURS = "plain.html", "ours.html"
QUERY = """
    SELECT c.id, c.name, c.code, c.phone, c.is_company, r.name AS relationship, r.tone, t.name AS tier, s.name AS source,
           c.province, o.name AS owner, c.last_contact_at, c.created_at
    FROM customer c
    LEFT JOIN customer_relationship r ON r.tenant_id = c.tenant_id AND r.id = c.relationship_id
    LEFT JOIN customer_tier t ON t.tenant_id = c.tenant_id AND t.id = c.tier_id
    LEFT JOIN customer_source s ON s.tenant_id = c.tenant_id AND s.id = c.source_id
    LEFT JOIN core_user o ON o.tenant_id = c.tenant_id AND o.id = c.owner_id
    WHERE c.tenant_id = %s AND c.deleted_at IS NULL
    ORDER BY c.created_at DESC, c.id DESC LIMIT 50
"""
MOMENTS = ("last_contact_at", "created_at")

_connections = threading.local()


def make_app() -> Flask:
    """``BENCH_FOLDER`` holds the templates, ``BENCH_DATABASE`` is a superuser's address."""
    app = Flask(__name__)
    ours = create_app().jinja_env
    gc.collect()
    gc.freeze()  # as in core.serving
    folder = FileSystemLoader(os.environ["BENCH_FOLDER"])
    app.jinja_loader = folder
    plain, rows = (
        app.jinja_env.get_template(PLAIN),
        ours.overlay(loader=ChoiceLoader([folder, ours.loader])).get_template(OURS),
    )

    @app.get("/")
    def plain_page() -> str:
        return plain.render(rows=_read())

    @app.get("/rows")
    def our_rows() -> str:
        return rows.render(listed=[_row(each) for each in _read()], row_url=_url, stencil=Stencil)

    return app


def _read() -> list[Any]:
    return read_rows(os.environ["BENCH_DATABASE"], os.environ["BENCH_TENANT"])


def read_rows(url: str, tenant_id: str) -> list[Any]:
    """The newest customers, on a connection of this thread to this database."""
    if url not in _connections.__dict__:
        _connections.__dict__[url] = psycopg.connect(url, autocommit=True, row_factory=namedtuple_row)
    rows: list[Any] = _connections.__dict__[url].execute(QUERY, [tenant_id]).fetchall()
    return rows


def _url(row: Row) -> str:
    return f"{PLACE}{row.id}"


def _row(found: Any) -> Row:
    under = f"{found.code} · {format_phone(found.phone)}"
    cells = tuple(_cell(column, found) for column in Customers.columns if not column.optional)
    return Row(found.id, found.name, under, found.is_company, cells)


def _cell(column: Any, found: Any) -> Cell:
    value = getattr(found, column.path.removesuffix(".name"))
    kind = column.kind or ("datetime" if column.path in MOMENTS else "text")
    return Cell(column, kind, value, text_of(value, kind), found.tone if kind == "tag" else "")


def write_templates(folder: Path, page: str, row: Mapping[str, str]) -> None:
    """Make both templates from the list page: around its rows as it is, its first row, which shows ``row``, for each row."""
    begin, end = page.index("<tbody>") + len("<tbody>"), page.index("</tbody>")
    head, foot = page[:begin], page[end:]
    first = page[begin : page.index("</tr>", begin) + len("</tr>")]
    tick = first[len("<tr>") : first.index('<td class="name">')]
    menu = first[first.index('<td class="more">') : -len("</tr>")]
    for name, stand_in in (("id", ListView.row_id), ("name", ListView.row_name)):
        shown = html.escape(row[name])
        tick, menu = tick.replace(shown, stand_in), menu.replace(shown, stand_in)
    ours = f'{{% from "resource/cells.html" import rows %}}{_as_it_is(head)}{{% set tick %}}{_as_it_is(tick)}{{% endset %}}'
    ours += (
        f"{{% set menu %}}{_as_it_is(menu)}{{% endset %}}{{{{ rows(listed, row_url, stencil(tick), stencil(menu)) }}}}"
    )
    plain = f"{_as_it_is(head)}{{% for row in rows %}}{_filled(first, row)}{{% endfor %}}{_as_it_is(foot)}"
    (folder / PLAIN).write_text(plain, encoding="utf-8")
    (folder / OURS).write_text(f"{ours}{_as_it_is(foot)}", encoding="utf-8")


def _as_it_is(text: str) -> str:
    return f"{{% raw %}}{text}{{% endraw %}}"


def _filled(text: str, row: Mapping[str, str]) -> str:
    for name, value in sorted(row.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(html.escape(value), f"{{{{ row.{name} }}}}")
    return text
