"""``banyan user``: accounts of employees."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select

from core.access.models import Group, User
from core.access.services import create_user, make_password_link, reset_second_factor
from core.app import create_app
from core.db.actor import Actor
from core.db.session import ActorSession, open_session
from core.errors import DomainError
from core.i18n import translator
from core.tenancy.queries import get_tenant

_ = translator(__name__)


@click.group()
def user() -> None:
    """Accounts of employees."""


@user.command("create")
@click.argument("tenant")
@click.argument("username")
@click.option("--name", required=True, help="The employee's name.")
@click.option("--email", default="", help="E-mail address.")
@click.option(
    "--group", "groups", multiple=True, help="Name or key (customer.salesperson) of a group; may be repeated."
)
@click.option("--administrator", is_flag=True, help="Add to the ready-made group of administrators.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@click.option("--invite", is_flag=True, help="No password: print a link by which the employee chooses one.")
def create(
    tenant: str,
    username: str,
    name: str,
    email: str,
    groups: tuple[str, ...],
    administrator: bool,
    password_stdin: bool,
    invite: bool,
) -> None:
    """Make the account USERNAME in the business TENANT."""
    password = None if invite else _read_password(password_stdin)
    with create_app().app_context(), open_session(Actor.system(get_tenant(tenant).id)) as session:
        made = create_user(
            session,
            username=username,
            name=name,
            email=email,
            password=password,
            group_ids=[_find_group(session, group).id for group in groups],
            administrator=administrator,
        )
        click.echo(made.username)
        if invite:
            click.echo(make_password_link(session, made).address)


@user.command("reset-link")
@click.argument("tenant")
@click.argument("username")
@click.option("--second-factor", is_flag=True, help="Reset the second factor too: app and recovery codes are lost.")
def reset_link(tenant: str, username: str, second_factor: bool) -> None:
    """Print a link by which USERNAME of the business TENANT chooses a new password, once and within the hour."""
    with create_app().app_context(), open_session(Actor.system(get_tenant(tenant).id)) as session:
        found = session.scalar(select(User).where(User.username == username.strip().lower()))
        if found is None:
            raise DomainError.of("unknown_user", _("There is no user %(name)s.", name=username))
        if second_factor:
            reset_second_factor(session, found)
        click.echo(make_password_link(session, found).address)


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _find_group(session: ActorSession, name: str) -> Group:
    found = session.scalar(select(Group).where((Group.shipped_key == name) | (Group.name == name)))
    if found is None:
        raise DomainError.of("unknown_group", _("There is no group %(name)s.", name=name), "groups")
    return found
