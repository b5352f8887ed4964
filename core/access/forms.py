"""Forms about one's own account and about users, departments and groups."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from core.access.models import Department, User
from core.access.queries import list_grantable_groups
from core.access.tokens import LIFETIMES, MAX_NAME, USE_API
from core.i18n import translator
from core.kernel import current_session
from core.ui.shell import LANGUAGES
from core.web.forms import BooleanField, ChoiceField, ChoicesField, Form, PhoneField, RecordsField, as_uuid

_ = translator(__name__)


class ChoosePasswordForm(Form):
    """A password without the present one, by a link."""

    new = PasswordField(
        _("New password"), [InputRequired()], description=_("At least 8 characters; a short sentence is fine.")
    )
    again = PasswordField(
        _("New password again"), [InputRequired(), EqualTo("new", _("This is not the same as the new password."))]
    )


class ChangePasswordForm(ChoosePasswordForm):
    """One's own password: the present one and the new one twice."""

    old = PasswordField(_("Present password"), [InputRequired()])


class TokenForm(Form):
    """A new token of one's own for a program; the password proves that its owner asks."""

    name = StringField(
        _("What is it for?"), [InputRequired(), Length(max=MAX_NAME)], description=_("The name of the program, say.")
    )
    days = ChoiceField(
        _("Good for"), choices=[(days, _("%(n)s days", n=days)) for days in LIFETIMES], coerce=int, default=90
    )
    permissions = ChoicesField(_("What may it do?"), choices=lambda: [(name, name) for name in _own_rights()])
    old = PasswordField(_("Your password"), [InputRequired()])


def _own_rights() -> list[str]:
    return sorted(current_session().actor.permissions - {USE_API})


class ConfirmForm(Form):
    """Who one is, once more; the code is asked where there is a second factor."""

    password = PasswordField(_("Password"), [InputRequired()])
    code = StringField(_("Code of your app, or a recovery code"), [InputRequired()])


class TurnOnForm(Form):
    """A code that proves that the app works; ``sealed`` is the key it was given, which only this session can open."""

    sealed = HiddenField()
    code = StringField(_("Code that the app shows"), [InputRequired()])


class GroupForm(Form):
    """The name of a group."""

    name = StringField(_("Name"), [InputRequired(), Length(max=120)])


class UserForm(Form):
    """An employee's account. The user name is asked of a new one alone."""

    name = StringField(_("Name"), [InputRequired()])
    username = StringField(
        _("User name"), [InputRequired()], description=_("What the employee signs in with. It never changes.")
    )
    email = StringField(_("E-mail"))
    phone = PhoneField(_("Phone"))
    language = ChoiceField(_("Language"), choices=LANGUAGES, default="vi")
    departments = RecordsField(_("Departments"), model=Department, endpoint="core.people_departments")
    groups = ChoicesField(
        _("Permission groups"), choices=lambda: list_grantable_groups(current_session()), coerce=as_uuid
    )


class DepartmentForm(Form):
    """A department and its members."""

    name = StringField(_("Name"), [InputRequired()])
    members = RecordsField(_("Members"), model=User, endpoint="core.people_pick")
    is_active = BooleanField(
        _("Active"),
        default=True,
        description=_("A department that is not active keeps its members; it is offered no more."),
    )
