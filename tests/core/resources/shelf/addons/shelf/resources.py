"""Books and genres as staff see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from addons.shelf.forms import BookForm, LendForm
from addons.shelf.models import Book, Genre, Note
from sqlalchemy import func, select

from core.db import ActorSession, system
from core.errors import DomainError, Problem
from core.resources import (
    Board,
    BooleanFilter,
    BulkAction,
    BulkResult,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    Hint,
    NumberFilter,
    PeriodFilter,
    Permissions,
    Resource,
    Stage,
    Tab,
    TextFilter,
    UserFilter,
    for_each,
)
from core.web.forms import filled_rows


def list_genres(session: ActorSession) -> list[tuple[UUID, str]]:
    return [(row[0], row[1]) for row in session.execute(select(Genre.id, Genre.name).order_by(Genre.sort_name))]


def lend(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    def change(book: Book) -> None:
        if book.is_lent:
            raise DomainError.of("lent", "It is lent already.")
        book.is_lent = True

    return for_each(session, Book, ids, change)


def delete_books(session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, Book, ids, session.delete)


def move(session: ActorSession, ids: Sequence[UUID], *, genre_id: UUID | None = None) -> BulkResult:
    def change(book: Book) -> None:
        book.genre_id = genre_id

    return for_each(session, Book, ids, change)


def set_stage(session: ActorSession, book: Book, stage: str) -> None:
    if book.stage == "lost" and stage == "read":
        raise DomainError.of("lost", "A lost book has to be found first.")
    book.stage = stage


def _list_notes(session: ActorSession, book: Book) -> dict[str, Any]:
    return {"notes": session.scalars(select(Note.text).where(Note.book_id == book.id)).all()}


class Genres(Resource[Genre]):
    model = Genre
    name = "genres"
    title = "Genres"
    one = "genre"
    permissions = Permissions("shelf", create=None, edit=None, delete=None)
    columns = (Column("name", "Genre", kind="title", sort=True),)
    default_sort = "name"


class Books(Resource[Book]):
    model = Book
    name = "books"
    title = "Books"
    one = "book"
    icon = "list"
    permissions = Permissions("shelf")
    columns = (
        Column("name", "Title", kind="title", subtitle=("code", "phone"), sort=True),
        Column("genre.name", "Genre", kind="tag", tone="genre.tone"),
        Column("owner.name", "Owner", kind="person", wide="xl"),
        Column("pages", "Pages", sort=True),
        Column("price", "Price (₫)", sort=True),
        Column("created_at", "Added", sort=True, wide="xl"),
    )
    tabs = (
        Tab("all", "All"),
        Tab("mine", "Mine", where=lambda actor: Book.owner_id == actor.user_id),
        Tab("noted", "With notes", where=lambda session: Book.id.in_(select(Note.book_id)), is_new=True),
    )
    filters = (
        ChoiceFilter("genre", "Genre", Book.genre_id, options=list_genres, several=True, empty="No genre"),
        BooleanFilter("lent", "Lent", Book.is_lent),
        UserFilter("owner", "Owner", Book.owner_id, empty="Nobody"),
        PeriodFilter("added", "Added", Book.created_at),
        PeriodFilter("printed", "Printed", Book.printed_on),
        NumberFilter("price", "Price", Book.price, money=True),
        TextFilter("code", "Code", Book.code),
    )
    default_sort = "-created_at"
    board = Board(
        "stage",
        stages=(
            Stage("new", "New", "blue"),
            Stage("read", "Read", "green"),
            Stage("lost", "Lost", "red"),
            Stage(None, "Nowhere", is_open=False),
        ),
        move=set_stage,
        permission="shelf.edit",
        card=("genre.name", "price"),
        amount="price",
    )
    tags = (Fact("genre.name", kind="tag", tone="genre.tone"),)
    contacts = (Fact("phone"), Fact("owner.name", kind="person"))
    facts = (Fact("code", "Code"), Fact("pages", "Pages"), Fact("price", "Price"), Fact("printed_on", "Printed"))
    detail_tabs = (
        DetailTab(
            "notes",
            "Notes",
            "shelf/notes.html",
            context=_list_notes,
            count=lambda session, book: select(func.count(Note.id)).where(Note.book_id == book.id),
        ),
    )
    form = BookForm
    inline = ("phone", "code")
    bulk_actions = (
        BulkAction("lend", "Lend", lend, "shelf.edit"),
        BulkAction("move", "Move", move, "shelf.edit", form=LendForm),
        BulkAction("delete", "Delete", delete_books, "shelf.delete", icon="trash", danger=True),
    )

    def create(self, session: ActorSession, form: Any) -> Book:
        return self._save(session, Book(), form)

    def update(self, session: ActorSession, record: Book, form: Any) -> None:
        self._save(session, record, form)

    def form_data(self, session: ActorSession, record: Book | None) -> Mapping[str, Any]:
        if record is None:
            return {}
        notes = session.scalars(select(Note).where(Note.book_id == record.id).order_by(Note.id))
        return {"notes": [{"text": note.text} for note in notes]}

    def hint(self, session: ActorSession, form: Any, name: str, record_id: UUID | None) -> Hint | None:
        if name != "phone":
            return None
        found = session.scalar(select(Book).where(Book.phone == form.phone.data, Book.id != record_id).limit(1))
        return (
            Hint("This number is on another book.", [(found.name, "/shelf/books/" + str(found.id))]) if found else None
        )

    def _save(self, session: ActorSession, book: Book, form: Any) -> Book:
        with system(session) as everything:
            taken = everything.scalar(select(Book.id).where(Book.code == form.code.data, Book.id != book.id))
        problems = [Problem("taken", "This code is taken.", "code")] if taken else []
        if form.name.data == "Forbidden":
            problems.append(Problem("forbidden_title", "Not this title.", "name"))
        if problems:
            raise DomainError(*problems)
        for name in ("name", "code", "phone", "pages", "printed_on", "is_lent", "genre_id", "owner_id"):
            setattr(book, name, form[name].data)
        book.price = form.price.data or 0
        session.add(book)
        session.flush()
        for note in session.scalars(select(Note).where(Note.book_id == book.id)):
            session.delete(note)
        session.add_all(Note(book_id=book.id, text=row.text.data) for row in filled_rows(form.notes))
        return book
