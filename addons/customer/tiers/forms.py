"""The forms of tiers. What is wrong is judged by the services."""

from __future__ import annotations

from typing import Any

from addons.customer.tiers.catalogue import Goods, GoodsQuestion
from addons.customer.tiers.placing import list_levels
from addons.customer.tiers.rules import Basis
from core.db import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.settings import setting
from core.web.forms import (
    BooleanField,
    ChoiceField,
    DecimalField,
    Form,
    IntegerField,
    MoneyField,
    Optional,
    StringField,
    as_uuid,
)

_ = translator(__name__)

BASIS_NAMES = ((Basis.REVENUE, _("Revenue")), (Basis.PAYMENT, _("Payment")))


class TierForm(Form):
    """A tier (TIE-11 to TIE-13)."""

    name = StringField(_("Tier"))
    position = IntegerField(
        _("Order"),
        [Optional()],
        description=_("The higher the number, the higher the tier. Leave it empty and it comes on top."),
    )
    min_amount = MoneyField(
        _("Money milestone"),
        description=_("Over all contracts of all years; who has exactly this much has reached it."),
    )
    min_contracts = IntegerField(_("Number of contracts"), [Optional()], description=_("Instead of a money milestone."))
    discount = DecimalField(_("Discount, %"))
    goods = ChoiceField(
        _("Goods"),
        choices=((Goods.ALL, _("Update for all goods")), (Goods.NONE, _("Do not update goods"))),
        blank="—",
        coerce=Goods,
    )

    asked = 0
    """How many goods the question is about; none where it has not come up."""

    def prepare(self) -> None:
        """Mark what is required, and leave out what the tier type does not know."""
        self.name.flags.required = True
        if setting("customer.tier_basis") == Basis.PAYMENT:
            self.min_amount.flags.required = True
            self.min_amount.label.text = str(_("Minimum amount"))
            self.min_amount.description = str(_("What a customer must have paid to get the tier's discount."))
            del self.min_contracts

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {each.name: each.data for each in self}

    def refuse(self, error: DomainError) -> None:
        """The question of the goods is no mistake: the form asks it (TIE-15)."""
        if isinstance(error, GoodsQuestion):
            self.asked = error.count
        else:
            super().refuse(error)


class TierTypeForm(Form):
    """How tiers are reached (Loại phân cấp), TIE-06 and TIE-09."""

    basis = ChoiceField(
        _("Tier type"),
        choices=BASIS_NAMES,
        coerce=Basis,
        description=_("Revenue: contracts that count debts, paid or not. Payment: what the customer has paid."),
    )
    automatic = BooleanField(
        _("Update tiers automatically"),
        description=_(
            "A customer who reaches a tier's milestone gets the tier. Switched off, everybody keeps the present one."
        ),
    )
    may_fall = BooleanField(
        _("The automatic update may also lower a tier"),
        description=_("After a cancelled contract or a refund, for instance."),
    )


def offered_tiers() -> list[tuple[Any, str]]:
    """The tiers, from the lowest to the highest."""
    return tier_options(current_session())


def tier_options(session: ActorSession) -> list[tuple[Any, str]]:
    """The same, of a session."""
    return [(level.id, level.name) for level in list_levels(session)]


class PlaceForm(Form):
    """Change the tier by hand, of one customer or several (TIE-02)."""

    tier_id = ChoiceField(_("Tier"), choices=offered_tiers, coerce=as_uuid, blank=_("Without tier"))
    keep = BooleanField(
        _("Keep this tier"),
        default=lambda: setting("customer.tier_automatic"),
        description=_("The automatic update leaves it as it is."),
    )
    reason = StringField(_("Reason"))

    def __init__(self, *args: Any, obj: Any = None, **options: Any) -> None:
        kept = {"keep": True} if obj is not None and obj.tier_locked else {}
        super().__init__(*args, obj=obj, **kept, **options)
