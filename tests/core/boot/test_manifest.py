"""A manifest is read strictly: what is wrong is named with file, key and fix, and all of it at once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from core.manifest import (
    BootError,
    BootProblem,
    Group,
    Manifest,
    ManifestJob,
    MenuEntry,
    Permission,
    Setting,
    SlotEntry,
    Webhook,
    read_manifest,
    read_profile,
    setting_error,
)
from tests.core.boot.conftest import manifest_text

COMPLETE = """
    depends = ["customer"]
    optional = ["warehouse"]
    shared_tables = ["shop_network"]
    profile_hints = ["standard"]

    [permissions]
    read = "View"

    [[groups]]
    key = "clerk"
    title = "Clerk"
    permissions = ["shop.read", "customer.read", "core.view_jobs"]

    [[menu]]
    title = "Shops"
    endpoint = "shop.shops_list"
    permission = "shop.read"
    icon = "building-store"
    section = "Trade"
    order = 10

    [[slots]]
    slot = "warehouse.tabs"
    label = "Shop"
    endpoint = "shop.tab"
    permission = "shop.read"

    [settings.prefix]
    type = "text"
    default = "SH"
    label = "Prefix"
    help = "Before the number"
    max = 5

    [settings.order_by]
    type = "choice"
    default = "name"
    label = "Order"
    choices = { name = "By name", age = "By age" }

    [jobs."shop.close_day"]
    title = "Close the day"
    schedule = "0 2 * * *"

    [jobs."shop.import_rows"]
    title = "Import"

    [[webhooks]]
    path = "/hooks/shop"
    endpoint = "shop.hook"
