"""Texts in the reader's language: English msgids, one catalogue per addon, Vietnamese unless chosen otherwise.

A text is looked up in its own addon's catalogue, then in the kernel's, and stands as it is where neither has it.
What a catalogue lacks is told by ``python -m core.i18n_check``; what templates need is in ``core.i18n.web``, which is
not imported here because it stands on modules that have texts of their own.
"""

from core.i18n.catalogues import Library, install, read_library
from core.i18n.forms import FormTranslations, TranslatedMeta
from core.i18n.locale import DEFAULT_LOCALE, LOCALES, SOURCE_LOCALE, current_locale, use_locale
from core.i18n.texts import LazyString, Translator, in_domain, translator

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "SOURCE_LOCALE",
    "FormTranslations",
    "LazyString",
    "Library",
    "TranslatedMeta",
    "Translator",
    "current_locale",
    "in_domain",
    "install",
    "read_library",
    "translator",
    "use_locale",
]
