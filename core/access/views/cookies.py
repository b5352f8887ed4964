"""The cookies of a signed-in browser, with their attributes in one place (ASVS 5.0 §3.3)."""

from __future__ import annotations

from flask import Response

from core.access.log_in import DEVICE_DAYS
from core.access.signing_in import LONGEST, SESSION_COOKIE
from core.kernel import current_kernel

DEVICE_COOKIE = "banyan_device"
DAY_SECONDS = 86_400


def give_session(response: Response, value: str) -> None:
    """Let the browser send the session ``value`` with every request, until it ends or the browser is signed out."""
    _set(response, SESSION_COOKIE, value, LONGEST.days)


def give_device(response: Response, value: str) -> None:
    """Let the browser be known at the next log-in."""
    _set(response, DEVICE_COOKIE, value, DEVICE_DAYS)


def take_session(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, path="/")


def _set(response: Response, name: str, value: str, days: int) -> None:
    secure = current_kernel().config.cookie_secure
    response.set_cookie(name, value, max_age=days * DAY_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax")
