"""A column and a filter in the list of books."""

from addons.shelf.models import Book
from sqlalchemy import func

from core.contributions import contributes
from core.resources import BooleanFilter, Column
from core.resources.contributions import ListExtension, list_extensions


@contributes(list_extensions)
def stickers_on_books() -> ListExtension:
    letters = func.length(Book.name)
    return ListExtension(
        "shelf.books",
        columns=(Column("sticker.letters", "Letters", kind="number", expression=lambda session: letters),),
        filters=(BooleanFilter("long", "Long title", where=lambda is_long: (letters > 10).is_(is_long)),),
    )
