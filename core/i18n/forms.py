"""WTForms' own messages in the reader's language: it ships no Vietnamese, so the kernel's catalogue holds them."""

from __future__ import annotations

from core.i18n.catalogues import installed
from core.i18n.locale import current_locale
from core.manifest import KERNEL


class FormTranslations:
    """What WTForms asks for its built-in messages."""

    def gettext(self, string: str) -> str:
        """The message in the current language."""
        return installed().text(KERNEL, string, current_locale())

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Not filled in: WTForms does that itself, with values of its own."""
        return installed().plural(KERNEL, singular, plural, n, current_locale())


class TranslatedMeta:
    """For ``class Meta(TranslatedMeta)`` of the kernel's base form; goes before Flask-WTF's own."""

    def get_translations(self, form: object) -> FormTranslations:
        """WTForms' hook: called for each form."""
        return FormTranslations()
