"""Reading pages as a browser without JavaScript would: links, rows, fields."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


class Page(HTMLParser):
    """The parts of a page that the tests of resources speak of."""

    def __init__(self, html: str, url: str = "/") -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.url = url
        self.links: list[dict[str, str]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(re.sub(r'(?s)<dialog class="palette".*?</dialog>', "", html))  # stands on every page

    def handle_starttag(self, tag, attributes):
        found = {name: value or "" for name, value in attributes}
        self.elements.append((tag, found))
        if tag == "a":
            self.links.append(found)

    @property
    def names(self) -> list[str]:
        """The names of the rows."""
        return [
            element["title"]
            for tag, element in self.elements
            if tag == "a" and "title" in element and re.search(r"/[0-9a-f-]{36}$", element.get("href", ""))
        ]

    def link(self, rel: str) -> str | None:
        """The pager's link."""
        found = next((link["href"] for link in self.links if link.get("rel") == rel), None)
        return urljoin(self.url, found) if found else None

    def fields(self) -> dict[str, str]:
        """Names and values of the inputs."""
        return {each["name"]: each.get("value", "") for tag, each in self.elements if tag == "input" and "name" in each}

    def selected(self, name: str) -> str:
        """The chosen option of a select."""
        options = self.html.partition(f'name="{name}"')[2].partition("</select>")[0]
        return next(iter(re.findall(r'<option selected value="([^"]*)"', options)), "")

    def element(self, **wanted: str) -> dict[str, str] | None:
        """The first element with these attributes."""
        for _tag, each in self.elements:
            if all(each.get(name.rstrip("_")) == value for name, value in wanted.items()):
                return each
        return None

    @property
    def text(self) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())


def sent_by(page: Page) -> dict[str, list[str]]:
    """What a browser would send of the page's inputs and selects: boxes and radios as far as they are ticked."""
    sent: dict[str, list[str]] = {}
    name = ""
    for tag, each in page.elements:
        name = each.get("name", "") if tag in {"input", "select"} else name
        is_on = each.get("type") not in {"radio", "checkbox"} or "checked" in each
        if name and ((tag == "input" and is_on) or (tag == "option" and "selected" in each)):
            sent.setdefault(name, []).append(each.get("value", ""))
    return sent


def read(client, url: str, **options) -> Page:
    """GET ``url``, which must answer."""
    answer = client.get(url, **options)
    assert answer.status_code == 200, (answer.status_code, url)
    return Page(answer.text, url)


def walk(client, url: str, rel: str = "next") -> list[list[str]]:
    """The names on this page and on all that its pager leads to."""
    pages = []
    while url:
        page = read(client, url)
        pages.append(page.names)
        url = page.link(rel)
        assert len(pages) < 100, "the pager goes round in circles"
    return pages


def path_of(url: str) -> str:
    """The URL without its host."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
