"""What the list page is compared with: bare Flask, one hand-written query, and the page's own rows as a template."""

from __future__ import annotations

import html
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, render_template
from psycopg.rows import namedtuple_row

PAGE = "page.html"
QUERY = """
    SELECT c.id, c.name, c.code, c.phone, r.name AS relationship, s.name AS source, c.province, o.name AS owner,
           c.last_contact_at, c.created_at
    FROM customer c
    LEFT JOIN customer_relationship r ON r.tenant_id = c.tenant_id AND r.id = c.relationship_id
    LEFT JOIN customer_source s ON s.tenant_id = c.tenant_id AND s.id = c.source_id
    LEFT JOIN core_user o ON o.tenant_id = c.tenant_id AND o.id = c.owner_id
    WHERE c.tenant_id = %s AND c.deleted_at IS NULL
    ORDER BY c.created_at DESC, c.id DESC LIMIT 51
"""

_connections = threading.local()


def make_app() -> Flask:
    """The page at ``/``. ``BENCH_FOLDER`` holds its template, ``BENCH_DATABASE`` is a superuser's address."""
    app = Flask(__name__, template_folder=os.environ["BENCH_FOLDER"])

    @app.get("/")
    def page() -> str:
        return render_template(PAGE, rows=read_rows(os.environ["BENCH_DATABASE"], os.environ["BENCH_TENANT"])[:50])

    return app


def read_rows(url: str, tenant_id: str) -> list[Any]:
    """The newest customers, on a connection of this thread."""
    if not hasattr(_connections, "open"):
        _connections.open = psycopg.connect(url, autocommit=True, row_factory=namedtuple_row)
    rows: list[Any] = _connections.open.execute(QUERY, [tenant_id]).fetchall()
    return rows


def write_template(folder: Path, page: str, row: Mapping[str, str]) -> None:
    """Make the template from the list page: its first row, which shows the values of ``row``, repeated for each row."""
    begin, end = page.index("<tbody>") + len("<tbody>"), page.index("</tbody>")
    first = page[begin : page.index("</tr>", begin) + len("</tr>")]
    for name, value in sorted(row.items(), key=lambda pair: -len(pair[1])):
        first = first.replace(html.escape(value), f"{{{{ row.{name} }}}}")
    head, foot = (f"{{% raw %}}{part}{{% endraw %}}" for part in (page[:begin], page[end:]))
    (folder / PAGE).write_text(f"{head}{{% for row in rows %}}{first}{{% endfor %}}{foot}", encoding="utf-8")
