"""The form of a template's wording."""

from __future__ import annotations

from core.i18n import translator
from core.web.forms import Form, Required, StringField, TextAreaField

_ = translator(__name__)


class WordingForm(Form):
    """A text in both languages. Which fields there are depends on the template."""

    title = StringField(_("Name of the text"), [Required()])
    subject_vi = StringField(_("Subject in Vietnamese"))
    body_vi = TextAreaField(_("Text in Vietnamese"))
    subject_en = StringField(_("Subject in English"))
    body_en = TextAreaField(_("Text in English"))

    def texts(self) -> dict[str, str]:
        """What was typed, by field, as the services take it."""
        names = ("subject_vi", "body_vi", "subject_en", "body_en")
        return {name: self[name].data or "" for name in names if name in self}
