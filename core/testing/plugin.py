"""The pytest plugin: engines, databases, servers and browsers as fixtures.

A test that names ``database`` (or ``app``, which stands on it) runs once per engine; ``--engine`` narrows that. What is
not on the machine is a skip with the command that brings it, and a failure where ``CI=true``: there nothing is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis

from core.testing.databases import AddonSet, Database, Databases, Engine, PostgresEngine, SchemaBuilder, SqliteEngine
from core.testing.outcomes import in_ci, unavailable
from core.testing.processes import Interpreter, Process
from core.testing.run import ServerUnavailable, TestRun

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from core.access.models import User
    from core.tenancy.models import Tenant
    from core.testing.apps import Apps
    from core.testing.browser import LiveServer
    from core.testing.world import Client, World

pytest_plugins = ["core.testing.browser"]

ENGINES = ("sqlite", "postgresql")
HANDED_OVER = "banyan_run"
RUN = pytest.StashKey[TestRun]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("banyan").addoption(
        "--engine",
        choices=[*ENGINES, "both"],
        default=os.environ.get("BANYAN_TEST_ENGINE", "both"),
        help="the database engines that tests with a database run on (default: both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine(name): the test is about this engine alone")
    config.addinivalue_line("markers", "addons(*names): the addons that the test's application loads")
    worker_input = getattr(config, "workerinput", None)
    config.stash[RUN] = TestRun.shared(worker_input[HANDED_OVER]) if worker_input else TestRun()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The controller of pytest-xdist: one set of servers for all workers."""
    node.workerinput[HANDED_OVER] = node.config.stash[RUN].hand_over()


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN, None)
    if run is None:
        return
    if run.is_borrowed("postgresql"):
        _postgresql(run).drop_all()
    run.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--engine")
    engines = ENGINES if chosen == "both" else (chosen,)
    mark = metafunc.definition.get_closest_marker("engine")
    wanted = [name for name in engines if mark is None or name in mark.args]
    metafunc.parametrize("engine_name", wanted, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and with CI=true nothing is skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def test_run(request: pytest.FixtureRequest) -> TestRun:
    """The folder and the servers that all workers of this run share."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """``gw0``, ``gw1`` … under pytest-xdist, ``main`` without it."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def schema_builder(tmp_path_factory: pytest.TempPathFactory) -> SchemaBuilder:
    """How an empty database becomes one with the schema of some addons; replace it to test something else."""
    from core.testing.world import build_schema  # the whole kernel, which a test of pure code need not load

    data = tmp_path_factory.mktemp("schema")
    return lambda database, addons: build_schema(database, addons, data)


@pytest.fixture(scope="session")
def databases(test_run: TestRun, worker_name: str, schema_builder: SchemaBuilder) -> Callable[[str], Databases]:
    """``databases(engine_name)`` makes databases on that engine; for a test that needs several."""
    known: dict[str, Databases] = {}

    def on(engine_name: str) -> Databases:
        if engine_name not in known:
            engine = _engine(engine_name, test_run)
            known[engine_name] = Databases(engine, test_run.folder, worker_name, schema_builder)
        return known[engine_name]

    return on


@pytest.fixture
def addons(request: pytest.FixtureRequest) -> AddonSet:
    """The addons of this test: those of its mark ``@pytest.mark.addons("customer", …)``, else the kernel alone.

    A folder of tests says it once by a fixture of this name in its ``conftest.py``.
    """
    mark = request.node.get_closest_marker("addons")
    return AddonSet(tuple(mark.args)) if mark else AddonSet()


@pytest.fixture
def new_database(engine_name: str, databases: Callable[[str], Databases]) -> Iterator[Callable[..., Database]]:
    """``new_database(addons)``: a database with the schema of an AddonSet, ``new_database()``: without any table."""
    room = databases(engine_name)
    made: list[tuple[Database, AddonSet | None]] = []

    def make(addons: AddonSet | None = None) -> Database:
        made.append((room.empty() if addons is None else room.migrated(addons), addons))
        return made[-1][0]

    yield make
    for database, addons in made:
        if addons is None:
            room.drop(database)
        else:
            room.take_back(database, addons)


@pytest.fixture
def empty_database(new_database: Callable[..., Database]) -> Database:
    """A database without any table, on each engine in turn."""
    return new_database()


@pytest.fixture
def database(new_database: Callable[..., Database], addons: AddonSet) -> Database:
    """A database with the schema of the test's addons and no tenant in it, on each engine in turn."""
    return new_database(addons)


@pytest.fixture
def app_factory(
    new_database: Callable[..., Database], tmp_path: Path, test_run: TestRun
) -> Iterator[Callable[..., Flask]]:
    """``app_factory(addons, roots, database=…, **config)``: a new application, on a database of its own by default."""
    from core.app import create_app
    from core.db.session import db
    from core.testing.world import make_config

    made: list[Flask] = []

    def make(
        addons: Iterable[str] = (), roots: Iterable[Path] = (), database: Database | None = None, **config: Any
    ) -> Flask:
        wanted = AddonSet(tuple(addons), tuple(roots))
        app = create_app(make_config(database or new_database(wanted), wanted, tmp_path, **config))
        _ready_for_tests(app, test_run)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture(scope="session")
def apps(test_run: TestRun) -> Apps:
    """The applications that this worker's tests take turns with."""
    from core.testing.apps import Apps

    return Apps(lambda app: _ready_for_tests(app, test_run))


@pytest.fixture
def app(apps: Apps, database: Database, addons: AddonSet, tmp_path: Path) -> Iterator[Flask]:
    """An application with the test's addons, on each engine in turn. A test that takes it apart uses ``app_factory``."""
    lent = apps.lend(database, addons, tmp_path)
    yield lent
    apps.take_back(lent)


@pytest.fixture
def world(app: Flask) -> World:
    """Businesses and employees of ``app``, and clients and sessions that work as them."""
    from core.testing.world import World

    return World(app)


@pytest.fixture
def tenant(world: World) -> Tenant:
    """A business with every loaded addon enabled."""
    return world.tenant()


@pytest.fixture
def client_for(world: World) -> Callable[..., Client]:
    """``client_for(user)``: a client signed in as ``user``; without a user, anonymous."""
    return world.client


@pytest.fixture
def live_server(app: Flask, serve: Callable[..., LiveServer]) -> LiveServer:
    """``app`` behind a real socket."""
    return serve(app)


@pytest.fixture
def sign_in(world: World, live_server: LiveServer) -> Callable[[Page, User], Page]:
    """``sign_in(page, user)`` gives the page's browser context a session of ``user`` on the live server."""

    def give(page: Page, user: User) -> Page:
        name, value = world.cookie(user)
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return page

    return give


@pytest.fixture
def redis_url(test_run: TestRun, worker_name: str) -> str:
    """The address of an empty Redis database that no other worker uses."""
    try:
        address = test_run.url("redis")
    except ServerUnavailable as problem:
        unavailable(str(problem))
    base, _, first = address.rpartition("/")
    number = int(first or 0) + int(worker_name.removeprefix("gw")) if worker_name != "main" else int(first or 0)
    url = f"{base}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    """A Python with the kernel imported, that forks processes for tests which kill them."""
    interpreter = Interpreter()
    yield interpreter
    interpreter.close()


@pytest.fixture
def start_process(
    interpreter: Interpreter, database: Database, addons: AddonSet, tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """``start_process("-m", "core.cli", "worker", REDIS_URL=…)``: ``python …`` on this test's database and addons.

    Without further environment jobs have no runner. What still runs at the end is killed, its children with it.
    """
    from core.testing.world import make_environ

    known = make_environ(database, tmp_path) | {
        "BANYAN_ADDONS": ",".join(addons.names),
        "BANYAN_ADDONS_PATH": os.pathsep.join(map(str, addons.roots)),
    }
    started: list[Process] = []

    def start(*argv: str, **environ: str) -> Process:
        log = tmp_path / f"process{len(started)}.log"
        started.append(interpreter.run(*argv, environ=os.environ | known | environ, log=log))
        return started[-1]

    yield start
    for process in started:
        process.kill_all()


def _ready_for_tests(app: Flask, run: TestRun) -> None:
    """Errors come through, templates are compiled once per run instead of once per application, and SQLite does not wait for
    the disk at each commit: a killed process loses nothing by that, and no test cuts the power.
    """
    from jinja2 import FileSystemBytecodeCache
    from sqlalchemy import event

    from core.db.session import db

    app.testing = True
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(run.folder))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))


def _engine(name: str, run: TestRun) -> Engine:
    if name == "sqlite":
        return SqliteEngine(run.folder)
    try:
        engine = _postgresql(run)
    except ServerUnavailable as problem:
        unavailable(str(problem))
    engine.ensure_roles()
    return engine


def _postgresql(run: TestRun) -> PostgresEngine:
    """The run's folder has a name of its own, so two runs on one server do not meet."""
    return PostgresEngine(run.url("postgresql"), prefix=f"{run.folder.name.replace('-', '_').lower()}_")
