"""What does not belong in the repository is found, wherever it stands."""

import json

import pytest

from checks.hygiene import check_file
from checks.pins import compare, installed_closure, read_pins, stated_requirements

BAD_PATHS = [
    ("core/__pycache__/app.cpython-311.pyc", "artefact"),
    ("core/ui/static/vendor/htmx.js", "artefact"),
    ("core/ui/static/app.min.js", "artefact"),
    ("addons/customer/translations/vi.mo", "artefact"),
    ("var/banyan.sqlite3", "artefact"),
    ("addons/customer/utils.py", "vague-name"),
]

BAD_TEXTS = [
    ("docs/operations.md", "see /" + "work/main for more", "machine-path"),
    ("core/config.py", "DATA = '/" + "home/banyan/data'", "machine-path"),
    ("core/exchange/read.py", "open('/" + "tmp/import.xlsx')", "machine-path"),
    ("docs/x.md", "-----BEGIN RSA PRIVATE KEY-----", "secret"),
    ("docs/x.md", "key = AKIAABCDEFGHIJKLMNOP", "secret"),
    ("docs/x.md", "token: ghp_abcdefghijklmnopqrstuvwxyz0123456789", "secret"),
    ("docs/x.md", "postgresql://banyan:hunter2hunter2@db/banyan", "secret"),
    ("README.md", "pip install --index-" + "url=somewhere", "package-source"),
    (".npmrc", "registry = somewhere", "package-source"),
    ("README.md", "a\n" + "<" * 7 + " HEAD\n", "conflict"),
    ("package-lock.json", json.dumps({"packages": {"x": {"resolved": "somewhere/x.tgz"}}}), "package-source"),
]

GOOD = [
    ("docs/operations.md", "/var/lib/banyan, /etc/banyan/tmp, activity/" + "work/list, https://example.com/home/x"),
    ("docs/operations.md", "DATABASE_URL=postgresql://banyan_app:password@db/banyan"),
    ("package-lock.json", json.dumps({"packages": {"x": {"version": "1.0.0"}}})),
    ("addons/customer/services.py", "'''Merging customers.'''"),
]


@pytest.mark.parametrize(("path", "rule"), BAD_PATHS)
def test_a_file_that_is_not_ours_is_found(path, rule):
    assert rule in {finding.rule for finding in check_file(path, 10, None)}


@pytest.mark.parametrize(("path", "text", "rule"), BAD_TEXTS)
def test_a_text_that_does_not_belong_is_found(path, text, rule):
    assert rule in {finding.rule for finding in check_file(path, len(text), text)}


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_a_harmless_file_is_not(path, text):
    assert check_file(path, len(text), text) == []


def test_a_file_over_the_limit_is_found():
    assert [finding.rule for finding in check_file("docs/film.gif", 500_001, None)] == ["size"]
    assert check_file("docs/film.gif", 500_000, None) == []


def test_a_package_without_its_pin_is_found():
    pins = read_pins("# tested together\nFlask==3.1.3\nold_name==1.0\n")

    assert compare({"flask": "3.1.3", "old-name": "1.1", "new": "2.0", "absent": None}, pins) == [
        "absent is required but not installed here",
        "new==2.0 is installed but not pinned",
        "old-name is pinned to 1.0 but 1.1 is installed",
    ]


def test_what_the_dependencies_bring_is_followed():
    requirements = stated_requirements('[project]\ndependencies = ["Flask>=3"]\noptional-dependencies.dev = ["pytest"]')

    assert {"flask", "werkzeug", "markupsafe", "pytest", "pluggy"} <= installed_closure(requirements).keys()
