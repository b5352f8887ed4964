"""What an addon says of its resource in the API, and what the description says of that."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from jsonschema_rs import meta

from core.api.openapi import document
from core.cli.main import banyan
from core.resources import Api
from core.resources.base import all_resources
from core.tenancy.services import disable_addon
from core.testing.routes import api_targets_of
from core.testing.world import World
from tests.core.api.conftest import RIGHTS, ROOT

pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture
def declared(app_factory, monkeypatch):
    """``declared(Api(…))``: a program of an application whose books are declared so."""

    def make(api):
        from addons.shelf.resources import Books

        monkeypatch.setattr(Books, "api", api)
        world = World(app_factory(["shelf"], [ROOT]))
        program = world.program(world.user(world.tenant(), *RIGHTS, "core.use_api"))
        return program, program.get("/openapi.json").json

    return make


@pytest.fixture(autouse=True)
def shelf(app):
    """The addon is on the path before it is imported."""


def test_a_resource_that_is_taken_out_is_nowhere(declared):
    program, told = declared(None)

    assert program.get("/shelf/books").status_code == 404
    assert not [path for path in told["paths"] if "books" in path]
    assert program.get("/shelf/genres").status_code == 200


def test_a_resource_can_be_read_only(declared):
    program, told = declared(Api(read_only=True))

    assert program.get("/shelf/books").status_code == 200
    assert program.post("/shelf/books", {"name": "x", "code": "B1"}).status_code == 405
    assert {path: list(told["paths"][path]) for path in told["paths"] if "books" in path} == {
        "/shelf/books": ["get"], "/shelf/books/{id}": ["get"],
    }  # fmt: skip


def test_fields_are_added_hidden_and_named_anew(declared):
    names = {"pages": "page_count", "owner.name": "owner_name"}
    program, told = declared(Api(fields=("is_lent",), hidden=frozenset({"price", "notes"}), names=names))

    made = program.post("/shelf/books", {"name": "Dế Mèn", "code": "B1", "page_count": 120})
    listed = program.get("/shelf/books").json["items"][0]
    wrong = program.post("/shelf/books", {"name": "x", "code": "B2", "page_count": "x", "price": 1, "notes": []})

    assert made.json["page_count"] == listed["page_count"] == 120
    assert {"is_lent", "owner_name"} <= listed.keys()
    assert not {"price", "notes", "pages", "owner"} & made.json.keys()
    assert {each["field"]: each["code"] for each in wrong.json["errors"]} == {
        "page_count": "wrong_type", "price": "unknown_field", "notes": "unknown_field",
    }  # fmt: skip
    assert "page_count" in told["components"]["schemas"]["shelf.books.New"]["properties"]


def test_the_description_names_every_operation_that_is_there(app, world, librarian):
    program = world.program(librarian, "shelf.read")

    told = program.get("/openapi.json").json
    with app.app_context():
        whole = document()

    rules = {(target.rule.removeprefix("/api/v1").replace("<uuid:id>", "{id}"), target.methods[0].lower())
             for target in api_targets_of(app)} - {("/openapi.json", "get")}  # fmt: skip
    described = {(path, method) for path, methods in whole["paths"].items() for method in methods}
    assert described == rules
    assert told["paths"].keys() == whole["paths"].keys()
    for schema in told["components"]["schemas"].values():
        meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    new = told["components"]["schemas"]["shelf.books.New"]
    assert new["required"] == ["name", "code"]
    assert new["properties"]["printed_on"] == {"type": ["string", "null"], "format": "date", "title": "Printed"}
    assert new["properties"]["notes"]["items"]["properties"]["text"]["type"] == ["string", "null"]
    assert new["properties"]["name"]["maxLength"] == 80


def test_what_the_business_has_switched_off_is_not_described(world, tenant, librarian):
    program = world.program(librarian)
    with world.session(tenant) as session:
        disable_addon(session, "shelf")

    assert not [path for path in program.get("/openapi.json").json["paths"] if path.startswith("/shelf")]


def test_the_command_prints_the_description(app, monkeypatch):
    monkeypatch.setattr("core.cli.openapi.create_app", lambda: app)

    printed = CliRunner().invoke(banyan, ["openapi", "--language", "vi"])

    told = json.loads(printed.output)
    assert (printed.exit_code, told["openapi"]) == (0, "3.1.0")
    assert told["components"]["schemas"]["core.users.New"]["properties"]["name"]["title"] == "Tên"


def test_the_guide_for_people_names_every_resource(app, world, librarian):
    page = world.client(librarian).get("/account/api").text

    with app.app_context():
        assert [name for name in all_resources() if f'id="{name}"' not in page] == []
    assert "/shelf/books/bulk/lend" in page
