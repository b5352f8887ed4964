"""The registry collects what loaded addons declare, each thing once and under its owner, or refuses with every reason."""

from __future__ import annotations

import sys
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from core.manifest import BootError
from core.marks import mark, marks_of
from core.registry import Registry
from tests.core.boot.conftest import House

MARKED = """
    from core.marks import mark

    def handler():
        pass

    mark(handler, "{kind}", "{value}")
"""


def marked(value: str, kind: str = "on") -> str:
    return MARKED.format(kind=kind, value=value)


def values(registry: Registry, kind: str = "on") -> list[tuple[str, object]]:
    return [(each.addon, each.value) for each in registry.marked(kind)]


def reasons(house: House, *wanted: str) -> list[tuple[str, str]]:
    """File and message of each problem, the file without its folder."""
    with pytest.raises(BootError) as caught:
        house.load(*wanted)
    return [(problem.file.rpartition("/")[2], problem.message) for problem in caught.value.problems]


# --- marks ---


def test_a_mark_belongs_to_the_object_and_not_to_its_subclasses() -> None:
    class Base: ...

    mark(Base, "kind", 1)

    class Child(Base): ...

    module = module_with(Base, Child)
    assert list(marks_of(module)) == [("kind", 1, Base)]
    mark(Child, "kind", 2)
    assert list(marks_of(module)) == [("kind", 1, Base), ("kind", 2, Child)]


def test_an_object_may_carry_several_marks_and_two_names() -> None:
    def both() -> None: ...

    mark(both, "a", 1)
    mark(both, "b", 2)
    module = module_with(both)
    vars(module)["alias"] = both

    assert list(marks_of(module)) == [("a", 1, both), ("b", 2, both)]


def test_what_cannot_carry_a_mark_says_so() -> None:
    with pytest.raises(TypeError, match="decorate a function or a class"):
        mark(5, "kind", 1)


def module_with(*objects: object) -> ModuleType:
    module = ModuleType(__name__)
    for number, each in enumerate(objects):
        vars(module)[f"name_{number}"] = each
    return module


# --- what is imported ---


def test_conventional_modules_are_imported_and_nothing_else(house: House) -> None:
    house.addon(
        "shop", files={"services.py": marked("service"), "views.py": marked("view"), "other.py": "raise OSError"}
    )

    assert values(house.load("shop")) == [("shop", "service"), ("shop", "view")]


def test_a_module_may_grow_into_a_folder(house: House) -> None:
    files = {"models/__init__.py": marked("package"), "models/a.py": marked("a"), "models/b.py": marked("b")}
    house.addon("shop", files=files)

    assert values(house.load("shop")) == [("shop", "package"), ("shop", "a"), ("shop", "b")]


def test_an_import_elsewhere_is_not_collected_twice(house: House) -> None:
    house.addon("shop", files={"services.py": marked("x"), "views.py": "from addons.shop.services import handler"})

    assert values(house.load("shop")) == [("shop", "x")]


def test_an_extension_is_loaded_only_with_what_it_extends(house: House) -> None:
    house.addon("client")
    house.addon("shop", files={"extends/client.py": marked("link")}, optional='["client"]')

    assert values(house.load("shop")) == []
    assert values(house.load("shop", "client")) == [("shop", "link")]


def test_the_kernel_can_be_extended_by_everybody(house: House) -> None:
    house.addon("shop", files={"extends/core.py": marked("link")})

    assert values(house.load("shop")) == [("shop", "link")]


def test_two_roots_share_the_namespace(house: House, tmp_path: Path) -> None:
    from core.discovery import discover
    from core.resolution import choose

    other = House(tmp_path / "other")
    house.addon("a", files={"services.py": marked("a")})
    other.addon("b", files={"services.py": marked("b")}, depends='["a"]')

    registry = Registry.load(choose(discover([house.root, other.root]), ["b"]))

    assert values(registry) == [("a", "a"), ("b", "b")]


# --- what is refused ---


def test_an_extension_of_an_unnamed_addon_is_refused(house: House) -> None:
    house.addon("client")
    house.addon("shop", files={"extends/clent.py": ""}, optional='["client"]')

    ((file, message),) = reasons(house, "shop")

    assert file == "clent.py"
    assert 'extends "clent"' in message


