"""House rules on templates: what the content security policy would break or an attacker would like.

Jinja's own syntax is replaced by blanks of the same length first, so that the rest is plain HTML with its line numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from core.vetting.breaches import Breach

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SAFE_FILTER = re.compile(r"\|\s*safe\b")
AUTOESCAPE_OFF = re.compile(r"\{%-?\s*autoescape\s+(?!true)", re.IGNORECASE)
CSRF = re.compile(r"csrf|hidden_tag", re.IGNORECASE)
SENDING = {"hx-post", "hx-put", "hx-patch", "hx-delete"}
DATA_TYPES = {"application/json", "application/ld+json"}
LOADING = {"src", "srcset", "action", "formaction", "poster", "data"}
STYLE_ATTRIBUTE = re.compile(r"style|data-style")
HANDLER_ATTRIBUTE = re.compile(r"on[a-z]+")


class Page(HTMLParser):
    """Collects the breaches of one template's HTML."""

    def __init__(self, template: str) -> None:
        super().__init__(convert_charrefs=True)
        self.template = template
        self.found: list[tuple[int, str, str]] = []
        self.script: tuple[int, bool] | None = None
        self.form: int | None = None
        self.feed(JINJA.sub(_blank, template))
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        line, _ = self.getpos()
        given = {name.removeprefix("data-") if name.startswith("data-hx-") else name: v or "" for name, v in attributes}
        for name, value in given.items():
            self.found.extend((line, rule, message) for rule, message in _attribute_breaches(name, value))
        self.found.extend((line, rule, message) for rule, message in _foreign(tag, given))
        if tag == "script":
            self.script = (line, "src" not in given and given.get("type") not in DATA_TYPES)
        if tag == "style":
            self.found.append((line, "inline-style", "<style> is refused by the policy; use a class"))
        if tag == "form" and given.get("method", "").lower() == "post" and not SENDING & given.keys():
            self.form = self._offset()

    def handle_data(self, data: str) -> None:
        if self.script and self.script[1] and data.strip():
            self.found.append((self.script[0], "inline-script", "a script's body is refused by the policy; use a file"))
            self.script = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.script = None
        if tag == "form" and self.form is not None:
            self._judge_form(self.form, self._offset())
            self.form = None

    def _judge_form(self, start: int, end: int) -> None:
        if not CSRF.search(self.template[start:end]):
            line = self.template.count("\n", 0, start) + 1
            self.found.append((line, "form-csrf", "a posting form carries no CSRF token"))

    def _offset(self) -> int:
        line, column = self.getpos()
        lines = self.template.splitlines(keepends=True)
        return sum(len(text) for text in lines[: line - 1]) + column


def check_template(path: str, text: str) -> list[Breach]:
    """Every breach in one template, in the order of its lines."""
    found = [*Page(text).found, *_jinja_breaches(text)]
    return [Breach(path, line, rule, message) for line, rule, message in sorted(set(found))]


def _blank(match: re.Match[str]) -> str:
    """An expression may be all of an attribute's value, so it leaves a letter; newlines stay for the line numbers."""
    kept = re.sub(r"[^\n]", " ", match.group())
    return f"x{kept[1:]}" if match.group().startswith("{{") and not kept.startswith("\n") else kept


def _jinja_breaches(text: str) -> Iterator[tuple[int, str, str]]:
    for construct in JINJA.finditer(text):
        if construct.group().startswith("{#"):
            continue
        line = text.count("\n", 0, construct.start()) + 1
        if SAFE_FILTER.search(construct.group()):
            yield line, "safe-filter", "|safe switches escaping off"
        if AUTOESCAPE_OFF.match(construct.group()):
            yield line, "safe-filter", "autoescape is always on"


def _attribute_breaches(name: str, value: str) -> Iterator[tuple[str, str]]:
    code = value.strip().lower()
    if name.startswith("hx-on"):
        yield "hx-on", f"{name} does not run under our policy; use a script file"
    elif HANDLER_ATTRIBUTE.fullmatch(name):
        yield "inline-script", f"{name}= is refused by the policy; use a script file"
    if STYLE_ATTRIBUTE.fullmatch(name):
        yield "inline-style", "style= is refused by the policy; use a class"
    if name == "hx-trigger" and "[" in value:
        yield "hx-trigger-filter", "without eval a filter fails open: the plain event fires"
    if name in {"hx-vals", "hx-headers", "hx-request"} and code.startswith(("js:", "javascript:")):
        yield "hx-eval", f"{name} with js: needs eval"
    if name == "hx-vars":
        yield "hx-eval", "hx-vars needs eval; use hx-vals with JSON"
    if "javascript:" in code:
        yield "javascript-url", f"{name} runs script from an address"


def _foreign(tag: str, given: dict[str, str]) -> Iterator[tuple[str, str]]:
    names = LOADING | ({"href"} if tag in {"link", "use", "image"} else set())
    for name in sorted(names & given.keys()):
        if re.match(r"(https?:)?//", given[name].strip(), re.IGNORECASE):
            yield "foreign-resource", f"{tag} {name} leaves the host; the policy refuses it"
