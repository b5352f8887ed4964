"""Texts speak the reader's language wherever they are used, and are never trusted as markup."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, g, jsonify, render_template
from jinja2 import DictLoader
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from core.i18n import TranslatedMeta, current_locale, in_domain, install, read_library, translator, use_locale
from core.i18n.catalogues import Library
from core.i18n.web import init_i18n
from core.manifest import BootError
from tests.core.boot.conftest import House

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""

ORDER_PO = (
    PO
    + """
msgid "Other"
msgstr "Đơn khác"

msgid "Open"
msgstr "Đang mở"

msgid "Hello %(name)s"
msgstr "Chào %(name)s"

msgid "Wrong %(name)s"
msgstr "Sai %(ten)s"

msgid "1 order"
msgid_plural "%(n)s orders"
msgstr[0] "%(n)s đơn hàng"

#, fuzzy
msgid "Guess"
msgstr "Đoán"

msgid "Empty"
msgstr ""
"""
)

CUSTOMER_PO = (
    PO
    + """
msgid "Open"
msgstr "Mở"
"""
)

_ = translator("addons.order.views")


@pytest.fixture
def texts(house: House, library: None) -> Library:
    house.addon("order", files={"translations/vi.po": ORDER_PO})
    house.addon("customer", files={"translations/vi.po": CUSTOMER_PO})
    known = house.discover().known
    found = read_library([known["order"], known["customer"]])
    install(found)
    return found


@pytest.fixture
def app(texts: Library) -> Iterator[Flask]:
    app = Flask(__name__)
    app.jinja_loader = DictLoader(
        {
            "order/list.html": "{% extends 'layout.html' %}{% block body %}{{ _('Open') }}{% endblock %}",
            "customer/list.html": "{{ _('Open') }} {{ _('This field is required.') }}",
            "layout.html": "<{% block body %}{% endblock %}>{{ _('Sales') }}",
            "nowhere/x.html": "{{ _('Open') }}",
            "order/around.html": "{{ _('Open') }} {% include 'customer/list.html' %} {{ _('Open') }}",
            "order/count.html": "{{ _n('1 order', '%(n)s orders', n) }}",
            "order/hello.html": "{{ _('Hello %(name)s', name=name) }} {{ lazy }} {{ entry.title|in_domain(entry.addon) }}",
            "order/formats.html": "{{ value|number }}",
            "order/nothing.html": "[{{ none|date }}{{ none|datetime }}{{ none|number }}{{ none|money }}]",
        }
    )
    init_i18n(app, texts)
    with app.test_request_context():
        yield app


def test_a_text_is_found_in_its_own_domain_before_the_kernels(texts: Library) -> None:
    assert str(_("Open")) == "Đang mở"
    assert str(translator("addons.customer.views")("Open")) == "Mở"
    assert str(translator("core.web")("Open")) == "Open"
    assert str(_("Sales")) == "Bán hàng"
    assert [str(translator(name)("Other")) for name in ("addons.order", "core")] == ["Đơn khác", "Khác"]
    assert str(_("Unheard of")) == "Unheard of"


@pytest.mark.parametrize("msgid", ["Guess", "Empty"])
def test_fuzzy_and_empty_entries_count_as_untranslated(texts: Library, msgid: str) -> None:
    assert str(_(msgid)) == msgid


def test_the_language_is_that_of_use_not_of_definition(texts: Library) -> None:
    text = _("Open")

    with use_locale("en"):
        assert (str(text), text == "Open", hash(text)) == ("Open", True, hash("Open"))
        with use_locale("vi"):
            assert str(text) == "Đang mở"
        assert str(text) == "Open"
    assert str(text) == "Đang mở"


def test_an_unknown_language_is_refused_or_ignored(app: Flask) -> None:
    with pytest.raises(ValueError, match="xx"), use_locale("xx"):
        pass
    g.locale = "xx"
    assert current_locale() == "vi"


def test_the_request_chooses_the_language(app: Flask) -> None:
    g.locale = "en"
    assert (current_locale(), str(_("Open"))) == ("en", "Open")
    with use_locale("vi"):
        assert str(_("Open")) == "Đang mở"


def test_a_lazy_text_behaves_as_its_string(texts: Library) -> None:
    text = _("Open")

    assert text + "!" == "Đang mở!"
    assert "!" + text == "!Đang mở"
    assert text + text == "Đang mởĐang mở"
    assert f"{text:>8}" == " Đang mở"
    assert (text.upper(), len(text), text[0], next(iter(text))) == ("ĐANG MỞ", 7, "Đ", "Đ")
    assert ("mở" in text, bool(text), bool(_(""))) == (True, True, False)
    assert ", ".join([str(text), str(text)]) == "Đang mở, Đang mở"
    assert sorted([_("Sales"), text, "A"], key=str) == ["A", _("Sales"), text]
    assert sorted([text, _("Sales")]) == [_("Sales"), text]
    assert text != 5
    assert text != "Open"
    assert repr(text) == "LazyString('Đang mở')"
    assert copy.deepcopy(text) == copy.copy(text) == text
    assert _("%(a)s of %(b)s") % {"a": 1, "b": 2} == "1 of 2"


def test_values_are_filled_in_and_may_be_lazy_themselves(texts: Library) -> None:
    assert str(_("Hello %(name)s", name=_("Open"))) == "Chào Đang mở"
    with use_locale("en"):
        assert str(_("Hello %(name)s", name=_("Open"))) == "Hello Open"


def test_without_values_a_percent_sign_may_stand(texts: Library) -> None:
    assert str(_("100% done")) == "100% done"


def test_a_wrong_translation_falls_back_to_the_msgid(texts: Library) -> None:
    assert str(_("Wrong %(name)s", name="A")) == "Wrong A"


@pytest.mark.parametrize(("n", "vietnamese", "english"), [(1, "1 đơn hàng", "1 order"), (3, "3 đơn hàng", "3 orders")])
def test_plurals_follow_the_language(app: Flask, n: int, vietnamese: str, english: str) -> None:
    text = _.n("1 order", "%(n)s orders", n)

    assert (str(text), render_template("order/count.html", n=n)) == (vietnamese, vietnamese)
    with use_locale("en"):
        assert (str(text), render_template("order/count.html", n=n)) == (english, english)


def test_a_plural_groups_its_number(texts: Library) -> None:
    assert str(_.n("1 order", "%(n)s orders", 1284)) == "1.284 đơn hàng"


def test_a_plural_may_show_its_number_otherwise(texts: Library) -> None:
    assert str(_.n("1 order", "%(n)s orders", 1000, n="1.000")) == "1.000 đơn hàng"


@pytest.mark.parametrize(
    ("module", "domain"),
    [
        ("addons.order.views", "order"),
        ("addons.later.views", "later"),
        ("extra_wheel.services", "extra"),
        ("extra_wheels.services", "core"),
        ("core.web", "core"),
        ("__main__", "core"),
    ],
)
def test_a_module_belongs_to_its_addons_domain(module: str, domain: str) -> None:
    assert Library({}, {"core": "core", "addons.order": "order", "extra_wheel": "extra"}).domain_of(module) == domain


def test_before_a_boot_the_kernels_texts_are_there(library: None) -> None:
    assert str(translator("core.x")("Sales")) == "Bán hàng"


def test_a_manifests_text_is_looked_up_by_its_addon(texts: Library) -> None:
    assert [str(in_domain("Open", name)) for name in ("order", "customer", "core")] == ["Đang mở", "Mở", "Open"]


def test_every_catalogue_that_cannot_be_parsed_is_named(house: House, library: None) -> None:
    for name in ("a", "b"):
        house.addon(name, files={"translations/vi.po": 'msgid "x"\nmsgstr "y\nnonsense'})
    known = house.discover().known

    with pytest.raises(BootError) as caught:
        read_library([known["a"], known["b"]])

    assert [Path(problem.file).parent.parent.name for problem in caught.value.problems] == ["a", "b"]


def test_a_templates_first_folder_is_its_domain(app: Flask) -> None:
    assert render_template("order/list.html") == "<Đang mở>Bán hàng"
    assert render_template("customer/list.html") == "Mở Trường này là bắt buộc."
    assert render_template("nowhere/x.html") == "Open"
    assert render_template("order/around.html") == "Đang mở Mở Trường này là bắt buộc. Đang mở"


def test_texts_and_their_values_are_escaped_in_templates(app: Flask) -> None:
    context = {"name": "<b>", "lazy": _("<i>"), "entry": SimpleNamespace(title="<u>", addon="order")}

    assert render_template("order/hello.html", **context) == "Chào &lt;b&gt; &lt;i&gt; &lt;u&gt;"
    assert not hasattr(_("<i>"), "__html__")
    assert escape(_("<i>")) == "&lt;i&gt;"
    assert Markup("<p>%s</p>") % _("<i>") == "<p>&lt;i&gt;</p>"


def test_lazy_texts_become_strings_in_json(app: Flask) -> None:
    assert jsonify(title=_("Open"), day=date(2026, 11, 21)).json["title"] == "Đang mở"


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [(1234567, "1.234.567", "1,234,567"), (-1000, "-1.000", "-1,000"), (0, "0", "0"), (1234.5, "1.234,5", "1,234.5")],
)
def test_numbers_are_grouped_as_the_language_does(app: Flask, value: float, vietnamese: str, english: str) -> None:
    assert render_template("order/formats.html", value=value) == vietnamese
    with use_locale("en"):
        assert render_template("order/formats.html", value=value) == english


def test_none_is_shown_as_nothing(app: Flask) -> None:
    assert render_template("order/nothing.html") == "[]"


class Registration(Form):
    class Meta(TranslatedMeta): ...

    name = StringField(validators=[InputRequired(), Length(min=3, max=5)])
    age = IntegerField()


def test_wtforms_own_messages_are_vietnamese(texts: Library) -> None:
    def messages(**data: str) -> dict[str, list[str]]:
        form = Registration(MultiDict(data))
        form.validate()
        return form.errors

    assert messages(age="x") == {"name": ["Trường này là bắt buộc."], "age": ["Số nguyên không hợp lệ."]}
    assert messages(name="ab", age="1") == {"name": ["Phải có từ 3 đến 5 ký tự."]}
    with use_locale("en"):
        assert messages(age="1") == {"name": ["This field is required."]}


def test_wtforms_plurals_are_vietnamese(texts: Library) -> None:
    class Short(Form):
        class Meta(TranslatedMeta): ...

        name = StringField(validators=[Length(max=5)])

    form = Short(MultiDict({"name": "abcdef"}))
    form.validate()

    assert form.errors == {"name": ["Không được dài quá 5 ký tự."]}
