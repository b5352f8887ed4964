"""Sessions. Each works for one actor; the scope stands on every statement, the tenant's wall under every transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import ORMExecuteState, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError

from core.clock import now
from core.db.actor import Actor
from core.db.base import Model, TenantModel
from core.db.ids import uuid7
from core.db.mixins import SoftDelete
from core.db.parts import links_to
from core.db.scope import Scope, ScopeError
from core.errors import Conflict, NotFound
from core.i18n import translator

_ = translator(__name__)

STALE = _(
    "Somebody else changed this record meanwhile, so nothing was saved. Look at what it says now, then try again."
)

M = TypeVar("M", bound=TenantModel)

read_only: ContextVar[bool] = ContextVar("read_only", default=False)
"""True while a safe request is answered: its transactions may not write (PostgreSQL READ ONLY, SQLite a plain BEGIN)."""


WAITING = "after_commit"
"""Key of ``session.info``: lists, by kind, of what waits for the commit."""


class NoActor(ScopeError):
    """The session was used before anybody said whom it works for."""


class ActorSession(FlaskSession):
    """A session bound to one actor. ``become`` binds it once; everything it reads and writes is that actor's."""

    def __init__(self, db: Any, **options: Any) -> None:
        super().__init__(db, **options)
        self._scope: Scope | None = None

    @property
    def actor(self) -> Actor:
        if self._scope is None:
            raise NoActor("the session has no actor yet: session.become(Actor…)")
        return self._scope.actor

    @property
    def tenant_id(self) -> UUID:
        """The tenant of the actor; the platform has none (ScopeError)."""
        if self.actor.tenant_id is None:
            raise ScopeError("the platform works for no tenant")
        return self.actor.tenant_id

    def become(self, actor: Actor, *, with_deleted: bool = False) -> None:
        """Bind the session to ``actor``, or narrow it from the tenant's system to a user while nothing is loaded.

        ``with_deleted`` shows the same actor his recycle bin too; visibility stays.
        """
        if self._scope is not None and not self._scope.actor.is_system and self._scope.actor != actor:
            raise ScopeError("a user's session stays the user's")
        if self.identity_map or self.new:
            raise ScopeError("a session that holds objects cannot change its actor")
        if self._scope is not None and self.in_transaction() and self._scope.actor.tenant_id != actor.tenant_id:
            raise ScopeError("a transaction cannot change its tenant")
        self._scope = Scope(actor, with_deleted=with_deleted)

    @property
    def scope(self) -> Scope:
        if self._scope is None:
            raise NoActor("the session has no actor yet: session.become(Actor…)")
        return self._scope

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **options: Any) -> Any:
        return super().get_bind(mapper, clause, bind if bind is not None else self.bind, **options)

    def find(self, model: type[M], id: UUID | None) -> M | None:
        """The row, or None where it is absent, deleted, invisible or another tenant's. Always asks the database."""
        if id is None:
            return None
        return self.scalar(select(model).where(model.id == id))

    def need(self, model: type[M], id: UUID | None, *, lock: bool = False) -> M:
        """The row, or NotFound. ``lock`` keeps it from other writers until the transaction ends."""
        query = select(model).where(model.id == id)
        row = self.scalar(query.with_for_update() if lock else query)
        if row is None:
            raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))
        return row

    def expect_version(self, row: Any, version: int | None) -> None:
        """Refuse a change that was made on an older copy of a Versioned ``row`` than the one in the database."""
        if version is not None and row.version != version:
            raise Conflict.of("stale", STALE)

    def delete(self, instance: object) -> None:
        """Delete; a :class:`SoftDelete` row goes to the recycle bin, and its parts that have one go there in the same act."""
        if isinstance(instance, SoftDelete):
            self._put_away(instance, now())
        else:
            super().delete(instance)

    def _put_away(self, row: Any, moment: datetime) -> None:
        row.deleted_at, row.deleted_by_id = moment, self.actor.user_id
        for part in self.deleted_parts(row, None):
            self._put_away(part, moment)

    def restore(self, row: Any) -> None:
        """Bring a row back from the recycle bin, with the parts that went there in the same act (their moment is the same).

        The session must see deleted rows. What may be in the way is the caller's to ask.
        """
        moment = row.deleted_at
        row.deleted_at = row.deleted_by_id = None
        for part in self.deleted_parts(row, moment):
            self.restore(part)

    def purge(self, row: SoftDelete) -> None:
        """Delete a row of the recycle bin for good. The flush fails (IntegrityError) where something refers to it."""
        super().delete(row)

    def deleted_parts(self, row: Any, moment: datetime | None) -> list[Any]:
        """What hangs on ``row``, has a recycle bin of its own and was deleted at ``moment`` (None: is not deleted)."""
        links = [link for link in links_to(row.__tablename__, "CASCADE") if issubclass(link.model, SoftDelete)]
        return [
            part
            for link in links
            for part in self.scalars(
                select(link.model).where(link.attribute == row.id, link.model.deleted_at == moment)  # type: ignore[attr-defined]
            )
        ]

    def flush(self, objects: Any = None) -> None:
        try:
            super().flush(objects)
        except StaleDataError as stale:
            raise Conflict.of("stale", STALE) from stale

    def _unscoped(self, *args: Any, **options: Any) -> NoReturn:
        raise ScopeError("this way past the scope is closed; use find, need, select, or core.db.bulk")

    get = get_one = query = _unscoped
    merge = bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _unscoped


@event.listens_for(ActorSession, "do_orm_execute")
def _apply_scope(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, ActorSession)
    session.scope.apply(state)
    if not state.is_select:
        session.info["wrote"] = True