def test_a_failed_import_names_place_and_last_line(house: House) -> None:
    house.addon("shop", files={"models.py": "\n\nraise ValueError('no\\nsuch column')"})

    assert reasons(house, "shop") == [
        ("models.py:3", "Importing addons.shop.models failed: ValueError: no\nsuch column")
    ]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("import no_such_distribution", "models.py:1", "ModuleNotFoundError: No module named 'no_such_distribution'"),
        ("x = (", "models.py:1", "SyntaxError: '(' was never closed"),
        ("import sys\nsys.exit(3)", "models.py:2", "SystemExit: 3"),
        ("import json\njson.loads('{')", "models.py:2", "JSONDecodeError"),
        ("from core.marks import mark\nmark(5, 'a', 1)", "models.py:2", "TypeError"),
    ],
)
def test_no_failure_of_an_import_is_swallowed(house: House, text: str, place: str, message: str) -> None:
    house.addon("shop", files={"models.py": text})

    ((found, line),) = reasons(house, "shop")

    assert found == place
    assert message in line


def test_failures_of_all_addons_come_at_once_and_nothing_is_half_loaded(house: House) -> None:
    house.addon("a", files={"__init__.py": "1 / 0"})
    house.addon("b", files={"models.py": "1 / 0", "views.py": "nothing"})
    house.addon("good", files={"services.py": marked("x")})

    registry = None
    with pytest.raises(BootError) as caught:
        registry = house.load("a", "b", "good")

    assert registry is None
    assert [Path(problem.file).name for problem in caught.value.problems] == [
        "__init__.py:1",
        "models.py:1",
        "views.py:1",
    ]


def test_what_fails_in_a_dependency_is_reported_once(house: House) -> None:
    house.addon("a", files={"models.py": "1 / 0", "services.py": "import addons.a.models"})
    house.addon("b", files={"services.py": "from addons.a import models"}, depends='["a"]')

    assert [file for file, _ in reasons(house, "b")] == ["models.py:1"]


def test_after_a_correction_the_same_process_can_boot(house: House) -> None:
    house.addon("shop", files={"models.py": "1 / 0"})
    reasons(house, "shop")

    house.write("addons/shop/models.py", marked("corrected and longer than before"))

    assert values(house.load("shop")) == [("shop", "corrected and longer than before")]


def test_a_folder_of_modules_needs_its_init(house: House) -> None:
    house.addon("shop", files={"models/a.py": ""})

    assert reasons(house, "shop") == [("models", "This folder has no __init__.py.")]


def test_an_addon_that_is_imported_from_elsewhere_is_refused(house: House, tmp_path: Path) -> None:
    house.addon("shop")
    other = House(tmp_path / "other")
    other.addon("shop")
    sys.path.insert(0, str(other.root))

    ((file, message),) = reasons(house, "shop")

    assert file == "shop.toml"
    assert str(other.root) in message


# --- what it answers ---


def trading(house: House) -> Registry:
    house.addon(
        "client",
        """
        [permissions]
        read = "View"
        [[groups]]
        key = "seller"
        title = "Seller"
        permissions = ["client.read"]
        [[menu]]
        title = "Customers"
        endpoint = "client.list"
        permission = "client.read"
        order = 20
        [settings.prefix]
        type = "text"
        default = "KH"
        label = "Prefix"
        [jobs."client.nightly"]
        title = "Nightly"
        schedule = "0 2 * * *"
        [jobs."client.import"]
        title = "Import"
        """,
        shared_tables='["client_shared"]',
    )
    house.addon(
        "barter",
        """
        [[slots]]
        slot = "client.tabs"
        label = "Late"
        endpoint = "barter.late"
        permission = "client.read"
        order = 20
        [[slots]]
        slot = "client.tabs"
        label = "Orders"
        endpoint = "barter.tab"
        permission = "client.read"
        order = 10
        [[slots]]
        slot = "warehouse.tabs"
        label = "Orders"
        endpoint = "barter.tab"
        permission = "client.read"
        [[menu]]
        title = "Orders"
        endpoint = "barter.list"
        permission = "client.read"
        order = 10
        [[webhooks]]
        path = "/hook"
        endpoint = "barter.hook"
        """,
        depends='["client"]',
        optional='["warehouse"]',
    )
    house.addon("hazard", depends='["barter"]')
    return house.load("hazard")


