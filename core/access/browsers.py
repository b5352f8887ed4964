"""What a browser is called, as far as its User-Agent tells: good enough to recognise one's own."""

from __future__ import annotations

# The first that occurs counts: Edge and Opera call themselves Chrome, Chrome calls itself Safari.
_PROGRAMS = {
    "Edg": "Edge", "OPR": "Opera", "coc_coc": "Cốc Cốc", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox",
    "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "ChromeOS",
    "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


def name_browser(user_agent: str) -> str:
    """``Chrome, Windows``; the beginning of the header where neither is known, a dash where there is none."""
    names = [
        next((name for sign, name in known.items() if sign in user_agent), None) for known in (_PROGRAMS, _SYSTEMS)
    ]
    return ", ".join(name for name in names if name) or user_agent[:40] or "—"


def is_phone(user_agent: str) -> bool:
    """Whether it is a telephone or a tablet."""
    return any(sign in user_agent for sign in ("Mobile", "Android", "iPhone", "iPad"))
