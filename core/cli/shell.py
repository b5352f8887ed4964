"""``banyan shell``."""

from __future__ import annotations

import code
import os
import pwd
from contextlib import suppress
from dataclasses import replace
from typing import Any

import click
from sqlalchemy import event, func, select

from core.access.models import User
from core.access.signing_in import actor_of
from core.app import create_app
from core.db.actor import Actor
from core.db.base import Model
from core.db.engines import forbid_writes
from core.db.session import ActorSession, db, read_only, reading_session
from core.errors import DomainError, NotFound
from core.i18n import translator
from core.kernel import current_session
from core.tenancy.models import Tenant
from core.tenancy.queries import get_tenant, list_tenants

_ = translator(__name__)

LONGEST_NAME = 120
"""Characters of the actor's name in the audit, so that who was at the keyboard fits behind it."""


@click.command()
@click.option("--tenant", "slug", help="The business; may be left out where there is only one.")
@click.option("--user", "username", help="Work as this employee: see what he sees.")
@click.option("--system", "as_system", is_flag=True, help="Work as the business's system: see all of it.")
@click.option("--write", is_flag=True, help="Allow changes. They stay where session.commit() says so.")
def shell(slug: str | None, username: str | None, as_system: bool, write: bool) -> None:
    """Python with a session of one actor; nothing can be changed without --write.

    What is changed stands in the audit with the name of the actor and of the account that runs this.
    """
    if bool(username) == as_system:
        raise click.UsageError("Say who it is for: --user NAME, or --system.")
    with create_app().app_context():
        tenant = get_tenant(slug) if slug else _only_tenant()
        actor = _actor(tenant, username)
        if not write:
            forbid_writes(db.engine)
        token = read_only.set(not write)
        try:
            session = current_session()
            session.become(actor)
            _talk(session, f"{tenant.name}, as {actor.name}, {'WRITING' if write else 'read-only'}")
        finally:
            read_only.reset(token)


def _only_tenant() -> Tenant:
    tenants = list_tenants()
    if len(tenants) != 1:
        raise click.UsageError(f"Say which business: --tenant {'|'.join(each.slug for each in tenants) or 'SLUG'}.")
    return tenants[0]


def _actor(tenant: Tenant, username: str | None) -> Actor:
    """The actor, with the operator behind his name: the audit keeps names."""
    system = Actor.system(tenant.id)
    if username is None:
        return _named(system)
    with reading_session(system) as session:
        id = session.scalar(select(User.id).where(User.username == username.strip().lower()))
        actor = actor_of(session, id) if id else None
    if actor is None:
        raise NotFound.of("unknown_user", _("There is no active user %(name)s.", name=username))
    return _named(actor)


def _named(actor: Actor) -> Actor:
    return replace(actor, name=f"{actor.name[:LONGEST_NAME]} (banyan shell: {_operator()})")


def _operator() -> str:
    """Who is at the keyboard, as far as the machine knows: whoever became root by sudo is named by that."""
    account = pwd.getpwuid(os.getuid()).pw_name
    behind = os.environ.get("SUDO_USER", "")
    return f"{behind} as {account}" if behind else account


def _talk(session: ActorSession, who: str) -> None:
    """Read, run and print until the end of input."""
    with suppress(ImportError):
        import readline  # noqa: F401  (line editing, where Python has it)
    event.listen(session, "after_commit", _note_commit)
    models = {mapper.class_.__name__: mapper.class_ for mapper in Model.registry.mappers}
    names: dict[str, Any] = {**models, "session": session, "select": select, "func": func, "DomainError": DomainError}
    code.interact(banner=f"{who}\nsession, select, func, and the models by name", local=names, exitmsg="")
    if session.new or session.dirty or session.deleted or session.info.get("wrote"):
        click.echo("Not committed, so nothing of it was kept.", err=True)
    session.rollback()


def _note_commit(session: ActorSession) -> None:
    session.info.pop("wrote", None)
