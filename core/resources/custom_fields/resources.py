"""Custom fields as administrators see them, under Settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement

from core.audit.recorded import Recorded
from core.contributions import contributes
from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.resources.base import Permissions, Resource, Sent
from core.resources.columns import Column, Fact
from core.resources.custom_fields import services
from core.resources.custom_fields.definitions import forget_definitions
from core.resources.custom_fields.forms import CustomFieldForm
from core.resources.custom_fields.models import CustomField
from core.resources.custom_fields.queries import count_records, extensible_resources
from core.resources.custom_fields.types import TYPES
from core.resources.filters import ChoiceFilter
from core.settings.contributions import SettingsPage, settings_pages

_ = translator(__name__)

MANAGE_FIELDS = "core.manage_fields"
TYPE_TITLES = {key: kind.title for key, kind in TYPES.items()}


@contributes(settings_pages)
def fields_page() -> SettingsPage:
    """Settings → Custom fields."""
    return SettingsPage(_("Custom fields"), "core.fields_list", MANAGE_FIELDS, "forms", 10)


class _Titles(Mapping[str, object]):
    """What the tables are called, as far as their addons are enabled."""

    def __getitem__(self, entity: str) -> object:
        return extensible_resources(current_session())[entity].title

    def __iter__(self) -> Iterator[str]:
        return iter(extensible_resources(current_session()))

    def __len__(self) -> int:
        return len(extensible_resources(current_session()))

    def __bool__(self) -> bool:
        return True  # asked where there is no session


def _entities(session: ActorSession) -> list[tuple[str, object]]:
    return [(entity, resource.title) for entity, resource in extensible_resources(session).items()]


recorded = Recorded("core_custom_field", labels={"choices": _("Choices")})


class CustomFieldsPage(Resource[CustomField]):
    """The fields that this tenant added to the records of its resources."""

    model = CustomField
    name = "fields"
    title = _("Custom fields")
    one = _("field")
    icon = "forms"
    permissions = replace(Permissions.all(MANAGE_FIELDS), export=None, import_=None)
    columns = (
        Column("label_vi", _("Name"), kind="title", subtitle=("key",), avatar=False),
        Column("entity", _("For"), labels=_Titles(), card=True),
        Column("type", _("Type"), labels=TYPE_TITLES, card=True),
        Column("is_required", _("Required"), wide="xl"),
        Column("in_list", _("Show in the list"), wide="xl"),
        Column("section", _("Part of the form"), wide="2xl"),
        Column("position", _("Order"), sort=True, wide="xl"),
    )
    filters = (
        ChoiceFilter("entity", _("For"), CustomField.entity, options=_entities),
        ChoiceFilter("type", _("Type"), CustomField.type, options=list(TYPE_TITLES.items())),
    )
    default_sort = "position"
    empty_text = _("Whatever your business wants to know and has no field for can be added here.")
    facts = (
        Fact("entity", _("For"), labels=_Titles()),
        Fact("label_en", _("Name in English")),
        Fact("type", _("Type"), labels=TYPE_TITLES),
        Fact("is_required", _("Required")),
        Fact("section", _("Part of the form")),
        Fact("position", _("Order")),
        Fact("in_list", _("Show in the list")),
        Fact("key", _("Name for programs"), kind="code"),
    )
    form = CustomFieldForm
    template_delete = "core/custom_field_delete.html"

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        """Fields of an application that is off are not there, like the application itself."""
        return [CustomField.entity.in_(list(extensible_resources(session)))]

    def make_form(self, session: ActorSession, record: CustomField | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        if record is not None:
            del form.entity
        return form

    def create(self, session: ActorSession, form: Any) -> CustomField:
        return services.create_field(session, form.entity.data, **form.fields())

    def update(self, session: ActorSession, record: CustomField, form: Any) -> None:
        services.update_field(session, record, **form.fields())

    def delete(self, session: ActorSession, record: CustomField) -> None:
        super().delete(session, record)
        forget_definitions(session)

    def restore(self, session: ActorSession, record: CustomField) -> None:
        if problems := services.restore_problems(session, record):
            raise DomainError(*problems)
        super().restore(session, record)
        forget_definitions(session)

    def uses(self, record: CustomField) -> int:
        """How many records have a value, for the question before deleting."""
        return count_records(current_session(), record)
