"""The form of a book."""

from __future__ import annotations

from addons.shelf.models import Genre
from sqlalchemy import select

from core.kernel import current_session
from core.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    MoneyField,
    Optional,
    PhoneField,
    RecordField,
    Required,
    StringField,
    SubForm,
    UserField,
    as_uuid,
)


def list_genres() -> list[tuple[object, str]]:
    rows = current_session().execute(select(Genre.id, Genre.name).order_by(Genre.sort_name))
    return [(row[0], row[1]) for row in rows]


class NoteForm(SubForm):
    text = StringField("Text")


class BookForm(Form):
    name = StringField("Title", [Required()])
    code = StringField("Code", [Required()])
    phone = PhoneField("Phone")
    pages = IntegerField("Pages", [Optional()])
    price = MoneyField("Price")
    printed_on = DateField("Printed")
    is_lent = BooleanField("Lent")
    genre_id = ChoiceField("Genre", choices=list_genres, blank="No genre", coerce=as_uuid)
    owner_id = UserField("Owner")
    notes = FieldList(FormField(NoteForm), "Notes", max_entries=5)


class LendForm(Form):
    genre_id = RecordField("Genre", model=Genre, endpoint="shelf.genres_pick")
