"""What a column of an imported workbook takes, in words."""

from __future__ import annotations

from core.exchange.fields import ExchangeField
from core.i18n import translator

_ = translator(__name__)

KIND_HELP = {
    "phone": _("Any spelling: 0912 345 678, +84 912 345 678; old 11-digit numbers are converted."),
    "date": _("Day/month/year: 21/11/2026."),
    "money": _("Whole đồng: 1234567 or 1.234.567."),
    "integer": _("A whole number."),
    "decimal": _("A number: 1234,5 or 1.234,5."),
    "boolean": _("Có or Không."),
}


def explanation(each: ExchangeField) -> str:
    """What a column takes: its help, what its kind takes, its choices."""
    texts = [str(each.help), str(KIND_HELP.get(each.kind, ""))]
    if each.choices:
        texts.append(str(_("One of: %(choices)s.", choices=", ".join(str(label) for label in each.choices.values()))))
    if each.lookup is not None:
        several = _("Names from the list, parted by commas.") if each.lookup.several else _("A name from the list.")
        texts.append(str(several))
    return " ".join(filter(None, texts))
