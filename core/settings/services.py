"""Changing a tenant's settings: everything checked against the manifest first, then written with its audit entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from core.audit import record
from core.db.session import ActorSession
from core.errors import DomainError, NotFound, Problem
from core.events import emit
from core.i18n import translator
from core.kernel import current_kernel
from core.manifest import Setting as Declared
from core.manifest import SettingValue
from core.settings.events import SettingChanged
from core.settings.models import Setting, set_setting, setting

_ = translator(__name__)

WEB = ("http", "https")


def declared_settings(addon: str) -> list[Declared]:
    """The settings that an addon's manifest declares, in its order."""
    return [each for each in current_kernel().registry.settings.values() if each.addon == addon]


def change_settings(session: ActorSession, addon: str, values: Mapping[str, Any]) -> list[str]:
    """Store ``values`` (short name → value of the setting's type); the names of those that changed.

    What is as it was stays untouched, so a value that was never set goes on following its default. DomainError with a
    problem for every value that does not fit; then nothing is stored.
    """
    declared = {each.name: each for each in declared_settings(addon)}
    known = {name: value for name, value in values.items() if name in declared}
    problems = [problem for name, value in known.items() if (problem := value_problem(declared[name], value))]
    if problems:
        raise DomainError(*problems)
    changed = [name for name, value in known.items() if value != setting(declared[name].key, session=session)]
    for name in changed:
        old = setting(declared[name].key, session=session)
        set_setting(session, declared[name].key, known[name])
        _tell(session, declared[name], old, known[name])
    session.flush()
    return changed


def reset_setting(session: ActorSession, key: str) -> None:
    """Go back to the manifest's default, whatever a later version makes it. NotFound for a key nobody declares."""
    declared = current_kernel().registry.settings.get(key)
    if declared is None:
        raise NotFound.of("unknown_setting", _("There is no such setting."))
    row = session.scalar(select(Setting).where(Setting.key == key))
    if row is not None:
        old = row.value
        session.delete(row)
        session.info.pop("settings", None)
        _tell(session, declared, old, declared.default)
        session.flush()


def value_problem(declared: Declared, value: Any) -> Problem | None:
    """What is wrong with ``value`` for this setting, at the field of its name; None where nothing is."""
    match declared.type:
        case "boolean":
            wrong: object | None = None if isinstance(value, bool) else _("Choose yes or no.")
        case "choice":
            wrong = None if value in dict(declared.choices) else _("Choose one of the values offered.")
        case "text" | "url":
            wrong = _text_problem(declared, value)
        case _:
            wrong = _number_problem(declared, value)
    return None if wrong is None else Problem("bad_setting", wrong, declared.name)


def _text_problem(declared: Declared, value: Any) -> object | None:
    if not isinstance(value, str):
        return _("Enter a text.")
    if declared.max is not None and len(value) > declared.max:
        return _("Use at most %(n)s characters.", n=declared.max)
    if declared.min is not None and len(value) < declared.min:
        return _("Use at least %(n)s characters.", n=declared.min)
    if declared.type == "url" and value and not is_web_address(value):
        return _("Enter an address that begins with http:// or https://.")
    return None


def _number_problem(declared: Declared, value: Any) -> object | None:
    if type(value) is not int:
        return _("Enter a whole number.")
    low = 0 if declared.type == "days" and declared.min is None else declared.min
    if low is not None and value < low:
        return _("Enter %(n)s or more.", n=low)
    if declared.max is not None and value > declared.max:
        return _("Enter %(n)s or less.", n=declared.max)
    return None


def is_web_address(text: str) -> bool:
    """Whether ``text`` is an http or https URL with a host; ``javascript:`` and the like never become links."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in WEB and bool(parts.hostname) and not any(char.isspace() or ord(char) < 32 for char in text)


def _tell(session: ActorSession, declared: Declared, old: SettingValue, new: SettingValue) -> None:
    """The audit entry that says which setting it was (the row's own diff knows only the value), and the event."""
    record(session, "set", entity="core_setting", changes={declared.key: [old, new]})
    if old != new:
        emit(session, SettingChanged(declared.key, old, new))
