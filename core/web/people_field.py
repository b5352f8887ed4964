"""The field that chooses several people at once: two lists side by side, with JavaScript; else ticks."""

from __future__ import annotations

from typing import Any

import wtforms

from core.access.recipients import Choosable, list_recipients
from core.i18n import translator
from core.kernel import current_session

_ = translator(__name__)

MAX_CHOSEN = 1_000


class PeopleField(wtforms.Field):  # type: ignore[misc]
    """Employees and departments in the order in which they were chosen; ``data`` are ``user:<id>`` and ``department:<id>``.

    Who is meant ``core.access.recipients.expand_recipients`` says, at the moment of the work: a department is its members
    of then (SHR-04).
    """

    ui = "people"
    widget = wtforms.widgets.TextInput()
    data: list[str]

    def __init__(self, label: object = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.flags.required = True

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(filter(None, valuelist)))
        if len(self.data) > MAX_CHOSEN:
            raise ValueError(str(_("Choose at most %(n)s.", n=MAX_CHOSEN)))

    def pre_validate(self, form: Any) -> None:
        known = {each.value for each in self.offered}
        if not self.data:
            raise wtforms.validators.StopValidation(str(_("Choose at least one person.")))
        if not known.issuperset(self.data):
            raise wtforms.validators.StopValidation(str(_("Somebody among them cannot be chosen any more.")))

    @property
    def offered(self) -> list[Choosable]:
        """Everybody who can be chosen, departments first; read once."""
        found: list[Choosable] | None = getattr(self, "_offered", None)
        if found is None:
            found = self._offered = list_recipients(current_session())
        return found
