"""Each rule on templates goes red on the markup that it is for, and stays green on its harmless neighbour."""

import pytest

from core.vetting.template_rules import check_template

BAD = [
    ("hx-on", "<button hx-on:click='go()'>"),
    ("hx-on", "<button data-hx-on:click='go()'>"),
    ("hx-trigger-filter", "<div hx-trigger='click[ctrlKey]'>"),
    ("hx-trigger-filter", "<div data-hx-trigger='keyup[key==\"Enter\"] from:body'>"),
    ("hx-eval", "<div hx-vals='js:{a: 1}'>"),
    ("hx-eval", "<div hx-headers='javascript: token()'>"),
    ("hx-eval", "<div hx-vars='a:1'>"),
    ("inline-script", "<script>start()</script>"),
    ("inline-script", "<script type='module'>{% if x %}start(){% endif %}</script>"),
    ("inline-script", "<body onload='start()'>"),
    ("inline-script", "<a {% if x %}onclick='start()'{% endif %}>"),
    ("inline-style", "<p style='color: red'>"),
    ("inline-style", "<p style='width: {{ width }}%'>"),
    ("inline-style", "<style>p { color: red }</style>"),
    ("javascript-url", "<a href=' JavaScript:start()'>"),
    ("safe-filter", "{{ note|safe }}"),
    ("safe-filter", "{{ note | trim | safe }}"),
    ("safe-filter", "{% autoescape false %}{{ note }}{% endautoescape %}"),
    ("form-csrf", "<form method='post'><input name='q'></form>"),
    ("form-csrf", "<form method='POST' action='{{ url }}'>{{ form.name() }}</form>"),
    ("foreign-resource", "<script src='https://cdn.example/x.js'></script>"),
    ("foreign-resource", "<link rel='stylesheet' href='//cdn.example/x.css'>"),
]

GOOD = [
    "<button hx-post='{{ url }}' hx-trigger='click delay:200ms'>",
    "<div hx-trigger='{{ triggers[0] }}'>",
    "<div hx-vals='{\"a\": 1}'>",
    '<script src=\'{{ url_for("static", filename="app.js") }}\' defer></script>',
    "<script type='application/json' id='rows'>{{ rows|tojson }}</script>",
    "<p class='text-danger'>",
    "<a href='https://elsewhere.example/'>elsewhere</a>",
    "{# style='x' |safe #}<p>{{ safe }}</p>",
    "{{ note|safe_title }}",
    "<form method='get'><input name='q'></form>",
    "<form method='post'>{{ form.hidden_tag() }}</form>",
    "<form method='post'><input type='hidden' name='csrf_token' value='{{ csrf_token() }}'></form>",
    "<form method='post' hx-post='{{ url }}'></form>",
    "{% if a > b %}<p>{{ '<b style=x>' }}</p>{% endif %}",
    "<textarea name='on'></textarea>",
]


@pytest.mark.parametrize(("rule", "template"), BAD)
def test_a_seeded_bad_template_is_found(rule, template):
    assert rule in {
        finding.rule for finding in check_template("addons/customer/templates/customer/list.html", template)
    }


@pytest.mark.parametrize("template", GOOD)
def test_a_harmless_template_is_not(template):
    assert check_template("core/ui/templates/page.html", template) == []


def test_a_finding_names_the_line_of_the_template():
    template = "{% extends 'layout.html' %}\n{#\n two lines\n#}\n<p\n  class='x'>\n{{ a|safe }}\n<p style='x'>"
    findings = check_template("page.html", template)

    assert [(finding.line, finding.rule) for finding in findings] == [(7, "safe-filter"), (8, "inline-style")]
