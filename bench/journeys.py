"""What people do all day, as a load client does it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode
from uuid import UUID

from lxml import html

from bench.bare import PLACE
from bench.customers import Town
from bench.load import Act, Visitor

NUMBERS = count(1)


@dataclass(frozen=True)
class Journey:
    """A thing that ``who`` does; ``make`` gives the act of one visitor."""

    name: str
    who: str
    make: Callable[[Visitor], Act]


def journeys(town: Town) -> list[Journey]:
    """All of them, for the manager who sees all and for the salesperson who sees few."""
    found = []
    for who in ("manager", "seller"):
        found += [
            Journey("list", who, lambda visitor: _page(visitor, lambda: PLACE)),
            Journey("search, rare", who, lambda visitor: _page(visitor, lambda: f"{PLACE}?q=kh{_number(town)}")),
            Journey("search, broad", who, lambda visitor: _page(visitor, lambda: f"{PLACE}?q=nguyen")),
            Journey("open", who, lambda visitor, who=who: _page(visitor, lambda: f"{PLACE}{_someone(town, who)}")),
            Journey("create", who, _creating),
            Journey("update", who, lambda visitor, who=who: _updating(visitor, town, who)),
        ]
    return found


def page(visitor: Visitor, path: str) -> Act:
    """Ask for one page again and again."""
    return _page(visitor, lambda: path)


def _page(visitor: Visitor, path: Callable[[], str]) -> Act:
    def act() -> float:
        began = time.perf_counter()
        status, _, _ = visitor.get(path())
        assert status == 200, f"{path()}: {status}"
        return time.perf_counter() - began

    return act


def _creating(visitor: Visitor) -> Act:
    fields = _form(visitor, f"{PLACE}new")

    def act() -> float:
        number = next(NUMBERS)
        phone = f"07{random.randrange(10**8):08d}"
        began = time.perf_counter()
        status, _, body = visitor.post(f"{PLACE}new", _filled(fields, name=f"Khách Mới {number}", phone=phone))
        assert status == 303 or b"duplicate" in body, f"create: {status} {_problems(body)}"
        return time.perf_counter() - began

    return act


def _updating(visitor: Visitor, town: Town, who: str) -> Act:
    def act() -> float:
        path = f"{PLACE}{_someone(town, who)}/edit"
        fields = _form(visitor, path)
        body = _filled(fields, note=f"Gọi lại lần {next(NUMBERS)}")
        began = time.perf_counter()
        status, _, answer = visitor.post(path, body)
        assert status in {303, 409}, f"update: {status} {_problems(answer)}"  # 409: another visitor was faster
        return time.perf_counter() - began

    return act


def _form(visitor: Visitor, path: str) -> list[tuple[str, str]]:
    """The fields of the page's form with their values; what has to be chosen is chosen."""
    status, headers, body = visitor.get(path)
    assert status == 200, f"{path}: {status}"
    if "set-cookie" in headers:
        visitor.add_cookie(headers["set-cookie"])
    page = html.fromstring(body.decode())
    form = next(form for form in page.forms if "name" in form.fields)
    for choice in form.xpath(".//select[not(@multiple)]"):
        if not choice.value and choice.name:
            choice.value = next((value for value in choice.value_options if value), choice.value)
    ticks = form.xpath(".//input[@type='checkbox'][@name='group_ids']")
    if ticks and not any(tick.checked for tick in ticks):
        ticks[0].checked = True
    radios = {radio.get("name") for radio in form.xpath(".//input[@type='radio']")}
    for name in radios:
        if form.fields[name] is None:
            form.fields[name] = form.xpath(f".//input[@type='radio'][@name='{name}']")[0].get("value")
    return [(name, value) for name, value in form.form_values() if value is not None]


def _filled(fields: list[tuple[str, str]], **values: str) -> bytes:
    kept = [(name, value) for name, value in fields if name not in values]
    return urlencode([*kept, *values.items()]).encode()


def _problems(body: bytes) -> str:
    page = html.fromstring(body.decode() or "<p></p>")
    told = page.xpath("//*[contains(@class, 'invalid-feedback') or contains(@class, 'alert')]")
    return "; ".join(" ".join(node.text_content().split()) for node in told)[:200]


def _number(town: Town) -> str:
    return f"{random.randrange(1, town.rows):06d}"


def _someone(town: Town, who: str) -> UUID:
    if who == "seller":
        return random.choice(town.few[:20])
    return UUID(int=(0x01900000_0000_7000_8000 << 48) + random.randrange(1, town.rows))
