"""Each rule on Python source goes red on the line that it is for, and stays green on its harmless neighbour."""

import pytest

from core.vetting.python_rules import RULES, check_source

BAD = [
    ("sql-from-string", "session.execute(f'SELECT * FROM {table}')"),
    ("sql-from-string", "session.execute('SELECT * FROM %s' % table)"),
    ("sql-from-string", "session.execute('SELECT * FROM ' + table)"),
    ("sql-from-string", "session.execute('SELECT * FROM ' + table + ' WHERE 1=1')"),
    ("sql-from-string", "connection.exec_driver_sql('SELECT {}'.format(column))"),
    ("sql-from-string", "from sqlalchemy import literal_column as column\ncolumn(f'{name} + 1')"),
    ("text-outside-db", "from sqlalchemy import text\nsession.execute(text('SELECT 1'))"),
    ("text-outside-db", "import sqlalchemy as sa\nsession.execute(sa.text('SELECT 1'))"),
    ("text-outside-db", "from sqlalchemy.sql import text as t\nt('SELECT 1')"),
    ("raw-connection", "session.connection().execute(statement)"),
    ("raw-connection", "db.session.connection()"),
    ("raw-connection", "with db.engine.begin() as connection: pass"),
    ("raw-connection", "session.get_bind()"),
    ("system-session", "from core.db import system"),
    ("system-session", "from core.db.session import ActorSession, system"),
    ("markup", "from markupsafe import Markup\nMarkup(name)"),
    ("markup", "import markupsafe\nmarkupsafe.Markup(name)"),
    ("template-string", "from flask import render_template_string\nrender_template_string(body)"),
    ("template-string", "environment.from_string(body)"),
    ("serialiser", "import pickle"),
    ("serialiser", "from pickle import loads"),
    ("evaluation", "eval(formula)"),
    ("evaluation", "exec(code)"),
    ("wall-clock", "from datetime import datetime\ndatetime.now(UTC)"),
    ("wall-clock", "import datetime as dt\ndt.datetime.utcnow()"),
    ("wall-clock", "from datetime import date\ndate.today()"),
    ("outgoing", "import requests"),
    ("outgoing", "from urllib.request import urlopen"),
    ("dynamic-import", "from importlib import import_module"),
    ("dynamic-import", "__import__('addons.order')"),
    ("host-header", "link = request.host_url + path"),
    ("host-header", "url_for('order.invite', token=token, _external=True)"),
]

GOOD = [
    "session.execute(select(Customer).where(Customer.name == name))",
    "session.execute('SELECT 1' 'FROM customer')",
    "session.execute(f'SELECT 1')",
    "from core import text\ntext.fold(name)",
    "from core.clock import now\nnow()",
    "wallet.connection",
    "from urllib.parse import urlsplit",
    "re.compile(pattern)",
    "total = 'a' + b",
    "config.public_url + request.path",
    "file.url",
]


def rules_hit(code, path="addons/customer/services.py"):
    return {finding.rule for finding in check_source(path, code)}


@pytest.mark.parametrize(("rule", "code"), BAD)
def test_a_seeded_bad_line_is_found(rule, code):
    assert rule in rules_hit(code)


@pytest.mark.parametrize("code", GOOD)
def test_a_harmless_line_is_not(code):
    assert rules_hit(code) == set()


def test_the_condition_of_an_index_is_text_in_a_migration_alone():
    code = "import sqlalchemy as sa\nop.create_index('i', ['a'], sqlite_where=sa.text('a IS NOT NULL'))"
    assert rules_hit(code, "addons/customer/migrations/0002_more.py") == set()
    assert rules_hit(code) == {"text-outside-db"}
    assert rules_hit(code.replace("sqlite_where=", "other="), "core/migrations/0002_more.py") == {"text-outside-db"}


def test_every_rule_has_a_seeded_bad_line():
    assert {rule for rule, _ in BAD} == set(RULES)


def test_a_finding_names_the_line():
    (finding,) = check_source("addons/customer/jobs.py", "\n\nimport pickle\n")

    assert str(finding).startswith("addons/customer/jobs.py:3: serialiser: ")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("core/db/search.py", "from sqlalchemy import text\ntext('SELECT 1')"),
        ("core/clock.py", "from datetime import datetime\ndatetime.now(UTC)"),
        ("core/db/session.py", "session.connection()"),
        ("core/registry.py", "from importlib import import_module"),
        ("tests/core/test_db.py", "session.execute(f'SELECT {n}')"),
    ],
)
def test_a_rule_does_not_hold_where_its_subject_lives(path, code):
    assert rules_hit(code, path) == set()
