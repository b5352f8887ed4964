"""The database: reachable, walled, at the code's schema, with the right time and room for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from core.access.models import Group, GroupMember, User
from core.clock import now
from core.config import Config
from core.db import migrations
from core.db.actor import Actor
from core.db.engines import PowerfulRoleError
from core.db.inspection import Server, describe_server, find_missing_limits, find_powers, find_unprotected
from core.db.roles import APP_LIMITS
from core.db.session import db, reading_session
from core.demo.business import SLUG as DEMO_SLUG
from core.kernel import Kernel
from core.operations.doctor.findings import Findings, error, ok, warning
from core.tenancy.models import Tenant, TenantAddon

OLDEST = 140_000
SKEW = timedelta(seconds=2)
ADMINISTRATOR = "core.administrator"


def check_database(kernel: Kernel) -> Findings:
    """All of it; what needs a database is left out where there is none. Needs an app context."""
    is_postgresql = not kernel.config.database_url.startswith("sqlite")
    try:
        with db.engine.connect() as connection:
            yield ok("database", f"{'PostgreSQL' if is_postgresql else 'SQLite'} answers.")
            if is_postgresql:
                yield from _server(describe_server(connection))
                yield from _role(connection)
            behind = migrations.find_behind(connection, kernel.registry)
            if is_postgresql and not behind:
                yield from _walls(connection, kernel)
        yield from _migrations(behind)
        if is_postgresql:
            yield from _owner(kernel.config)
        if not behind:
            yield from _tenants(kernel, is_postgresql)
    except PowerfulRoleError as powerful:
        why = "One forgotten condition would show a business another one's rows."
        yield error("database-role", "DATABASE_URL names a role that row security does not bind.", why, str(powerful))
    except SQLAlchemyError as failed:
        told = str(getattr(failed, "orig", failed)).splitlines()[0]
        fix = "Start it, or correct DATABASE_URL; on PostgreSQL see also pg_hba.conf."
        yield error("database", f"The database does not answer: {told}", "Nobody can work.", fix)


def _server(server: Server) -> Findings:
    if server.version < OLDEST:
        why = "Banyan is tested on 14 and later."
        yield warning("postgresql", f"PostgreSQL is {server.version // 10_000}.", why, "Upgrade PostgreSQL.")
    if server.encoding != "UTF8":
        fix = "Make the database anew: createdb -T template0 -E UTF8 banyan"
        yield error(
            "encoding", f"The database's encoding is {server.encoding}.", "Vietnamese does not fit into it.", fix
        )
    skew = abs(server.moment - now())
    if skew > SKEW:
        why = "Sessions, links and leases of jobs end at other times than they say."
        fix = "Let both machines follow the same time servers (timedatectl set-ntp true)."
        yield error("clock", f"The database's clock is {skew.total_seconds():.0f} s away from this one's.", why, fix)
    else:
        yield ok("clock", "The database's clock agrees with this one's.")
    if server.in_use > server.connections * 0.8:
        why = "Each web process takes up to 12, each worker 2; who finds none free gets 503."
        fix = "Fewer processes, a larger max_connections, or a pooler in transaction mode."
        yield warning("connections", f"{server.in_use} of {server.connections} connections are in use.", why, fix)


def _role(connection: Connection) -> Findings:
    powers = find_powers(connection)
    if powers:
        why = "A mistake in the application would reach past the wall between businesses."
        fix = "Serve as banyan_app: banyan db roles | psql banyan; then set DATABASE_URL."
        yield error("database-role", f"The role that serves {', '.join(powers)}.", why, fix)
    else:
        yield ok("database-role", "The role that serves is powerless.")
    if missing := find_missing_limits(connection, APP_LIMITS):
        why = "A statement or a lock may hold a thread for ever; so do enough of them all threads."
        yield warning("limits", f"No limit is set for: {', '.join(missing)}.", why, "banyan db roles | psql banyan")


def _walls(connection: Connection, kernel: Kernel) -> Findings:
    tables = [table for chain in migrations.chains(kernel.registry) for table in chain.tables]
    holes = find_unprotected(connection, tables)
    if holes:
        why = "Businesses are kept apart by the application alone there, or what is written once can be changed."
        yield error(
            "row-security", f"{_few(holes)}.", why, "banyan db upgrade puts row security and grants back in order."
        )
    else:
        yield ok("row-security", f"Row security and grants are in order on {len(tables)} tables.")


def _migrations(behind: list[str]) -> Findings:
    if behind:
        why = "Pages that use what is missing fail."
        yield error("migrations", f"Not at the newest migration: {', '.join(behind)}.", why, "banyan db upgrade")
    else:
        yield ok("migrations", "All addons are at their newest migration.")


def _owner(config: Config) -> Findings:
    if not config.database_owner_url:
        yield ok("owner-role", "DATABASE_OWNER_URL is not set here: banyan db runs elsewhere.")
        return
    engine = create_engine(config.database_owner_url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            powers = [
                power for power in find_powers(connection) if power in {"is a superuser", "bypasses row security"}
            ]
    except SQLAlchemyError as failed:
        told = str(getattr(failed, "orig", failed)).splitlines()[0]
        yield error(
            "owner-role", f"The owner cannot connect: {told}", "No upgrade can run.", "Correct DATABASE_OWNER_URL."
        )
        return
    finally:
        engine.dispose()
    if powers:
        why = "Migrations are written for an owner that row security binds too."
        yield warning(
            "owner-role", f"The owner {', '.join(powers)}.", why, "Use banyan_owner: banyan db roles | psql banyan"
        )
    else:
        yield ok("owner-role", "The owner can connect and is bound by row security.")


def _tenants(kernel: Kernel, is_postgresql: bool) -> Findings:
    with reading_session(Actor.platform()) as session:
        tenants = session.scalars(select(Tenant).where(Tenant.is_active).order_by(Tenant.slug)).all()
    if not tenants:
        fix = 'banyan tenant create acme "Acme"; then banyan user create acme … --administrator'
        yield warning("tenants", "There is no business yet.", "Nobody can log in.", fix)
        return
    if len(tenants) > 1 and not is_postgresql:
        why = "SQLite has no row security and one writer at a time: businesses are kept apart by the application alone."
        yield warning("tenants", f"{len(tenants)} businesses share a SQLite file.", why, "Use PostgreSQL.")
    if DEMO_SLUG in {each.slug for each in tenants} and (len(tenants) > 1 or kernel.config.base_url):
        why = "Everybody can read its passwords in the source."
        fix = "Keep the demonstration on a machine of its own."
        yield error("demo", f"The demonstration business {DEMO_SLUG} is here.", why, fix)
    yield from _without(tenants, kernel)


def _without(tenants: Iterable[Tenant], kernel: Kernel) -> Findings:
    """Businesses that nobody can administer, or that use what is not loaded."""
    headless, unloaded = [], []
    for tenant in tenants:
        with reading_session(Actor.system(tenant.id)) as session:
            administrators = (
                select(User.id)
                .join(GroupMember, GroupMember.user_id == User.id)
                .join(Group, Group.id == GroupMember.group_id)
                .where(Group.shipped_key == ADMINISTRATOR, User.is_active)
            )
            if session.scalar(administrators.limit(1)) is None:
                headless.append(tenant.slug)
            enabled = session.scalars(select(TenantAddon.addon).where(TenantAddon.is_enabled))
            unloaded += [f"{addon} of {tenant.slug}" for addon in enabled if addon not in kernel.registry]
    if headless:
        fix = "banyan user create … --administrator"
        yield warning("administrators", f"Nobody administers {_few(headless)}.", "No right can be granted there.", fix)
    if unloaded:
        why = "Its pages are gone for those who use them; the data stay."
        yield warning("addons", f"Switched on and not loaded: {_few(unloaded)}.", why, "Add them to BANYAN_ADDONS.")
    else:
        yield ok("addons", f"Loaded: {', '.join(kernel.registry.order)}.")


def _few(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
