"""Dependencies come first, always in the same order; what cannot be ordered is reported whole."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.discovery import FoundAddon, discover
from core.manifest import BootError, Manifest
from core.resolution import choose, resolve, wanted_addons
from tests.core.boot.conftest import House

EMPTY = Manifest(
    name="",
    title="T",
    summary="S",
    version="0.1.0",
    category="sales",
    icon="x",
    **dict.fromkeys(
        (
            *("depends", "optional", "permissions", "groups", "menu", "slots", "settings", "jobs", "webhooks"),
            *("shared_tables", "profile_hints"),
        ),
        (),
    ),
)


def known(graph: dict[str, str], optional: dict[str, str] | None = None) -> dict[str, FoundAddon]:
    """Addons without folders: name → the names it depends on, separated by blanks."""
    addons = {}
    for name, depends in graph.items():
        manifest = replace(
            EMPTY, name=name, depends=tuple(depends.split()), optional=tuple((optional or {}).get(name, "").split())
        )
        addons[name] = FoundAddon(manifest, f"addons.{name}", Path(name), Path(f"{name}.toml"), "test")
    return addons


def names(addons: dict[str, FoundAddon], *wanted: str) -> list[str]:
    return [found.name for found in resolve(addons, wanted)]


def refused(addons: dict[str, FoundAddon], *wanted: str) -> list[str]:
    with pytest.raises(BootError) as caught:
        resolve(addons, wanted)
    return [f"{problem.file} {problem.message} {problem.fix}" for problem in caught.value.problems]


def test_dependencies_come_first_then_names_decide() -> None:
    addons = known({"core": "", "order": "customer", "activity": "customer", "customer": "", "boom": "order activity"})

    assert names(addons, "boom") == ["core", "customer", "activity", "order", "boom"]


def test_only_what_is_wanted_and_needed_is_loaded() -> None:
    assert names(known({"core": "", "a": "b", "b": "", "c": ""}), "a") == ["core", "b", "a"]
    assert names(known({"core": "", "a": ""})) == ["core"]


def test_the_order_does_not_hang_on_the_order_of_wishes() -> None:
    addons = known({"b": "d", "a": "", "d": "", "c": "a"})

    assert names(addons, "c", "b") == names(dict(reversed(addons.items())), "b", "c", "b") == ["a", "c", "d", "b"]


def test_an_optional_addon_comes_before_its_extender_where_it_can() -> None:
    assert names(known({"a": "", "b": ""}, {"a": "b"}), "a", "b") == ["b", "a"]
    assert names(known({"a": "", "b": ""}, {"a": "b", "b": "a"}), "a", "b") == ["a", "b"]
    assert names(known({"a": "", "b": "a"}, {"a": "b"}), "b") == ["a", "b"]


def test_an_optional_addon_is_not_pulled_in_and_need_not_exist() -> None:
    assert names(known({"a": "", "b": ""}, {"a": "b nobody"}), "a") == ["a"]


def test_a_missing_dependency_names_the_file_and_the_likely_name() -> None:
    (message,) = refused(known({"customer": "", "order": "custmer"}), "order")

    assert message.startswith('order.toml "order" depends on "custmer"')
    assert 'Did you mean "customer"?' in message


def test_an_unknown_wish_is_told_the_likely_name() -> None:
    (message,) = refused(known({"customer": ""}), "costumer")

    assert 'Did you mean "customer"?' in message


def test_a_circle_is_named() -> None:
    (message,) = refused(known({"a": "b", "b": "c", "c": "a", "d": "a"}), "d")

    assert "a → b → c → a" in message


def test_an_addon_that_depends_on_itself_is_a_circle() -> None:
    assert "a → a" in refused(known({"a": "a"}), "a")[0]


def test_a_tangle_of_circles_names_all_its_members() -> None:
    (message,) = refused(known({"a": "b c", "b": "a", "c": "a"}), "a")

    assert "a → b → a" in message
    assert "a, b, c" in message


def test_all_problems_come_at_once() -> None:
    addons = known({"a": "b gone", "b": "a", "c": "c", "order": "", "order_x": ""})

    messages = refused(addons, "a", "c", "order", "order_x", "nobody")

    assert len(messages) == 5
    assert all(any(part in each for each in messages) for part in ("nobody", "gone", "a → b", "c → c", "order_x"))


@pytest.mark.parametrize(("short", "long", "collide"), [("order", "order_x", True), ("order", "orders", False)])
def test_table_prefixes_must_not_contain_each_other(short: str, long: str, collide: bool) -> None:
    addons = known({short: "", long: ""})

    if collide:
        assert 'Tables of "order_x" could be taken for tables of "order"' in refused(addons, short, long)[0]
    else:
        assert names(addons, short, long) == [short, long]


def test_no_addon_may_look_like_the_kernel() -> None:
    assert "core_x" in refused(known({"core": "", "core_x": ""}), "core_x")[0]


def test_an_addon_whose_manifest_is_broken_is_not_reported_again() -> None:
    with pytest.raises(BootError) as caught:
        resolve(known({"a": "broken gone"}), ["a", "broken"], broken={"broken"})

    assert len(caught.value.problems) == 1


def test_permissions_of_other_addons_must_exist(house: House) -> None:
    group = '[[groups]]\nkey = "g"\ntitle = "G"\npermissions = ["customer.raed", "core.view_jobs"]\n'
    menu = '[[menu]]\ntitle = "M"\nendpoint = "order.x"\npermission = "core.nothing"'
    house.addon("customer", '[permissions]\nread = "R"')
    house.addon("order", group + menu, depends='["customer"]')

    with pytest.raises(BootError) as caught:
        choose(house.discover(), ["order"])

    assert [(problem.key, problem.fix) for problem in caught.value.problems] == [
        ("groups[1].permissions", 'Did you mean "customer.read"?'),
        ("menu[1].permission", caught.value.problems[1].fix),
    ]


def test_two_addons_cannot_have_one_webhook_address(house: House) -> None:
    for name in ("a", "b"):
        house.addon(name, f'[[webhooks]]\npath = "/hook"\nendpoint = "{name}.hook"')

    with pytest.raises(BootError, match='"/hook" is a webhook of "a" already'):
        choose(house.discover(), ["a", "b"])


def test_problems_of_manifests_and_of_wishes_come_together(house: House) -> None:
    house.addon("a", title=None)

    with pytest.raises(BootError) as caught:
        choose(house.discover(), ["a", "nobody"])

    assert [problem.key for problem in caught.value.problems] == ["title", "nobody"]


def test_a_profile_or_a_list_says_what_is_wanted(house: House) -> None:
    house.write("manifests/profiles/small.toml", 'title = "Small"\naddons = ["customer"]')
    found = discover([house.root])

    assert wanted_addons(found, None, "small") == ("customer",)
    assert wanted_addons(found, (), "small") == ()
    assert wanted_addons(found, ["order"], "no such profile") == ("order",)
    with pytest.raises(BootError, match='Did you mean "small"'):
        wanted_addons(found, None, "smal")


NODES = "abcdefg"
graphs = st.dictionaries(st.sampled_from(NODES), st.sets(st.sampled_from(NODES)), min_size=1).map(
    lambda graph: {name: {needed for needed in depends if needed in graph} for name, depends in graph.items()}
)
acyclic_graphs = graphs.map(
    lambda graph: {name: {needed for needed in depends if needed < name} for name, depends in graph.items()}
)


def as_addons(graph: dict[str, set[str]]) -> dict[str, FoundAddon]:
    return known({name: " ".join(sorted(depends)) for name, depends in graph.items()})


@given(acyclic_graphs)
def test_every_acyclic_graph_is_ordered_dependencies_first(graph: dict[str, set[str]]) -> None:
    order = names(as_addons(graph), *graph)

    assert sorted(order) == sorted(graph)
    for name, depends in graph.items():
        assert all(order.index(needed) < order.index(name) for needed in depends)


def circles_of(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """The sets whose members can all reach each other, by Warshall's closure: another way than the code's."""
    reach = {(name, needed) for name, depends in graph.items() for needed in depends}
    for middle in graph:
        reach |= {(a, b) for a in graph for b in graph if (a, middle) in reach and (middle, b) in reach}
    sets = {frozenset(b for b in graph if (a, b) in reach and (b, a) in reach) for a in graph}
    return {each for each in sets if each}


@given(graphs)
def test_exactly_the_circles_of_a_graph_are_reported(graph: dict[str, set[str]]) -> None:
    expected = circles_of(graph)
    if not expected:
        assert len(names(as_addons(graph), *graph)) == len(graph)
        return

    messages = refused(as_addons(graph), *graph)

    reported = set()
    for message in messages:
        circle = re.search(r"circle: ([a-g](?: → [a-g])+)", message)[1].split(" → ")  # type: ignore[index]
        assert circle[0] == circle[-1]
        assert all(needed in graph[name] for name, needed in pairwise(circle))
        entangled = re.search(r"with it: ([a-g, ]+)\.", message)
        reported.add(frozenset(entangled[1].split(", ")) if entangled else frozenset(circle))
    assert reported == expected
    assert len(messages) == len(expected)
