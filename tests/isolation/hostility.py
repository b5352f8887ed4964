"""What hostile visitors type, and how an answer shows that it was taken for more than text."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html

from tests.isolation.probing import Answer

MARK = "xssq"
"""Stands in everything hostile; none of our own elements, attributes or scripts is called so."""

MARKUP = f"\"><{MARK} on{MARK}=1></{MARK}><script>{MARK}</script>' hx-{MARK}='1' \" hx-{MARK}=\"1"
"""Breaks out of text, of quoted attributes and of scripts. 100 characters, so that most fields take it."""

COMPUTED = "50337"
TEMPLATE = f"{MARK}{{{{7*7191}}}}${{7*7191}}<%= 7*7191 %>"
"""7 × 7191 stands in the answer if anybody evaluates it."""

PAYLOADS: tuple[str | bytes, ...] = (
    MARKUP,
    TEMPLATE,
    f"javascript:{MARK}(1)",
    "",
    "x" * 100_000,
    "\0",
    b"\xff\xfe" + MARK.encode(),
    b"\xed\xa0\x80",
    "😀👩‍👩‍👧" * 9,
    f"\u202e{MARK}\u2066\ufeff\uffff",
    "' OR 1=1--",
    "=1+1",
    "../../etc/passwd",
    f"a\r\nSet-Cookie: {MARK}=1",
    "-1",
    "0",
    "99999999999999999999999999999999",
    "9223372036854775808",
    "1e999",
    "NaN",
    "²",
    "٣٣",
    "00000000-0000-0000-0000-00000000000",
    "00000000-0000-0000-0000-000000000000",
    "user:00000000-0000-0000-0000-000000000000",
    "customer:x",
    "31/02/2026",
    "01/01/0001",
    "31/12/9999",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "this_month",
    "W10",
    "WyJuYW1lIiwgbnVsbCwgbnVsbCwgMF0",
    "%_\\",
    "[]",
    "{}",
    "null",
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
)

STRANGE_NAMES = (
    "endpoint", "values", "self", "resource", "id", "_external", "_scheme", "_anchor", "_method", "__proto__", "", "x[]",
    "x[0][y]", "tenant_id", "contacts-99999999999-name", "contacts--1-name", "contacts-0", "column-٣", "column-99999", "f.",
    "f.x", "\0", "é" * 300, MARKUP,
)  # fmt: skip
"""Names of parameters that nobody asked for, some of which mean something to functions behind the views."""

FILES = {
    "../../etc/passwd.txt": b"text",
    f"{MARKUP}.txt": b"text",
    "\0.txt": b"text",
    "x" * 400 + ".txt": b"text",
    "\u202etxt.exe": b"MZ",
    "page.html": b"<script>xssq</script>",
    "picture.svg": b"<svg onload='xssq'/>",
    "picture.png": b"not a picture",
    "empty.txt": b"",
    "book.xlsx": b"PK\x03\x04 but no archive",
    ".xlsx": b"PK\x05\x06" + b"\0" * 18,
    "x.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "": b"nameless",
}

BODIES = (
    (b'{"name": {"$ne": null}, "ids": [[]]}', "application/json"),
    (b"[" * 5_000, "application/json"),
    (b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "application/xml"),
    (b"name=1", "text/plain"),
    (b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\ncut off", "multipart/form-data; boundary=x"),
    (b"no boundary", "multipart/form-data"),
    (b"--\xff\r\n", "multipart/form-data; boundary=\"\xff\""),
    (b"%ff%fe=%00&=&&&name=%", "application/x-www-form-urlencoded"),
    (b"\xff\xfe\x00=\xff", "application/x-www-form-urlencoded"),
    (b"name=1", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"&".join(b"n%d=1" % number for number in range(6_000)), "application/x-www-form-urlencoded"),
    (b"x", "rubbish"),
)  # fmt: skip
"""Bodies that are no form, with their content types."""

HEADERS = (
    {"HX-Trigger-Name": MARKUP, "HX-Request": "true"},
    {"HX-Target": "x" * 5_000, "HX-Request": "true"},
    {"HX-Target": "self", "HX-Request": "true"},
    {"HX-Request": "true", "HX-Boosted": "rubbish"},
    {"X-Request-ID": MARKUP},
    {"Accept-Language": "xx-" * 2_000},
    {"Accept": "application/json", "Range": "bytes=5-1,-,x"},
    {"If-Modified-Since": "yesterday", "If-None-Match": 'W/x,,"'},
    {"Referer": "javascript:xssq", "User-Agent": "\xff" * 3_000},
    {"Cookie": "banyan_session=" + "a" * 5_000},
    {"Cookie": "banyan_session=" + "0" * 32 + ".\xff; banyan_page=.eJ.; banyan_language=xx; =;"},
    {"Host": "evil.example:99999"},
    {"X-Forwarded-For": "x" * 999, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript"},
    {"Content-Type": "\xff/x; charset=\xff"},
)

LINKS = ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-delete", "hx-put", "data-url", "poster")
SCHEMES = ("javascript:", "data:text", "vbscript:")
CODE = {"application/json", "text/template"}


def injections(answer: Answer) -> Iterator[str]:
    """What an answer holds that came in as text and is something else now."""
    if COMPUTED in answer.text:
        yield "somebody computed what stands in a text"
    if any(MARK in cookie for cookie in answer.headers.getlist("Set-Cookie")):
        yield "a header came from a text"
    for name in ("Location", "HX-Redirect"):
        address = answer.header(name)
        if address and (not address.startswith(("/", "http://localhost/")) or address.startswith(("//", "/\\"))):
            yield f"{name} leads away: {address[:80]}"
    if MARK not in answer.text.lower() or not answer.header("Content-Type").startswith("text/html"):
        return
    for element in html.document_fromstring(f"<html>{answer.text}").iter():
        if isinstance(element.tag, str):
            yield from _strange(element)


def _strange(element: html.HtmlElement) -> Iterator[str]:
    if MARK in element.tag:
        yield f"an element from a text: {element.tag}"
    if element.tag == "script" and not element.get("src") and element.get("type") not in CODE:
        yield "a script in the page"
    for name, value in element.attrib.items():
        if MARK in name or name.startswith("on"):
            yield f"an attribute from a text: {name} at {element.tag}"
        if name in LINKS and value.strip().lower().startswith(SCHEMES):
            yield f"a link that runs: {name}={value[:60]}"
