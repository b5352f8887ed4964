"""The form of a visit."""

from __future__ import annotations

from core.i18n import translator
from core.web.forms import DateField, Form, Required, StringField, TextAreaField

_ = translator(__name__)


class VisitForm(Form):
    """Where, when, and what came of it."""

    place = StringField(_("Place"), [Required()])
    visited_on = DateField(_("Day"), [Required()])
    note = TextAreaField(_("Note"))
