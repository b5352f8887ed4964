"""What an addon may say of its resource in the API; it need not say anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Api:
    """How a resource stands in the API. ``api = None`` on the resource takes it out.

    It gives what the list and the detail page show, and to those who may edit, what the form holds; it takes what the form
    takes. ``fields`` are further paths that it gives to every reader, ``hidden`` are paths and form fields that it neither
    gives nor takes, ``names`` maps a path or form field to what it is called in JSON.
    """

    read_only: bool = False
    fields: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, field: str) -> str:
        """What a path or form field is called in JSON."""
        return self.names.get(field, field)

    def field_of(self, name: str) -> str:
        """The path or form field behind a name in JSON."""
        return next((field for field, called in self.names.items() if called == name), name)
