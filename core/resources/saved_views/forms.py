"""The form of a view."""

from __future__ import annotations

from core.i18n import translator
from core.kernel import current_session
from core.resources.saved_views.queries import list_groups_for_views
from core.web.forms import BooleanField, ChoicesField, Form, Required, StringField, as_uuid

_ = translator(__name__)


class ViewForm(Form):
    """Its name, and for those who may share, who gets it."""

    said = ("name", "is_shared", "group_ids")

    name = StringField(_("Name of the view"), [Required()])
    is_shared = BooleanField(_("Share with everyone who may read this list"))
    group_ids = ChoicesField(
        _("Members of these permission groups begin with it"),
        choices=lambda: list_groups_for_views(current_session()),
        coerce=as_uuid,
    )
