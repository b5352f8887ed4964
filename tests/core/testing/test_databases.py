"""The databases and servers that every other test stands on."""

import sqlite3

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from core.db.ids import uuid7
from core.testing.databases import AddonSet, Databases, PostgresEngine, SqliteEngine
from core.testing.servers import start_postgresql


def build(database, addons):
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE built_for (addons TEXT)"))
        connection.execute(text("INSERT INTO built_for VALUES (:addons)"), {"addons": ",".join(addons.names)})
        if database.engine_name == "postgresql":
            connection.execute(text("GRANT ALL ON built_for TO banyan_app"))
    engine.dispose()


@pytest.fixture
def room(engine_name, databases, tmp_path):
    """Databases whose schema is one table that names the addons it was built for; no real addon has these names."""
    engine = SqliteEngine(tmp_path)
    if engine_name == "postgresql":  # several workers run these tests at a time, on one server
        shared = databases(engine_name).engine
        address = shared.address.render_as_string(hide_password=False)
        engine = PostgresEngine(address, f"{shared.prefix}{uuid7().hex[-10:]}_")
    return Databases(engine, tmp_path, "trial", build)


def rows(database):
    engine = create_engine(database.url)
    with engine.begin() as connection:
        found = connection.execute(text("SELECT addons FROM built_for")).scalars().all()
    engine.dispose()
    return found


def test_a_database_is_a_private_copy_of_its_template(room):
    first, second = room.migrated(AddonSet(("trial_customer",))), room.migrated(AddonSet(("trial_customer",)))
    engine = create_engine(first.url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM built_for"))
    engine.dispose()

    assert rows(first) == []
    assert rows(second) == ["trial_customer"]


def test_each_set_of_addons_has_its_own_template(room):
    assert rows(room.migrated(AddonSet(("trial_customer",)))) == ["trial_customer"]
    assert rows(room.migrated(AddonSet(("trial_customer", "trial_order")))) == ["trial_customer,trial_order"]


def test_a_template_is_built_once_for_all_workers(room):
    built = []

    def counting(database, addons):
        built.append(addons)
        build(database, addons)

    workers = [Databases(room.engine, room.folder, f"{room.worker}_twin{n}", counting) for n in range(3)]
    made = [worker.migrated(AddonSet(("only", "once", room.worker))) for worker in workers]

    assert len(built) == 1
    assert [rows(database) for database in made] == [[f"only,once,{room.worker}"]] * 3


def test_a_dropped_database_is_gone(room):
    database = room.empty()
    create_engine(database.owner_url).connect().close()
    room.drop(database)

    if room.engine.name == "sqlite":
        assert not (room.engine.folder / f"{database.name}.sqlite3").exists()
    else:
        with pytest.raises(Exception, match="does not exist"):
            create_engine(database.owner_url).connect()


def lived_in(room, *statements):
    """A database of the room in which the owner has done something, given back; and the one that comes next."""
    addons = AddonSet(("trial_wiped",))
    used = room.migrated(addons)
    engine = create_engine(used.owner_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
    room.take_back(used, addons)
    return used, room.migrated(addons)


@pytest.fixture
def two_tables(room):
    """The room, with a second table that is empty when a database is new, refers to the first and refuses deletion."""
    build = room.build

    def more(database, addons):
        build(database, addons)
        engine = create_engine(database.owner_url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE note (id int PRIMARY KEY, of_id int REFERENCES note)"))
            connection.execute(text("CREATE RULE kept AS ON DELETE TO note WHERE old.id = 0 DO INSTEAD NOTHING"))
        engine.dispose()

    room.build = more
    return room


@pytest.mark.engine("postgresql")
def test_a_database_that_was_lived_in_is_as_new_for_the_next_test(two_tables):
    used, following = lived_in(two_tables, "INSERT INTO note VALUES (1, NULL), (2, 1), (3, 2)")

    assert following == used
    engine = create_engine(following.owner_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0
    engine.dispose()
    assert rows(following) == ["trial_wiped"]


@pytest.mark.engine("postgresql")
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE note ADD COLUMN more text",
        "ALTER TABLE note ENABLE ROW LEVEL SECURITY",
        "DROP RULE kept ON note",
        "GRANT ALL ON note TO PUBLIC",
        "CREATE TABLE other (id int)",
        "DELETE FROM built_for",
    ],
)
def test_a_database_that_is_not_what_it_was_is_not_used_again(two_tables, change):
    used, following = lived_in(two_tables, change)

    assert following != used
    assert rows(following) == ["trial_wiped"]


@pytest.mark.engine("postgresql")
def test_a_database_in_which_somebody_works_is_not_used_again(two_tables):
    addons = AddonSet(("trial_wiped",))
    used = two_tables.migrated(addons)
    engine = create_engine(used.owner_url)
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO note VALUES (1, NULL)"))
        two_tables.take_back(used, addons)
        connection.invalidate()
    engine.dispose()

    assert two_tables.migrated(addons) != used


@pytest.mark.engine("postgresql")
def test_the_application_role_is_neither_owner_nor_superuser(empty_database):
    engine = create_engine(empty_database.url)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
    engine.dispose()

    assert row == ("banyan_app", False, False)


@pytest.mark.engine("sqlite")
def test_a_sqlite_database_is_a_file_of_its_own(empty_database):
    path = empty_database.url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_redis_is_empty_when_a_test_begins(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_redis_is_empty_again_for_the_next_test(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_a_killed_server_comes_back_with_its_data_and_address():
    server = start_postgresql()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
        server.kill()
        assert not server.answers()
        server.start()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        server.stop()
    assert not server.folder.exists()
