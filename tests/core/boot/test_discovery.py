"""Addons are found in roots and installed distributions, and none of their code runs for it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from core.discovery import HOUSE, discover, installed_entry_points
from tests.core.boot.conftest import House, manifest_text

EXPLODES = "raise RuntimeError('this addon was imported')"


class Site:
    """A folder on the import path with installed distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def install(self, entry_point: str, files: Mapping[str, str]) -> None:
        name = f"banyan-extra-{len(list(self.folder.glob('*.dist-info')))}"
        info = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}
        info["entry_points.txt"] = f"[banyan.addons]\n{entry_point}\n"
        for file, text in {**files, **{f"{name}-1.0.dist-info/{key}": text for key, text in info.items()}}.items():
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, house: House) -> Site:
    site = Site(tmp_path / "site")
    sys.path.append(str(site.folder))  # the house puts the path back
    return site


def messages(*roots: Path, with_entry_points: bool = False) -> list[tuple[str, str]]:
    """The problems as (file, message)."""
    found = discover(roots, installed_entry_points() if with_entry_points else ())
    return [(problem.file, problem.message) for problem in found.problems]


def test_this_house_has_no_problems() -> None:
    found = discover([HOUSE])

    assert found.problems == ()
    assert "standard" in found.profiles
    assert found.known["core"].package == "core"


def test_an_addon_of_a_root_is_found_without_being_imported(house: House) -> None:
    folder = house.addon("bomb", files={"__init__.py": EXPLODES, "models.py": EXPLODES})

    found = house.discover()

    bomb = found.known["bomb"]
    assert found.problems == ()
    assert (bomb.package, bomb.folder, bomb.origin) == ("addons.bomb", folder, str(house.root))
    assert not [name for name in sys.modules if name.startswith("addons.bomb")]


@pytest.mark.parametrize("package", ["extra_bomb", "vendor.extra_bomb", "addons.extra_bomb", "a.b.extra_bomb"])
def test_an_installed_addon_is_found_without_being_imported(site: Site, house: House, package: str) -> None:
    folder = package.replace(".", "/")
    files = {f"{folder}/__init__.py": EXPLODES, f"{folder}/manifest.toml": manifest_text("extra_bomb")}
    if package.startswith("vendor"):
        files["vendor/__init__.py"] = EXPLODES
    site.install(f"extra_bomb = {package}", files)

    found = discover([house.root], installed_entry_points())

    bomb = found.known["extra_bomb"]
    assert found.problems == ()
    assert (bomb.package, bomb.folder, bomb.origin) == (package, site.folder / folder, "banyan-extra-0 1.0")
    assert package not in sys.modules
    assert "vendor" not in sys.modules


def test_what_was_not_imported_would_have_exploded(house: House) -> None:
    house.addon("bomb", files={"__init__.py": EXPLODES})
    sys.path.append(str(house.root))

    with pytest.raises(RuntimeError, match="was imported"):
        __import__("addons.bomb")


