"""``python -m bench``: makes the customers, measures, writes ``bench/figures.md``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import load
from bench.bare import PLACE, read_rows, write_templates
from bench.customers import Town, settle
from bench.journeys import journeys, page
from bench.report import Figures, write_report
from bench.servers import ROOT, BenchPostgres, Web, serving
from core.app import create_app
from core.phone import format_phone
from core.testing.databases import AddonSet, Database, PostgresEngine
from core.testing.world import SECRET_KEY, World, build_schema, make_config

ADDONS = AddonSet(("customer",))
WARM_UP = 0.5  # seconds


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000], help="customers of each business")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each run")
    parser.add_argument("--workbook", type=int, default=20_000, help="rows of the imported workbook; 0 leaves it out")
    parser.add_argument("--postgres", help="a superuser's address of a server to use instead of an own one")
    parser.add_argument("--output", type=Path, default=ROOT / "bench" / "figures.md")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="banyan-bench-") as folder, _postgresql(given.postgres) as url:
        engine = PostgresEngine(url, prefix="bench_")
        engine.ensure_roles()
        found: list[Figures] = []
        for rows in given.rows:
            found.append(_measure(engine, rows, Path(folder), given))
            write_report(given.output, found, given)  # a million takes long: what is known is kept
    print(given.output.read_text(encoding="utf-8"))


@contextmanager
def _postgresql(url: str | None) -> Iterator[str]:
    if url:
        yield url
        return
    server = BenchPostgres()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _measure(engine: PostgresEngine, rows: int, folder: Path, given: argparse.Namespace) -> Figures:
    _say(f"{rows:,} customers")
    name = f"customers_{rows}"
    engine.drop(engine.describe(name))
    database = engine.create(name)
    try:
        data = folder / name
        data.mkdir()
        town, environ = _prepare(engine, database, rows, data)
        figures = Figures(rows)
        with serving("core.app:create_app()", environ, "/login") as web:
            figures.boot, figures.idle = web.boot, web.memory()
            _run_bare(figures, web, town, environ, given)
            _run_pages(figures, web, town, given)
            figures.busy = web.memory()
        if given.workbook:
            for what in ("export", "import"):
                _say(f"  {what}")
                figures.workbooks[what] = _workbook(what, given.workbook, environ)
        return figures
    finally:
        engine.drop(database)


def _prepare(engine: PostgresEngine, database: Database, rows: int, data: Path) -> tuple[Town, dict[str, str]]:
    build_schema(database, ADDONS, data)
    admin = engine.address.set(drivername="postgresql", database=engine.prefix + database.name)
    admin_url = admin.render_as_string(hide_password=False)
    app = create_app(make_config(database, ADDONS, data))
    town = settle(World(app), admin_url, rows)
    environ = {
        "DATABASE_URL": database.url,
        "BANYAN_DATA": str(data),
        "BANYAN_SECRET_KEY": SECRET_KEY,
        "BANYAN_ADDONS": ",".join(ADDONS.names),
        "BANYAN_RUNNER": "none",
        "BANYAN_LOG_LEVEL": "ERROR",
        "BENCH_DATABASE": admin_url,
        "BENCH_FOLDER": str(data),
        "BENCH_TENANT": str(town.tenant.id),
    }
    return town, environ


def _run_bare(figures: Figures, web: Web, town: Town, environ: dict[str, str], given: argparse.Namespace) -> None:
    _, _, shown_page = load.Visitor(web.port, town.cookies["manager"]).get(PLACE)
    newest = read_rows(environ["BENCH_DATABASE"], environ["BENCH_TENANT"])[0]
    shown = {
        name: str(getattr(newest, name))
        for name in ("id", "name", "code", "relationship", "source", "province", "owner")
        if getattr(newest, name)
    }
    write_templates(Path(environ["BENCH_FOLDER"]), shown_page.decode(), {**shown, "phone": format_phone(newest.phone)})
    with serving("bench.bare:make_app()", environ, "/", config="/dev/null") as other:
        _run(figures, "bare, our rows", "", lambda visitor: page(visitor, "/rows"), other, "", given)
        _run(figures, "bare, plain rows", "", lambda visitor: page(visitor, "/"), other, "", given)


def _run_pages(figures: Figures, web: Web, town: Town, given: argparse.Namespace) -> None:
    for journey in journeys(town):
        _run(figures, journey.name, journey.who, journey.make, web, town.cookies[journey.who], given)


def _run(figures: Figures, name: str, who: str, make: Any, web: Web, cookie: str, given: argparse.Namespace) -> None:
    for clients in given.clients:
        acts = [make(load.Visitor(web.port, cookie)) for _ in range(clients)]
        load.run(acts, WARM_UP)
        measured = load.run(acts, given.seconds)
        figures.runs[name, who, clients] = measured
        _say(
            f"  {name:16} {who:8} {clients:3}  {measured.percentile(0.5):8.1f} ms  {measured.per_second:7.1f}/s"
            + (f"  FAILED {measured.failed[0]}" if measured.failed else "")
        )


def _workbook(what: str, rows: int, environ: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.workbooks", what, str(rows)]
    done = subprocess.run(command, env={**os.environ, **environ}, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
