"""From what was typed to what is stored: cleaning and checking a customer's and a contact's own fields.

What needs other rows (codes, duplicates, referrers) is checked by the services.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from addons.customer.fields import ContactFields
from addons.customer.names import is_one_word, looks_like_company
from addons.customer.provinces import province_name
from addons.customer.tax_codes import is_tax_code, normalise_tax_code
from core.errors import Problem
from core.i18n import translator
from core.phone import PhoneError, parse_phone
from core.text import clean

_ = translator(__name__)

TEXT_LENGTHS = {
    "salutation": 20,
    "name": 200,
    "phone": 40,
    "phone2": 40,
    "email": 254,
    "website": 300,
    "tax_code": 20,
    "address": 300,
    "ward": 120,
    "district": 120,
    "province": 120,
    "note": 10_000,
}
"""Characters that a field takes; the same as its column, except the note's, which is bounded against accidents."""

IDENTIFYING = ("code", "phone", "phone2", "email", "tax_code")
"""What is asked of those who are known already."""

CONTACT_LENGTHS = {"name": 200, "position": 120, "phone": 40, "email": 254, "note": 500}
MAX_CONTACTS = 50
MULTILINE = {"note"}
CODE = re.compile(r"[^\s]{1,40}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")  # "shop.example:8080" is a host with a port
_EMAIL = re.compile(r"[^\s@<>\"(),:;]+@[^\s@.]+(\.[^\s@.]+)+")


def clean_customer(fields: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The fields as they are stored; what is wrong with one is added to ``problems``. Absent fields stay absent."""
    values = _clean_texts(fields, TEXT_LENGTHS, problems, prefix="")
    for name in ("phone", "phone2"):
        if name in values:
            values[f"{name}_raw"] = values[name]
            values[name] = _phone(values[name], name, problems)
    if values.get("email"):
        values["email"] = values["email"].lower()
    if values.get("website"):
        values["website"] = _website(values["website"], problems)
    if values.get("tax_code"):
        values["tax_code"] = normalise_tax_code(values["tax_code"])
    if values.get("province"):
        values["province"] = province_name(values["province"])
    if "code" in fields:
        values["code"] = _code(fields["code"], problems)
    for name in ("birthday", "source_id", "relationship_id", "owner_id", "referrer_customer_id", "referrer_user_id"):
        if name in fields:
            values[name] = fields[name]
    return values


def clean_contacts(contacts: list[ContactFields], problems: list[Problem]) -> list[dict[str, Any]]:
    """The contacts as they are stored, rows without any entry left out. At most one may be the main contact."""
    cleaned = []
    for number, contact in enumerate(contacts):
        prefix = f"contacts-{number}-"
        values = _clean_texts(contact, CONTACT_LENGTHS, problems, prefix)
        if not any(values.values()) and not contact.get("birthday"):
            continue
        if not values.get("name"):
            problems.append(Problem("required", _("Enter the contact's name."), f"{prefix}name"))
        values["phone_raw"] = values.get("phone")
        values["phone"] = _phone(values.get("phone"), f"{prefix}phone", problems)
        values["email"] = (values.get("email") or "").lower() or None
        cleaned.append(values | {"id": contact.get("id"), "birthday": contact.get("birthday")})
        cleaned[-1]["is_main"] = bool(contact.get("is_main"))
    if sum(contact["is_main"] for contact in cleaned) > 1:
        problems.append(Problem("several_main", _("Only one contact can be the main one."), "contacts"))
    if len(cleaned) > MAX_CONTACTS:
        problems.append(Problem("too_many", _("A customer has at most %(n)s contacts.", n=MAX_CONTACTS), "contacts"))
    return cleaned


def hints(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What looks odd but does not stop anybody (CUS-008, CUS-014): told beside the field, and after saving."""
    name = values.get("name") or ""
    if name and is_one_word(name) and not looks_like_company(name, values.get("salutation") or ""):
        yield Problem(
            "one_word", _("Is this the full name? Letters and messages will address the customer so."), "name"
        )
    if (email := values.get("email")) and not _EMAIL.fullmatch(email):
        yield Problem("odd_email", _("This does not look like an e-mail address."), "email")
    if (website := values.get("website")) and "." not in _host(website):
        yield Problem("odd_website", _("This does not look like the address of a website."), "website")
    if (tax_code := values.get("tax_code")) and not is_tax_code(normalise_tax_code(tax_code)):
        yield Problem(
            "odd_tax_code", _("The check digit of this tax code is wrong; compare it with the papers."), "tax_code"
        )


def _clean_texts(
    fields: Mapping[str, Any], lengths: Mapping[str, int], problems: list[Problem], prefix: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, length in lengths.items():
        if name not in fields:
            continue
        values[name] = clean(str(fields[name] or ""), multiline=name in MULTILINE) or None
        if len(values[name] or "") > length:
            message = _("This is too long: at most %(n)s characters.", n=length)
            problems.append(Problem("too_long", message, f"{prefix}{name}"))
    if "name" in values:
        values["name"] = " ".join((values["name"] or "").split())
    return values


def _phone(raw: str | None, field: str, problems: list[Problem]) -> str | None:
    if not raw:
        return None
    try:
        return parse_phone(raw).e164
    except PhoneError as error:
        problems += [Problem(each.code, each.message, field) for each in error.problems]
        return None


def _website(text: str, problems: list[Problem]) -> str:
    """With its scheme; only addresses of the web, because the page makes a link of it."""
    address = text if _SCHEME.match(text) else f"https://{text}"
    try:
        is_web = urlsplit(address).scheme.lower() in {"http", "https"}
    except ValueError:
        is_web = False
    if not is_web:
        problems.append(Problem("bad_website", _("A website's address begins with https:// or http://."), "website"))
    return address


def _host(address: str) -> str:
    """The host that an address names; empty where it is none, as in ``https://[]``."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _code(typed: object, problems: list[Problem]) -> str | None:
    """A typed code in capitals, so that KH01 and kh01 are one; None asks for a generated one (CUS-007)."""
    code = clean(str(typed or "")).upper()
    if code and not CODE.fullmatch(code):
        problems.append(Problem("bad_code", _("A code has at most 40 characters and no spaces."), "code"))
    return code or None
