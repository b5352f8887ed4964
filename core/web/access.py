"""Who may call a route. Declared with the route; a route without a declaration fails the boot."""

from __future__ import annotations

from dataclasses import dataclass

from core.problem_codes import Code

SIGNED_IN = "signed in"
"""In place of a permission: whoever has logged in. For what concerns only the user himself (profile, notifications)."""


class UndeclaredAccess(ValueError):
    """A route does not say who may call it, or says two things that exclude each other."""

    problem_code = Code.NO_ACCESS


@dataclass(frozen=True, slots=True)
class Access:
    """Either a ``permission`` (or several of which one suffices), or ``public`` with the reason why anybody may call it.

    A public route that does not even ask who calls (``identifies`` is False) is answered without the database.
    """

    permissions: tuple[str, ...] = ()
    public: str | None = None
    identifies: bool = True

    @classmethod
    def of(cls, permission: str | tuple[str, ...] | None, public: str | None, identifies: bool = True) -> Access:
        """The declaration of a route; UndeclaredAccess when neither or both are given, or when it would not know who may."""
        if bool(permission) == bool(public):
            raise UndeclaredAccess("a route declares permission=… or public='reason', one of the two")
        if permission and not identifies:
            raise UndeclaredAccess("a route that asks nobody's name has no permission=…")
        return cls((permission,) if isinstance(permission, str) else permission or (), public, identifies)