"""


def read(tmp_path: Path, text: str, name: str = "shop") -> tuple[Manifest | None, tuple[BootProblem, ...]]:
    file = tmp_path / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return read_manifest(file, name)


def test_a_complete_manifest_becomes_typed_and_frozen(tmp_path: Path) -> None:
    manifest, problems = read(tmp_path, manifest_text("shop", COMPLETE))

    assert problems == ()
    assert manifest is not None
    assert (manifest.depends, manifest.optional) == (("customer",), ("warehouse",))
    assert manifest.permissions == (Permission("shop", "read", "View"),)
    assert manifest.permissions[0].full_name == "shop.read"
    assert manifest.groups == (Group("shop", "clerk", "Clerk", ("shop.read", "customer.read", "core.view_jobs")),)
    assert manifest.menu == (MenuEntry("shop", "Shops", "shop.shops_list", "shop.read", "building-store", "Trade", 10),)
    assert manifest.slots == (SlotEntry("shop", "warehouse.tabs", "Shop", "shop.tab", "shop.read", 100),)
    assert manifest.settings == (
        Setting("shop", "prefix", "text", "SH", "Prefix", "Before the number", None, 5, ()),
        Setting(
            "shop", "order_by", "choice", "name", "Order", "", None, None, (("name", "By name"), ("age", "By age"))
        ),
    )
    assert manifest.settings[0].key == "shop.prefix"
    assert manifest.jobs == (
        ManifestJob("shop", "shop.close_day", "Close the day", "0 2 * * *"),
        ManifestJob("shop", "shop.import_rows", "Import", None),
    )
    assert manifest.webhooks == (Webhook("shop", "/hooks/shop", "shop.hook", ("POST",)),)
    assert (manifest.shared_tables, manifest.profile_hints) == (("shop_network",), ("standard",))
    with pytest.raises(FrozenInstanceError):
        manifest.title = "x"  # type: ignore[misc]


def test_every_text_of_a_manifest_is_offered_for_translation(tmp_path: Path) -> None:
    manifest, _ = read(tmp_path, manifest_text("shop", COMPLETE))

    assert manifest is not None
    assert set(manifest.texts) == {
        *("A title", "A summary", "View", "Clerk", "Shops", "Trade", "Shop", "Prefix", "Before the number"),
        *("Order", "By name", "By age", "Close the day", "Import"),
    }


def test_a_menu_entry_without_a_section_stands_under_the_addons_title(tmp_path: Path) -> None:
    more = '[[menu]]\ntitle = "S"\nendpoint = "shop.a"\npermission = "core.view_jobs"'
    manifest, _ = read(tmp_path, manifest_text("shop", more))

    assert manifest is not None
    assert (manifest.menu[0].section, manifest.menu[0].order, manifest.menu[0].icon) == ("A title", 100, "")


MENU = '[permissions]\nread = "R"\n[[menu]]\ntitle = "M"\n'
SLOT = '[permissions]\nread = "R"\n[[slots]]\nlabel = "L"\npermission = "shop.read"\n'
GROUP = '[permissions]\nread = "R"\n[[groups]]\nkey = "g"\ntitle = "G"\n'
HOOK = '[[webhooks]]\nendpoint = "shop.hook"\n'


def setting(lines: str) -> str:
    return f'[settings.x]\nlabel = "X"\n{lines}'


def replace(**keys: str | None) -> tuple[str, dict[str, str | None]]:
    return "", keys


# what is written, the key that is named, part of the message, part of the fix
BROKEN: list[tuple[str | tuple[str, dict[str, str | None]], str, str, str]] = [
    (replace(title=None), "title", "missing", "Add title"),
    (replace(title="3"), "title", "3 is not a text", "Write title"),
    (replace(title='"  "'), "title", "not a text", "Write title"),
    (replace(titel='"x"'), "titel", "unknown", 'Did you mean "title"?'),
    (replace(name="[]"), "name", "not a text", "Write name"),
    (replace(name='"store"'), "name", 'a place named "shop"', 'Write name = "shop"'),
    (replace(name='"core"'), "name", "kernel's own name", "another name"),
    (replace(version='"1"'), "version", "right form", "0.1.0"),
    (replace(category='"sale"'), "category", "not one of", 'Did you mean "sales"?'),
    (replace(category='"zzz"'), "category", "not one of", "admin, logistics, marketing"),
    (replace(icon='"Users!"'), "icon", "right form", "Tabler"),
    (replace(depends='"customer"'), "depends", "not a list", "Write depends"),
    (replace(depends='["customer", "customer"]'), "depends", "twice", "Remove one"),
    (replace(depends='["Customer"]'), "depends", "right form", "small letters"),
    (replace(depends='["core"]'), "depends", "kernel anyway", 'Remove "core"'),
    (replace(depends='["shop"]'), "depends", "names itself", 'Remove "shop"'),
    (replace(depends='["a"]', optional='["a"]'), "optional", "depends too", "one of the two"),
    (replace(permissions="1"), "permissions", "not a table", "[permissions]"),
    ("[permissions]\nread = 1", "permissions.read", "not a text", "Write read"),
    ('[permissions]\n"shop.read" = "R"', 'permissions."shop.read"', "short name", "implied"),
    (GROUP + 'permissions = ["shop.raed"]', "groups[1].permissions", "not declared", 'Did you mean "shop.read"?'),
    (GROUP + 'permissions = ["read"]', "groups[1].permissions", "not a full name", "shop.read"),
    (GROUP + 'permissions = ["order.read"]', "groups[1].permissions", "does not depend on", 'Add "order" to depends'),
    (GROUP + '[[groups]]\nkey = "g"\ntitle = "H"', "groups[2].key", 'Another group is called "g"', "another key"),
    (GROUP + "colour = 1", "groups[1].colour", "unknown", "Known names"),
    (replace(groups="{}"), "groups", "not a list of tables", "[[groups]]"),
    (MENU + 'endpoint = "shops"\npermission = "shop.read"', "menu[1].endpoint", "right form", "shop.view_name"),
    (MENU + 'endpoint = "order.x"\npermission = "shop.read"', "menu[1].endpoint", "may name here", "shop.view_name"),
    (MENU + 'endpoint = "shop.x"\npermission = "shop.edit"', "menu[1].permission", "not declared", "shop.read"),
    (MENU + 'endpoint = "shop.x"', "menu[1].permission", "missing", "Add permission"),
    (
        MENU + 'endpoint = "shop.x"\npermission = "shop.read"\norder = "1"',
        "menu[1].order",
        "whole number",
        "order = 10",
    ),
    (
        MENU + 'endpoint = "shop.x"\npermission = "shop.read"\n'
        '[[menu]]\ntitle = "M"\nendpoint = "shop.x"\npermission = "shop.read"',
        *("menu[2].endpoint", "already", "Remove one"),
    ),
    (SLOT + 'slot = "tabs"\nendpoint = "shop.x"', "slots[1].slot", "right form", "customer.tabs"),
    (SLOT + 'slot = "order.tabs"\nendpoint = "shop.x"', "slots[1].slot", "does not name", "to optional"),
    (SLOT + 'slot = "core.x"\nendpoint = "core.x"', "slots[1].endpoint", "may name here", "shop.view_name"),
    (
        SLOT + 'slot = "core.x"\nendpoint = "shop.x"\n'
        '[[slots]]\nlabel = "M"\npermission = "shop.read"\nslot = "core.x"\nendpoint = "shop.x"',
        *("slots[2].endpoint", 'in slot "core.x" already', "Remove one"),
    ),
    (setting('type = "number"\ndefault = 1'), "settings.x.type", "not one of", "boolean, choice, days"),
    (setting('type = "text"'), "settings.x.default", "missing", "Add default"),
    (setting('type = "text"\ndefault = 5'), "settings.x.default", "5 is not a text", "type text"),
    (setting('type = "text"\ndefault = "abc"\nmax = 2'), "settings.x.default", "more than 2 characters", "type text"),
    (setting('type = "integer"\ndefault = "5"'), "settings.x.default", "not a whole number", "type integer"),
    (setting('type = "integer"\ndefault = true'), "settings.x.default", "not a whole number", "type integer"),
    (setting('type = "integer"\ndefault = 1\nmin = 2'), "settings.x.default", "less than 2", "type integer"),
    (setting('type = "integer"\ndefault = 1\nmin = 2\nmax = 0'), "settings.x.min", "above the largest", "Exchange"),
    (setting('type = "money"\ndefault = 1.5'), "settings.x.default", "1.5 is not a whole number", "type money"),
    (setting('type = "days"\ndefault = -1'), "settings.x.default", "less than 0", "type days"),
    (setting('type = "boolean"\ndefault = 1'), "settings.x.default", "neither true nor false", "type boolean"),
    (setting('type = "boolean"\ndefault = true\nmax = 1'), "settings.x.max", "has no max", "Remove"),
    (setting('type = "choice"\ndefault = "a"'), "settings.x.choices", "needs its choices", "choices = {"),
    (setting('type = "choice"\ndefault = "c"\nchoices = {a = "A"}'), "settings.x.default", "not one of: a", "choice"),
    (setting('type = "text"\ndefault = ""\nchoices = {a = "A"}'), "settings.x.choices", "has no choices", "Remove"),
    (setting('type = "text"\ndefault = ""\nhint = "A"'), "settings.x.hint", "unknown", "Known names"),
    ('[settings.X]\nlabel = "X"\ntype = "text"\ndefault = ""', "settings.X", "short name", "small letters"),
    ('[jobs.nightly]\ntitle = "N"', "jobs.nightly", "not a name for a job", "shop.verb_noun"),
    ('[jobs."order.nightly"]\ntitle = "N"', 'jobs."order.nightly"', "not a name for a job", "shop.verb_noun"),
    ('[jobs."shop.n"]\nschedule = "0 2 * * *"', 'jobs."shop.n".title', "missing", "Add title"),
    ('[jobs."shop.n"]\ntitle = "N"\nschedule = "2 am"', 'jobs."shop.n".schedule', "never comes round", "five fields"),
    ('[jobs."shop.n"]\ntitle = "N"\nschedule = "61 * * * *"', 'jobs."shop.n".schedule', "never comes", "five fields"),
    ('[jobs."shop.n"]\ntitle = "N"\nschedule = "0 0 31 2 *"', 'jobs."shop.n".schedule', "never comes", "five fields"),
    ('[jobs."shop.n"]\ntitle = "N"\nschedule = "* * * * * *"', 'jobs."shop.n".schedule', "never comes", "five fields"),
    (HOOK + 'path = "hooks"', "webhooks[1].path", "right form", "Begin with /"),
    (HOOK + 'path = "/h"\nmethods = ["FETCH"]', "webhooks[1].methods", "not a method", "GET"),
    (HOOK + 'path = "/h"\n' + HOOK + 'path = "/h"', "webhooks[2].path", "twice", "another path"),
    (replace(shared_tables='["order_x"]'), "shared_tables", "not a table of this addon", 'begin with "shop_"'),
    (replace(profile_hints="[1]"), "profile_hints", "not a list of texts", "Write profile_hints"),
    ("= nonsense", "", "not valid TOML", "Correct the line"),
]


@pytest.mark.parametrize(("written", "key", "message", "fix"), BROKEN, ids=[f"{case[1]}: {case[2]}" for case in BROKEN])
def test_a_broken_manifest_names_file_key_and_fix(
    tmp_path: Path, written: str | tuple[str, dict[str, str | None]], key: str, message: str, fix: str
) -> None:
    more, keys = (written, {}) if isinstance(written, str) else written

    manifest, problems = read(tmp_path, manifest_text("shop", more, **keys))

    assert manifest is None
    (problem,) = problems
    assert (problem.file, problem.key) == (str(tmp_path / "shop.toml"), key)
    assert message in problem.message
    assert fix in problem.fix


def test_all_problems_of_a_manifest_are_reported_at_once(tmp_path: Path) -> None:
    more = '[permissions]\nread = 1\n[[menu]]\ntitle = "M"\n[settings.x]\n[jobs.y]\n'

    _, problems = read(tmp_path, manifest_text("shop", more, title=None, icon='"?"', colour="1"))

    assert [problem.key for problem in problems] == [
        *("title", "icon", "permissions.read", "menu[1].endpoint", "menu[1].permission"),
        *("settings.x.type", "settings.x.label", "jobs.y", "jobs.y.title", "colour"),
    ]


def test_a_boot_error_gives_each_problem_its_own_paragraph(tmp_path: Path) -> None:
    _, problems = read(tmp_path, manifest_text("shop", title=None, summary=None))

    paragraphs = str(BootError(problems)).split("\n\n")

    assert [paragraph.splitlines()[0] for paragraph in paragraphs] == [
        f"BAN003 {tmp_path}/shop.toml: title",
        f"BAN003 {tmp_path}/shop.toml: summary",
    ]
    assert all("Add " in paragraph for paragraph in paragraphs)


def test_a_name_that_cannot_be_a_table_prefix_is_refused(tmp_path: Path) -> None:
    _, (problem,) = read(tmp_path, manifest_text("my-shop"), "my-shop")

    assert problem.key == "name"
    assert "small letters" in problem.fix


def test_a_manifest_that_is_not_utf8_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_bytes(b"\xff\xfe")

    manifest, (problem,) = read_manifest(tmp_path / "shop.toml", "shop")

    assert manifest is None
    assert "cannot be read" in problem.message


@pytest.mark.parametrize(
    ("kind", "value", "is_right"),
    [
        ("text", "abc", True),
        ("text", "abcd", False),
        ("integer", 3, True),
        ("integer", 4, False),
        ("days", 0, True),
        ("days", -1, False),
        ("money", -1, True),
        ("money", True, False),
        ("boolean", False, True),
        ("boolean", 0, False),
        ("choice", "a", True),
        ("choice", "b", False),
        ("choice", None, False),
    ],
)
def test_a_tenants_value_is_judged_as_the_default_is(kind: str, value: object, is_right: bool) -> None:
    bounds = (None, 3) if kind != "choice" else (None, None)
    choices = (("a", "A"),) if kind == "choice" else ()
    declared = Setting("shop", "x", kind, "", "X", "", *bounds, choices)  # type: ignore[arg-type]

    assert (setting_error(declared, value) is None) == is_right


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('title = "Small"\naddons = ["customer"]', []),
        ('title = "Small"\naddons = []', []),
        ('title = "Small"', ["addons"]),
        ("addons = [1]", ["title", "addons"]),
        ('title = "Small"\naddons = ["Customer"]\ncolour = 1', ["addons", "colour"]),
        ("title =", [""]),
    ],
)
def test_profiles_are_as_strict(tmp_path: Path, text: str, keys: list[str]) -> None:
    (tmp_path / "small.toml").write_text(text)

    profile, problems = read_profile(tmp_path / "small.toml")

    assert [problem.key for problem in problems] == keys
    assert (profile is None) == bool(keys)