def test_one_name_from_two_roots_names_both_files(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other")
    house.addon("shop")
    other.addon("shop")

    found = discover([house.root, other.root])

    (problem,) = found.problems
    assert problem.file == f"{other.root}/manifests/shop.toml"
    assert f"{house.root}/manifests/shop.toml" in problem.message
    assert "Remove one of the two" in problem.fix


def test_one_root_named_twice_is_one_root(house: House) -> None:
    house.addon("shop")

    assert messages(house.root, house.root / "addons" / "..") == []


def test_one_name_from_a_root_and_a_distribution_names_both_files(house: House, site: Site) -> None:
    house.addon("shop")
    site.install("shop = shop", {"shop/__init__.py": "", "shop/manifest.toml": manifest_text("shop")})

    ((file, message),) = messages(house.root, with_entry_points=True)

    assert file == f"{site.folder}/shop/manifest.toml"
    assert f"{house.root}/manifests/shop.toml" in message


def test_nobody_else_may_be_the_kernel(house: House) -> None:
    house.addon("core")

    ((file, message),) = messages(house.root)

    assert file.endswith("manifests/core.toml")
    assert "core/manifest.toml" in message


def test_a_root_that_hides_the_others_is_refused(house: House) -> None:
    house.addon("shop")
    hiding = house.write("addons/__init__.py", "")

    assert messages(house.root) == [(str(hiding), "This file hides the addons of every other root.")]


def test_a_distribution_that_hides_the_others_is_refused(house: House, site: Site) -> None:
    files = {
        "addons/__init__.py": "",
        "addons/extra/__init__.py": "",
        "addons/extra/manifest.toml": manifest_text("extra"),
    }
    site.install("extra = addons.extra", files)

    assert (f"{site.folder}/addons/__init__.py", "This file hides the addons of every other root.") in messages(
        house.root, with_entry_points=True
    )


def test_a_manifest_without_code_is_a_problem(house: House) -> None:
    file = house.write("manifests/shop.toml", manifest_text("shop"))

    assert messages(house.root) == [(str(file), "This manifest has no code.")]


def test_code_without_a_manifest_is_a_problem(house: House) -> None:
    file = house.write("addons/shop/__init__.py", "")

    assert messages(house.root) == [(str(file.parent), "This addon has no manifest.")]


def test_what_a_removed_addon_left_behind_is_not_code(house: House) -> None:
    house.write("addons/shop/__pycache__/models.cpython-311.pyc", "")
    house.write("addons/__pycache__/x.py", "")

    assert messages(house.root) == []


def test_a_manifest_inside_a_package_counts_only_if_it_is_announced(house: House) -> None:
    house.write("addons/extra/__init__.py", "")
    file = house.write("addons/extra/manifest.toml", manifest_text("extra"))

    assert messages(house.root) == [(str(file), "No entry point announces this manifest.")]


def test_site_packages_may_be_a_root_that_holds_announced_addons(site: Site) -> None:
    files = {"addons/extra/__init__.py": "", "addons/extra/manifest.toml": manifest_text("extra")}
    site.install("extra = addons.extra", files)

    assert messages(site.folder, with_entry_points=True) == []


def test_a_folder_that_is_no_root_is_a_problem(tmp_path: Path) -> None:
    assert messages(tmp_path) == [(str(tmp_path), "This root holds neither addons/ nor manifests/.")]


@pytest.mark.parametrize(
    ("entry_point", "files", "message"),
    [
        ("gone = gone", {}, 'The package "gone" is not there.'),
        ("gone = gone.below", {}, 'The package "gone.below" is not there.'),
        ("single = single", {"single.py": EXPLODES}, 'The package "single" is not there.'),
        ("extra = extra:app", {"extra/__init__.py": EXPLODES}, "The value must be a package alone."),
        ("extra = extra", {"extra/__init__.py": EXPLODES}, "there is no manifest."),
    ],
)
def test_a_wrong_entry_point_is_a_problem(
    site: Site, house: House, entry_point: str, files: dict[str, str], message: str
) -> None:
    site.install(entry_point, files)

    ((_, found),) = messages(house.root, with_entry_points=True)

    assert found.endswith(message)


def test_an_installed_manifest_carries_its_packages_name(site: Site, house: House) -> None:
    site.install("extra = extra", {"extra/__init__.py": "", "extra/manifest.toml": manifest_text("other")})

    ((_, message),) = messages(house.root, with_entry_points=True)

    assert message == '"other" stands in a place named "extra".'


def test_problems_of_all_addons_and_profiles_are_collected(house: House) -> None:
    house.addon("a", title=None)
    house.addon("b", icon='"?"')
    house.addon("good")
    house.write("manifests/profiles/small.toml", "addons = 1")

    found = house.discover()

    assert [(Path(problem.file).name, problem.key) for problem in found.problems] == [
        *(("a.toml", "title"), ("b.toml", "icon"), ("small.toml", "title"), ("small.toml", "addons"))
    ]
    assert set(found.known) == {"core", "good"}
    assert found.broken == {"a", "b"}


def test_one_profile_from_two_roots_is_a_problem(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other")
    for root in (house, other):
        root.write("manifests/profiles/small.toml", 'title = "Small"\naddons = []')

    ((file, message),) = messages(house.root, other.root)

    assert file.startswith(str(other.root))
    assert str(house.root) in message


def test_entry_points_come_from_what_is_installed(site: Site) -> None:
    site.install("extra = extra", {})

    assert [type(entry) for entry in installed_entry_points()] == [metadata.EntryPoint]
