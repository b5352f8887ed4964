"""A text without Vietnamese is named with its place; so is an entry that nothing uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from core.discovery import HOUSE
from core.i18n_check import extract, main, missing
from tests.core.boot.conftest import House

PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
HEAD = 'msgid "A title"\nmsgstr "Tên"\n\nmsgid "A summary"\nmsgstr "Tóm tắt"\n\n'


def check(house: House, po: str, more: str = "", **files: str) -> list[str]:
    """What is said of an addon with these files (``views_py`` stands for views.py), without the folder."""
    named = {
        name.replace("__", "/").replace("_py", ".py").replace("_html", ".html"): text for name, text in files.items()
    }
    folder = house.addon("shop", more, files={**named, "translations/vi.po": PO + HEAD + po})
    return [line.replace(f"{folder}/", "").replace(f"{house.root}/", "") for line in missing(folder, "shop")]


def test_the_kernel_and_the_addons_of_this_house_are_complete() -> None:
    assert CliRunner().invoke(main).output == ""


def test_a_complete_addon_has_nothing_to_say(house: House) -> None:
    po = 'msgid "Open"\nmsgstr "Mở"\n\nmsgid "1 row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s dòng"\n'

    assert check(house, po, views_py='_("Open"); _.n("1 row", "%(n)s rows", 3)') == []


def test_texts_are_found_wherever_they_stand(house: House) -> None:
    lines = check(
        house,
        "",
        '[permissions]\nread = "Manifest"',
        views_py='x = [_("Py" "thon")]\n_.n("One", "Many", n)',
        models__a_py='class A:\n    label = _("Deep")',
        templates__shop__a_html='<p>{{ _("Tpl") }}</p>\n{{ f(_("In", a=1)) }}{{ _n("T1", "Tn", rows|length) }}',
    )

    assert lines == [
        'models/a.py:2: "Deep" has no translation',
        'views.py:1: "Python" has no translation',
        'views.py:2: "One" / "Many" has no translation',
        'templates/shop/a.html:1: "Tpl" has no translation',
        'templates/shop/a.html:2: "In" has no translation',
        'templates/shop/a.html:2: "T1" / "Tn" has no translation',
        'manifests/shop.toml: "Manifest" has no translation',
    ]


def test_what_no_user_reads_is_not_searched(house: House) -> None:
    assert check(house, "", migrations__a_py='_("A")', static__a_html='{{ _("A") }}', testing__a_py='_("A")') == []


def test_what_the_kernel_translates_need_not_be_translated_again(house: House) -> None:
    assert check(house, "", views_py='_("This field is required.")') == []


def test_a_name_and_a_number_are_not_taken_for_texts(house: House) -> None:
    assert check(house, "", templates__shop__a_html='{{ _(title) }}{{ _n(one, "b", n) }}{{ other("x") }}') == []
    assert check(house, "", views_py="for _ in x: pass\n_(title)\n_(entry.label)\nother('x')\nx.n('a', 'b', 1)") == []


@pytest.mark.parametrize("call", ['_(f"{n} rows")', '_("a" + b)', '_("%s" % n)', '_.n(f"{n}", "b", n)'])
def test_a_text_that_is_composed_too_early_is_a_problem(house: House, call: str) -> None:
    (line,) = check(house, "", views_py=call)

    assert line.startswith("views.py:1: the text is composed")


@pytest.mark.parametrize(
    ("po", "call", "line"),
    [
        ('#, fuzzy\nmsgid "A"\nmsgstr "B"', '_("A")', 'views.py:1: "A" has a translation marked fuzzy'),
        ('msgid "A"\nmsgstr ""', '_("A")', 'views.py:1: "A" has an empty translation'),
        (
            'msgid "A %(n)s"\nmsgstr "B %(m)s"',
            '_("A %(n)s", n=1)',
            'views.py:1: "A %(n)s" has a translation with other placeholders',
        ),
        (
            'msgid "1 a"\nmsgid_plural "%(n)s a"\nmsgstr[0] "a"',
            '_.n("1 a", "%(n)s a", 2)',
            'views.py:1: "1 a" / "%(n)s a" has a translation with other placeholders',
        ),
        ('msgid "A"\nmsgstr "B"', '_.n("A", "As", 2)', 'views.py:1: "A" / "As" has no translation'),
        ('msgid "A"\nmsgstr "B"', "pass", 'translations/vi.po: "A" is used nowhere'),
        ('#~ msgid "A"\n#~ msgstr "B"', "pass", 'translations/vi.po: "A" is used nowhere'),
        (
            'msgid "A"\nmsgstr "B"\n\nmsgid "A"\nmsgstr "C"',
            '_("A")',
            'translations/vi.po: "A" stands there twice',
        ),
    ],
)
def test_what_is_wrong_with_an_entry_is_said(house: House, po: str, call: str, line: str) -> None:
    assert check(house, po, views_py=call) == [line]


def test_sources_that_cannot_be_read_are_named(house: House) -> None:
    lines = check(house, "", views_py="x = (", templates__shop__a_html="{% block %}")

    assert [line.partition(":")[0] for line in lines] == ["views.py", "templates/shop/a.html"]


def test_an_addon_without_a_catalogue_lacks_everything(house: House) -> None:
    folder = house.addon("shop", files={"views.py": '_("A")'})

    assert len(missing(folder, "shop")) == 3


def test_an_installed_addon_has_its_manifest_inside(house: House) -> None:
    folder = house.addon("shop")
    (house.root / "manifests" / "shop.toml").rename(folder / "manifest.toml")

    assert ("A title",) in extract(folder, "shop").texts


def test_the_command_fails_where_a_text_is_missing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.addon("shop", files={"views.py": '_("A")'})
    monkeypatch.setattr("core.i18n_check.HOUSE", house.root)

    result = CliRunner().invoke(main, ["shop"])

    assert result.exit_code == 1
    assert 'views.py:1: "A" has no translation' in result.output
    assert CliRunner().invoke(main, ["nobody"]).exit_code == 2


def test_the_check_looks_at_this_house() -> None:
    assert (HOUSE / "core" / "translations" / "vi.po").is_file()
    assert isinstance(HOUSE, Path)
