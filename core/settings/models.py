"""Settings of a tenant. Declared and typed in manifests, read by ``setting("customer.code_prefix")``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import TenantModel, unique
from core.db.mixins import Stamped
from core.db.session import ActorSession
from core.db.types import Json, key_text


class Setting(Stamped, TenantModel):
    """What a tenant set; a key that is absent has its manifest's default. The service records each change by its key."""

    __tablename__ = "core_setting"
    __table_args__ = (unique("key"),)

    key: Mapped[str] = mapped_column(key_text(120))
    value: Mapped[Any] = mapped_column(Json, nullable=True)


def setting(key: str, *, session: ActorSession | None = None) -> Any:
    """The tenant's value of ``key`` (``addon.name``), else the default of its manifest. KeyError for an undeclared key.

    All of a tenant's settings are read once per session.
    """
    from core.kernel import current_kernel, current_session

    declared = current_kernel().registry.settings[key]
    session = session or current_session()
    stored: dict[str, Any] | None = session.info.get("settings")
    if stored is None:
        stored = {row.key: row.value for row in session.execute(select(Setting.key, Setting.value))}
        session.info["settings"] = stored
    return stored.get(key, declared.default)


SETTING_TEXT = Setting.key.concat("=").concat(func.coalesce(cast(Setting.value, Text), "null"))
"""A stored setting as one text, for a statement that brings the settings along; :func:`remember_settings` takes them."""


def remember_settings(session: ActorSession, texts: Iterable[str]) -> None:
    """Keep the tenant's settings for the rest of the session."""
    pairs = (text.partition("=") for text in texts)
    session.info["settings"] = {key: json.loads(value) for key, _sign, value in pairs}


def set_setting(session: ActorSession, key: str, value: Any) -> None:
    """Store a value that the settings form has validated."""
    row = session.scalar(select(Setting).where(Setting.key == key))
    if row is None:
        session.add(Setting(key=key, value=value))
    else:
        row.value = value
    session.info.pop("settings", None)
