"""Who may call a route. Declared with the route; a route without a declaration fails the boot."""

from __future__ import annotations

from dataclasses import dataclass

SIGNED_IN = "signed in"
"""In place of a permission: whoever has logged in. For what concerns only the user himself (profile, notifications)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Either a ``permission`` (or several of which one suffices), or ``public`` with the reason why anybody may call it."""

    permissions: tuple[str, ...] = ()
    public: str | None = None

    @classmethod
    def of(cls, permission: str | tuple[str, ...] | None, public: str | None) -> Access:
        """The declaration of a route; ValueError when neither or both are given."""
        if bool(permission) == bool(public):
            raise ValueError("a route declares permission=… or public='reason', one of the two")
        return cls((permission,) if isinstance(permission, str) else permission or (), public)