def test_it_answers_for_all_manifests(house: House) -> None:
    registry = trading(house)

    assert registry.order == ("core", "client", "barter", "hazard")
    assert registry.addon("barter").package == "addons.barter"
    assert "barter" in registry
    assert "warehouse" not in registry
    assert registry.permissions["client.read"].label == "View"
    assert "core.manage_users" in registry.permissions
    assert [(group.addon, group.key) for group in registry.groups] == [
        ("core", "administrator"),
        ("client", "seller"),
    ]
    assert [entry.title for entry in registry.menu if entry.addon != "core"] == ["Orders", "Customers"]
    assert {slot: [entry.label for entry in entries] for slot, entries in registry.slots.items()} == {
        "client.tabs": ["Orders", "Late"]
    }
    assert registry.settings["client.prefix"].default == "KH"
    assert [job.name for job in registry.schedules if job.addon != "core"] == ["client.nightly"]
    assert {name for name, job in registry.jobs.items() if job.addon != "core"} == {"client.nightly", "client.import"}
    assert [webhook.endpoint for webhook in registry.webhooks] == ["barter.hook"]
    assert registry.shared_tables == {"client_shared"}


def test_it_knows_who_hangs_on_whom(house: House) -> None:
    registry = trading(house)

    assert registry.dependents("client") == ("barter", "hazard")
    assert registry.dependents("hazard") == ()
    assert registry.dependents("core") == ("client", "barter", "hazard")
    assert registry.dependencies("hazard") == ("client", "barter")


def test_it_knows_whose_a_module_is(house: House) -> None:
    registry = trading(house)

    assert registry.addon_of("addons.barter.views") == "barter"
    assert registry.addon_of("addons.barter") == "barter"
    assert registry.addon_of("addons.trades") is None
    assert registry.addon_of("core.access.models") == "core"
    assert registry.addon_of("flask") is None


def test_an_addon_that_is_not_loaded_is_a_key_error(house: House) -> None:
    with pytest.raises(KeyError):
        trading(house).addon("warehouse")


def test_nothing_in_it_can_be_changed(house: House) -> None:
    registry = trading(house)

    with pytest.raises(FrozenInstanceError):
        registry.menu = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        registry.settings["x.y"] = registry.settings["client.prefix"]  # type: ignore[index]


def test_instances_belong_to_the_addon_that_defines_them(house: House) -> None:
    number = "from fractions import Fraction\n"
    house.addon("a", files={"contributions.py": f"{number}one = Fraction(1)\nalias = one\nkind = Fraction"})
    house.addon(
        "b",
        files={"services.py": f"from addons.a.contributions import one\n{number}two = Fraction(2)"},
        depends='["a"]',
    )

    assert [(each.addon, each.obj) for each in house.load("b").instances(Fraction)] == [("a", 1), ("b", 2)]


def test_an_extension_of_a_later_addon_does_not_take_its_instances(house: House) -> None:
    definition = "from fractions import Fraction\none = Fraction(1)"
    for name, other in (("a", "b"), ("b", "a")):
        taking = f"from addons.{other}.contributions import one"
        files = {"contributions.py": definition, f"extends/{other}.py": taking}
        house.addon(name, files=files, optional=f'["{other}"]')

    assert [each.addon for each in house.load("a", "b").instances(Fraction)] == ["a", "b"]


def test_subclasses_belong_to_the_addon_that_defines_them(house: House) -> None:
    house.addon("a", files={"resources.py": "from decimal import Decimal\nclass Own(Decimal): pass"})
    house.addon(
        "b", files={"resources.py": "from addons.a.resources import Own\nclass Mine(Own): pass"}, depends='["a"]'
    )

    assert [(each.addon, each.obj.__name__) for each in house.load("b").subclasses(Decimal)] == [
        ("a", "Own"),
        ("b", "Mine"),
    ]


def test_the_kernel_itself_loads() -> None:
    from core.discovery import discover
    from core.resolution import choose

    registry = Registry.load(choose(discover([]), []))

    assert registry.order == ("core",)
    assert registry.groups[0].permissions == tuple(registry.permissions)
