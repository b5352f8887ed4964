"""The tab on a book's page."""

from uuid import UUID

from addons.shelf.models import Book
from flask.typing import ResponseReturnValue

from core.kernel import current_session
from core.web import AddonViews, render

views = AddonViews(__name__)


@views.get("/book/<uuid:id>", permission="sticker.read")
def book_tab(id: UUID) -> ResponseReturnValue:
    """What the shelf's page loads into the element ``slot``."""
    return render("sticker/tab.html", book=current_session().need(Book, id))
