"""The board of a list: what its template shows, more cards of a column, and moving a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.db.session import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.resources.board import BoardReader, Card, Lane, Stage, stage_of
from core.resources.links import url_if_allowed, with_args
from core.resources.listing import ListState, criteria, read_state
from core.web.answers import is_htmx, redirect_to, toast
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

STAGE, AFTER, VERSION = "stage", "after_card", "version"


@dataclass(frozen=True)
class BoardView:
    """What the board's template shows."""

    resource: Resource[Any]
    session: ActorSession
    state: ListState
    lanes: Sequence[Lane]

    @property
    def may_move(self) -> bool:
        assert self.resource.board is not None
        return self.session.actor.can(self.resource.board.permission)

    def url_of(self, card: Card) -> str:
        return url_for(self.resource.endpoint("detail"), id=card.row.id)

    def move_url(self, card: Card) -> str:
        return with_args(url_for(self.resource.endpoint("move"), id=card.row.id), self.state.args())

    def more_url(self, lane: Lane) -> str:
        args = [*self.state.open_args(), (STAGE, lane.stage.key), (AFTER, lane.after)]
        return with_args(url_for(self.resource.endpoint("cards")), args)

    def new_url(self, lane: Lane) -> str:
        """The form of a new record in this column."""
        assert self.resource.board is not None
        url = url_if_allowed(self.resource, self.session, "new") if lane.stage.is_open else ""
        return with_args(url, [(self.resource.board.field, lane.stage.key)]) if url else ""


@dataclass(frozen=True)
class MoveView:
    """What the question before a move shows."""

    resource: Resource[Any]
    record: Any
    stages: Sequence[Stage]
    url: str
    back: str
    problems: Sequence[object] = ()

    @property
    def title(self) -> str:
        return self.resource.title_of(self.record)

    @property
    def current(self) -> Any:
        assert self.resource.board is not None
        return getattr(self.record, self.resource.board.field)


def read_board(resource: Resource[Any], session: ActorSession, state: ListState, keep: Any) -> BoardView:
    """The board of what the list keeps."""
    return BoardView(resource, session, state, BoardReader(resource, session, keep).lanes())


def answer_cards(resource: Resource[Any]) -> ResponseReturnValue:
    """The next cards of a column: for htmx they alone, else a page of that column."""
    session = current_session()
    reader, state = _reader(resource, session)
    lane = reader.lane(request.args.get(STAGE, ""), request.args.get(AFTER, ""))
    board = BoardView(resource, session, state, [lane])
    template = "resource/board_cards.html" if is_htmx() else "resource/board_lane.html"
    return render(template, resource=resource, board=board, lane=lane, back=_list_url(resource, state))


def answer_move(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """Where to move a card, and on POST the move: a dragged card gets itself back, a form the board."""
    session = current_session()
    assert resource.board is not None
    reader, state = _reader(resource, session)
    if request.method == "GET":
        return _ask(resource, session, state, id)
    try:
        values = _move(resource, session, id)
    except DomainError as refused:
        if is_htmx() or refused.status in {403, 404}:
            raise
        session.rollback()
        session.expunge_all()
        return _ask(resource, session, state, id, refused)
    if not is_htmx():
        return redirect_to(_list_url(resource, state))
    card = reader.card(id)
    if card is not None and card.stage != values[-1]:  # the workflow sent it further than it was asked to
        return "", 200, {"HX-Refresh": "true"}
    board = BoardView(resource, session, state, reader.heads(values))
    return render("resource/board_moved.html", resource=resource, board=board, card=card)


def _move(resource: Resource[Any], session: ActorSession, id: UUID) -> list[Any]:
    """Do it; the values that the record had and was to get."""
    board = resource.board
    assert board is not None
    session.need(resource.model, id, lock=True)
    record = resource.find(session, id)
    session.expect_version(record, request.form.get(VERSION, -1, type=int))
    stage = stage_of(board.stages_for(session), request.form.get(STAGE, ""))
    before = getattr(record, board.field)
    if stage.value == before:
        return [before]
    if not stage.is_open:
        raise DomainError.of("closed_stage", _("Nothing can be moved to “%(name)s”.", name=str(stage.label)), STAGE)
    title = resource.title_of(record)
    board.move(session, record, stage.value)
    session.flush()
    toast(_("%(name)s is now in “%(stage)s”.", name=title, stage=str(stage.label)))
    return [before, stage.value]


def _ask(
    resource: Resource[Any], session: ActorSession, state: ListState, id: UUID, refused: DomainError | None = None
) -> ResponseReturnValue:
    record = resource.find(session, id)
    assert resource.board is not None
    stages = [stage for stage in resource.board.stages_for(session) if stage.is_open]
    url = with_args(url_for(resource.endpoint("move"), id=id), state.args())
    problems = refused.problems if refused else ()
    view = MoveView(resource, record, stages, url, _list_url(resource, state), problems)
    return render("resource/move.html", resource=resource, view=view), refused.status if refused else 200


def _reader(resource: Resource[Any], session: ActorSession) -> tuple[BoardReader, ListState]:
    args = request.args.copy()
    for name in (STAGE, AFTER):
        args.poplist(name)
    state = read_state(resource, args, session)
    return BoardReader(resource, session, criteria(resource, state, session)), state


def _list_url(resource: Resource[Any], state: ListState) -> str:
    return with_args(url_for(resource.endpoint("list")), state.args())
