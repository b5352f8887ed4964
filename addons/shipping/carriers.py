"""What GHN, GHTK and Viettel Post send, read into one shape (vietnam.md §11). Pure: nothing here knows the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from addons.shipping.standing import ReturnCause, ShipmentState
from core.errors import DomainError
from core.text import clean, fold

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""The clock of carriers whose moments carry no zone."""

MAX_CODE, MAX_REASON = 40, 500

S = ShipmentState


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a waybill. ``reference`` is our number of the order; ``state`` is None for a code that we do not know."""

    waybill: str
    reference: str
    code: str
    state: ShipmentState | None
    at: datetime
    reason: str = ""
    cause: ReturnCause | None = None
    fee: int | None = None


GHN_STATES = {
    "ready_to_pick": S.CREATED,
    "picking": S.CREATED,
    "money_collect_picking": S.CREATED,
    "cancel": S.CANCELLED,
    "picked": S.PICKED_UP,
    "storing": S.DELIVERING,
    "transporting": S.DELIVERING,
    "sorting": S.DELIVERING,
    "delivering": S.DELIVERING,
    "money_collect_delivering": S.DELIVERING,
    "delivered": S.DELIVERED,
    "delivery_fail": S.FAILED,
    "waiting_to_return": S.FAILED,
    "return": S.RETURNING,
    "return_transporting": S.RETURNING,
    "return_sorting": S.RETURNING,
    "returning": S.RETURNING,
    "return_fail": S.RETURNING,
    "returned": S.RETURNED,
    "damage": S.LOST,
    "lost": S.LOST,
}

GHTK_STATES = {
    "-1": S.CANCELLED,
    "1": S.CREATED,
    "2": S.CREATED,
    "7": S.CREATED,
    "8": S.CREATED,
    "12": S.CREATED,
    "3": S.PICKED_UP,
    "4": S.DELIVERING,
    "5": S.DELIVERED,
    "6": S.DELIVERED,
    "9": S.FAILED,
    "10": S.DELIVERING,
    "11": S.RETURNED,
    "13": S.LOST,
    "20": S.RETURNING,
    "21": S.RETURNED,
}

VIETTEL_STATES = {
    "-100": S.CREATED,
    "100": S.CREATED,
    "102": S.CREATED,
    "103": S.CREATED,
    "104": S.CREATED,
    "107": S.CANCELLED,
    "201": S.CANCELLED,
    "105": S.PICKED_UP,
    "200": S.PICKED_UP,
    "202": S.DELIVERING,
    "300": S.DELIVERING,
    "400": S.DELIVERING,
    "500": S.DELIVERING,
    "508": S.DELIVERING,
    "501": S.DELIVERED,
    "506": S.FAILED,
    "507": S.FAILED,
    "505": S.RETURNING,
    "502": S.RETURNING,
    "515": S.RETURNING,
    "504": S.RETURNED,
    "503": S.LOST,
}

CAUSES: tuple[tuple[ReturnCause, tuple[str, ...]], ...] = (
    (
        ReturnCause.CARRIER,
        ("that lac", "hu hong", "qua tai", "thoi tiet", "loi buu cuc", "loi van chuyen", "lost", "damage"),
    ),
    (ReturnCause.SHOP, ("nguoi gui", "shop", "sai hang", "sai san pham", "giao nham", "sender")),
    (ReturnCause.REFUSED, ("tu choi", "khong nhan", "khong dat", "doi y", "huy don", "boom", "refuse", "reject")),
    (
        ReturnCause.ABSENT,
        (
            "khong lien lac",
            "khong nghe may",
            "thue bao",
            "vang mat",
            "khong co nha",
            "hen lai",
            "doi ngay",
            "absent",
            "no answer",
        ),
    ),
)
"""Words of a reason, without marks, by which its cause is known; the first that fits counts."""


def cause_of(reason: str) -> ReturnCause | None:
    """Whose doing a carrier's reason says it is; None where it does not say."""
    folded = fold(reason)
    return next((cause for cause, words in CAUSES if any(word in folded for word in words)), None)


