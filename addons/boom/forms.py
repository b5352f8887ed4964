"""The forms of a report, of its dispute and decision, and of the person's page. What is wrong is judged by the services."""

from __future__ import annotations

import wtforms

from addons.boom.models import Reason
from addons.boom.services import MAX_CONTENT
from core.i18n import translator
from core.web.forms import ChoiceField, Form, PhoneField, Required, StringField, TextAreaField, as_uuid

_ = translator(__name__)

REASONS = {
    Reason.REFUSED: _("Refused the parcel"),
    Reason.ABSENT: _("Was not there"),
    Reason.NO_ANSWER: _("Could not be reached"),
    Reason.FAKE: _("Ordered without meaning it"),
    Reason.OTHER: _("Another reason"),
}


class ReportForm(Form):
    """Report bad customer (Báo xấu khách hàng), BOO-24."""

    reason = ChoiceField(_("Why"), [Required()], choices=list(REASONS.items()))
    order_id = ChoiceField(
        _("Returned order"),
        blank=_("None: only my shop sees the report"),
        coerce=as_uuid,
        description=_(
            "Other shops see only reports that a returned order proves. Without one the report stays in your shop."
        ),
    )
    content = TextAreaField(
        _("Content"),
        [Required()],
        description=_(
            "What happened, without names, telephone numbers and addresses; at most %(n)s characters.", n=MAX_CONTENT
        ),
    )


class AnswerForm(Form):
    """Why a disputed report stands."""

    answer = TextAreaField(_("Why the report stands"), [Required()])


class PhoneForm(Form):
    """Whose reports are asked for."""

    phone = PhoneField(_("Your telephone number"), [Required()])


class CodeForm(Form):
    """The one-time code."""

    phone = wtforms.HiddenField()
    code = StringField(_("Code of six digits"), [Required()])


class DisputeForm(Form):
    """What the person says against a report."""

    words = TextAreaField(_("What is wrong about it"), [Required()])