@event.listens_for(ActorSession, "before_attach")
def _stamp(session: ActorSession, instance: object) -> None:
    """Give a new row its tenant and id; refuse one that belongs to another tenant."""
    if not isinstance(instance, TenantModel):
        return
    tenant_id = session.tenant_id
    if _is_unset(instance.tenant_id):
        instance.tenant_id = tenant_id
    elif instance.tenant_id != tenant_id:
        raise ScopeError(f"{type(instance).__name__} belongs to another tenant")
    if _is_unset(instance.id):
        instance.id = uuid7()


def _is_unset(key: UUID | None) -> bool:
    return key is None


@event.listens_for(ActorSession, "after_begin")
def _raise_wall(session: ActorSession, transaction: object, connection: Connection) -> None:
    """Tell PostgreSQL the transaction's tenant, so that row security holds what the scope may have missed."""
    if connection.dialect.name != "postgresql":
        return
    tenant_id = session.actor.tenant_id
    statements = [f"SET LOCAL banyan.tenant = '{tenant_id}'"] if isinstance(tenant_id, UUID) else []
    if read_only.get() and session.bind is None:
        statements.append("SET TRANSACTION READ ONLY")
    if statements:
        connection.exec_driver_sql("; ".join(statements))


@contextmanager
def system(session: ActorSession) -> Iterator[ActorSession]:
    """A second session on the same transaction that works for the tenant's system and sees all of the tenant.

    For what must see more than the user may: duplicate checks, sums, counters, transfers. Hand out ids and numbers from
    it, never its objects. Used only where ``checks`` lists it (architecture §3). An error inside undoes the inner work
    alone (a savepoint); nested uses share one session.
    """
    if session.actor.is_system:
        yield session
        return
    with _beside(session, Actor.system(session.tenant_id)) as inner:
        yield inner


@contextmanager
def with_rights(session: ActorSession, *permissions: str) -> Iterator[ActorSession]:
    """A second session on the same transaction for the same actor, who holds these permissions as well in it.

    For a use case that a right of its own allows to reach what the actor does not see; what it does is recorded under his
    name. Used only where ``checks`` lists it, like :func:`system`.
    """
    with _beside(session, replace(session.actor, permissions=session.actor.permissions | set(permissions))) as inner:
        yield inner


@contextmanager
def with_deleted(session: ActorSession) -> Iterator[ActorSession]:
    """A second session on the same transaction for the same actor, who sees his recycle bin in it; visibility stays.

    For what tells of records that may be gone: the audit trail.
    """
    with _beside(session, session.actor, with_deleted=True) as inner:
        yield inner


HANDED_IN = ("audit_cause",)
"""What a session beside another knows of ``info`` from the beginning."""


@contextmanager
def _beside(session: ActorSession, actor: Actor, *, with_deleted: bool = False) -> Iterator[ActorSession]:
    session.flush()
    inner = ActorSession(
        session._db, bind=session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    inner.become(actor, with_deleted=with_deleted)
    inner.info.update({key: session.info[key] for key in HANDED_IN if key in session.info})
    try:
        yield inner
        session.flush()
        inner.commit()
        hand_over(inner, session)
    finally:
        wrote = inner.info.get("wrote", False)
        inner.close()
        if wrote:
            session.expire_all()


_waiting_before: WeakKeyDictionary[SessionTransaction, dict[str, int]] = WeakKeyDictionary()
"""By savepoint, how much of each kind waited when it began."""


@event.listens_for(ActorSession, "after_transaction_create")
def _note_waiting(session: ActorSession, transaction: SessionTransaction) -> None:
    """Note at a savepoint what waits for the commit so far."""
    if transaction.nested:
        waiting = session.info.get(WAITING, {})
        _waiting_before[transaction] = {kind: len(items) for kind, items in waiting.items()}


@event.listens_for(ActorSession, "after_soft_rollback")
def _forget_undone(session: ActorSession, transaction: SessionTransaction) -> None:
    """What was undone waits for no commit: no file goes, no job is woken, no change is told because of it."""
    if not transaction.nested and transaction.parent is not None:
        return  # of a flush: what surrounds it is undone too
    before = _waiting_before.get(transaction, {})
    for kind, items in session.info.get(WAITING, {}).items():
        del items[before.get(kind, 0) :]


def hand_over(inner: ActorSession, outer: ActorSession) -> None:
    """What waits for the commit (``info["after_commit"]``, lists by kind) waits for that of the outer session."""
    for kind, items in inner.info.pop(WAITING, {}).items():
        outer.info.setdefault(WAITING, {}).setdefault(kind, []).extend(items)


@event.listens_for(ActorSession, "after_flush")
def _note_flush(session: ActorSession, context: object) -> None:
    session.info["wrote"] = True


@contextmanager
def open_session(actor: Actor) -> Iterator[ActorSession]:
    """A session and a writing transaction of its own for ``actor``: committed at the end, rolled back on an error.

    For jobs, the CLI, and what must survive a refused request (log-in throttle). On SQLite it waits for the write lock,
    so a request that has written must not open one.
    """
    token = read_only.set(False)
    session = ActorSession(db, expire_on_commit=False)
    session.become(actor)
    try:
        yield session
        session.commit()
    finally:
        session.close()
        read_only.reset(token)


@contextmanager
def reading_session(actor: Actor) -> Iterator[ActorSession]:
    """A session of its own for ``actor`` that only reads: it takes no write lock on SQLite and commits nothing."""
    token = read_only.set(True)
    session = ActorSession(db, expire_on_commit=False)
    session.become(actor)
    try:
        yield session
    finally:
        session.close()
        read_only.reset(token)


db = SQLAlchemy(metadata=Model.metadata, session_options={"class_": ActorSession, "expire_on_commit": False})
"""Flask-SQLAlchemy: engines, configuration and the life of the request's session."""