def read_ghn(body: bytes, form: Mapping[str, str]) -> Told:
    """GHN: JSON with OrderCode, ClientOrderCode, Status, Time (ISO 8601), Reason, ReasonCode, TotalFee."""
    sent = _json(body)
    code = _text(sent, "Status").lower()
    reason = _text(sent, "Reason", most=MAX_REASON)
    return Told(
        _needed(sent, "OrderCode"),
        _text(sent, "ClientOrderCode"),
        code,
        GHN_STATES.get(code),
        _iso(_text(sent, "Time")),
        reason,
        cause_of(reason) or (ReturnCause.CARRIER if code in {"damage", "lost"} else None),
        _amount(sent.get("TotalFee")),
    )


def read_ghtk(body: bytes, form: Mapping[str, str]) -> Told:
    """GHTK: a form with partner_id, label_id, status_id, action_time (ISO 8601), reason_code, reason, fee; a part of the
    parcel that comes back (``return_part_package=1``) is no return.
    """
    code = _text(form, "status_id")
    reason = _text(form, "reason", most=MAX_REASON)
    state = GHTK_STATES.get(code)
    if _text(form, "return_part_package") == "1" and state in {S.DELIVERED, S.RETURNING, S.RETURNED}:
        state = S.PARTLY
    return Told(
        _needed(form, "label_id"),
        _text(form, "partner_id"),
        code,
        state,
        _iso(_text(form, "action_time")),
        reason,
        cause_of(reason),
        _amount(form.get("fee")),
    )


def read_viettel(body: bytes, form: Mapping[str, str]) -> Told:
    """Viettel Post: JSON ``DATA`` with ORDER_NUMBER, ORDER_REFERENCE, ORDER_STATUSDATE (dd/MM/yyyy HH:mm:ss), ORDER_STATUS,
    STATUS_NAME, NOTE, MONEY_TOTALFEE.
    """
    sent = _json(body).get("DATA")
    if not isinstance(sent, Mapping):
        raise _unreadable("DATA")
    code = _text(sent, "ORDER_STATUS")
    reason = _text(sent, "NOTE", most=MAX_REASON)
    try:
        at = datetime.strptime(_text(sent, "ORDER_STATUSDATE"), "%d/%m/%Y %H:%M:%S").replace(tzinfo=VIETNAM)
    except ValueError:
        raise _unreadable("ORDER_STATUSDATE") from None
    cause = cause_of(reason) or (ReturnCause.ABSENT if code == "506" else None)
    return Told(
        _needed(sent, "ORDER_NUMBER"),
        _text(sent, "ORDER_REFERENCE"),
        code,
        VIETTEL_STATES.get(code),
        at,
        reason,
        cause,
        _amount(sent.get("MONEY_TOTALFEE")),
    )


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier whose calls we understand. ``secret_in`` is where he sends the secret: a query parameter or a header."""

    key: str
    name: str
    read: Callable[[bytes, Mapping[str, str]], Told]
    secret_in: str
    is_header: bool = False


CARRIERS = {
    each.key: each
    for each in (
        Carrier("ghn", "GHN", read_ghn, "hash"),
        Carrier("ghtk", "GHTK", read_ghtk, "hash"),
        Carrier("viettel", "Viettel Post", read_viettel, "Authorization", is_header=True),
    )
}

OWN = "own"
"""Parcels that the shop brings itself, or by a carrier that tells us nothing: entered by hand."""

CARRIER_NAMES: dict[str, str] = {each.key: each.name for each in CARRIERS.values()}


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable("body") from None
    if not isinstance(sent, dict):
        raise _unreadable("body")
    return sent


def _text(sent: Mapping[str, Any], name: str, most: int = MAX_CODE) -> str:
    value = sent.get(name)
    return "" if value is None or isinstance(value, dict | list) else clean(str(value))[:most]


def _needed(sent: Mapping[str, Any], name: str) -> str:
    if not (value := _text(sent, name)):
        raise _unreadable(name)
    return value


def _iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable("time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _amount(value: Any) -> int | None:
    try:
        amount = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return amount if 0 <= amount < 10**12 else None


def _unreadable(what: str) -> DomainError:
    return DomainError.of("unreadable", f"This cannot be read: {what}.")
