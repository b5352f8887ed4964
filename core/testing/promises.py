"""What every addon promises, one function a promise: each asks a running trial and names whatever breaks it.

The guard, the scope and the runner keep most of this for everybody; an addon breaks it by going round them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.test import TestResponse

from core.access.models import Group, User
from core.db.actor import Actor
from core.db.session import open_session
from core.demo.business import load_demo
from core.errors import DomainError
from core.jobs import enqueue
from core.jobs.declarations import JobDeclaration, needed_arguments
from core.jobs.execution import run_due_jobs
from core.jobs.models import Job, JobState
from core.problem_codes import Code
from core.purging import purge_addon
from core.tenancy.models import Tenant
from core.tenancy.queries import list_tenants
from core.tenancy.services import disable_addon, enable_addon
from core.testing.databases import Dump
from core.testing.queries import recorded_statements
from core.testing.routes import Target
from core.testing.trial import THERE, Trial
from core.vetting.findings import Finding, Findings
from core.web import errors

LIST_QUERIES = 8
"""Statements of a list page: who asks (2), views, columns and custom fields (2), counts, rows, and one to spare."""

REFUSED = {400, 403}


def refuses_anonymous(trial: Trial) -> Findings:
    """Nobody who has not logged in gets an answer, but of routes that are public for a reason that they state."""
    browser, program = trial.world.client(), trial.world.program()
    for target, method in _methods(trial.targets):
        if not target.access.public:
            answer = browser.open(target.path(), method=method)
            if not (answer.status_code == 401 or (answer.status_code == 303 and "/login" in answer.location)):
                yield _answered(Code.ANONYMOUS, target, method, answer, "somebody who has not logged in")
    for target, method in _methods(trial.api_targets):
        answer = program(method, target.path(), {} if method != "GET" else None)
        if answer.status_code != 401:
            yield _answered(Code.ANONYMOUS, target, method, answer, "a program without a token")


def refuses_unpermitted(trial: Trial) -> Findings:
    """Whoever lacks the permission is told so, before anything else."""
    yield from _guarded(trial, trial.stranger, 403, Code.UNPERMITTED, "somebody without any right")


def is_gone_while_off(trial: Trial) -> Findings:
    """Where a business has the addon off, its pages are not there, whatever rights somebody holds."""
    yield from _guarded(trial, trial.off.boss, 404, Code.SWITCHED_OFF, "a business that has the addon off")


def _guarded(trial: Trial, user: User, expected: int, code: Code, whom: str) -> Findings:
    browser = trial.world.client(user)
    program = trial.world.program(user)
    for target, method in _methods(trial.targets):
        if target.wants_permission or (expected == 404 and not target.access.public):
            answer = browser.open(target.path(), method=method, htmx=True)  # a refusal without the page around it
            if answer.status_code != expected:
                yield _answered(code, target, method, answer, f"{whom}, not {expected}")
    for target, method in _methods(trial.api_targets):
        answer = program(method, target.path(), {} if method != "GET" else None)
        if answer.status_code != expected:
            yield _answered(code, target, method, answer, f"a program of {whom}, not {expected}")


def hides_foreign_records(trial: Trial) -> Findings:
    """Another business's id is answered like one that does not exist: 404, and nothing changes there."""
    browser, program = trial.world.client(trial.here.boss), trial.world.program(trial.here.boss)
    there = trial.there.tenant.id
    before = _rows_of(trial.own_rows(), there)
    yield from _unproved(trial)
    yield from _shown_pages(trial)
    for target, method in _methods([*trial.targets, *trial.api_targets]):
        is_api = target in trial.api_targets
        for name in target.ids if not target.access.public else ():
            for table, foreign in _strangers(trial, target):
                path = target.path(**_own_ids(trial, target) | {name: foreign})
                answer = program(method, path, {}) if is_api else browser.open(path, method=method, htmx=True)
                if answer.status_code != 404:
                    yield _answered(Code.FOREIGN_ID, target, method, answer, f"another business's {table} as <{name}>")
            path = target.path(**_own_ids(trial, target) | {name: uuid4()})
            answer = program(method, path, {}) if is_api else browser.open(path, method=method, htmx=True)
            if answer.status_code != 404:
                yield _answered(Code.FOREIGN_ID, target, method, answer, f"an id that does not exist as <{name}>")
    for table in _changed(before, _rows_of(trial.own_rows(), there)):
        yield Finding(Code.FOREIGN_ID, table, "Rows of another business were changed by a stranger.")


def _unproved(trial: Trial) -> Findings:
    """Records that could not be made, or that their own page does not show: nothing would be proved with them."""
    _here, _there = trial.here, trial.there
    for problem in dict.fromkeys(trial.problems):
        table, _colon, reason = problem.partition(": ")
        fix = "Override fill(cls, session, seeder) in the test: seeder.add(Model, column=value)."
        yield Finding(Code.NOTHING_PROVED, table, f"No row can be made by its columns alone. {reason}", fix)
    browser = trial.world.client(trial.here.boss)
    for resource in trial.resources:
        detail = next((each for each in trial.targets if each.endpoint == resource.endpoint("detail")), None)
        ids = trial.here.rows.get(resource.entity, ())
        if detail and ids and not any(browser.get(detail.path(id=id)).status_code == 200 for id in ids):
            fix = "Override fill(cls, session, seeder) in the test: seeder.add(Model, column=value) that this resource shows."
            yield Finding(Code.NOTHING_PROVED, str(detail), "It shows none of the rows that were made.", fix)


def _shown_pages(trial: Trial) -> Findings:
    """Every page with one's own records: it works, and no word of the other business stands on it."""
    browser, program = trial.world.client(trial.here.boss), trial.world.program(trial.here.boss)
    for target in [*trial.targets, *trial.api_targets]:
        if "GET" in target.methods:
            path = target.path(**_own_ids(trial, target))
            answer = program.get(path) if target in trial.api_targets else browser.get(path)
            if THERE in answer.get_data().decode("utf-8", "replace"):
                message = "It shows what belongs to another business."
                yield Finding(Code.FOREIGN_ID, f"GET {target.rule} ({target})", message)
            elif answer.status_code >= 500:
                yield _answered(Code.CRASHES, target, "GET", answer, "somebody with every right")


def _own_ids(trial: Trial, target: Target) -> dict[str, UUID]:
    """One's own record where the path asks for the resource's."""
    resource = trial.resource_of(target)
    rows = trial.here.rows.get(resource.entity, ()) if resource else ()
    return {"id": rows[0]} if rows and "id" in target.ids else {}


def _strangers(trial: Trial, target: Target) -> Iterator[tuple[str, UUID]]:
    """(table, id) of ``there``: of the resource's table, or of every table where the addon wrote the view itself."""
    resource = trial.resource_of(target)
    is_kernels = trial.app.view_functions[target.endpoint].__module__.startswith("core.")
    likely = resource.entity if resource and is_kernels else None
    for table, ids in trial.there.rows.items():
        if likely in {None, table}:
            yield table, ids[0]


def refuses_forged(trial: Trial) -> Findings:
    """A request that changes something and brings no token of our page is refused. Webhooks prove their sender themselves."""
    browser = trial.world.client(trial.here.boss)
    webhooks = {webhook.endpoint for webhook in trial.registry.webhooks}
    for target in trial.targets:
        for method in target.unsafe_methods if target.endpoint not in webhooks else ():
            answer = browser.open(target.path(**_own_ids(trial, target)), method=method, csrf=False)
            if answer.status_code not in REFUSED:
                yield _answered(Code.FORGED, target, method, answer, "a request without token")


def keeps_its_menu(trial: Trial) -> Findings:
    """Whoever sees an entry of the menu may follow it: each ready-made group, and a group of that permission alone."""
    endpoints = {target.endpoint: target for target in trial.targets}
    for entry in trial.addon.manifest.menu:
        target = endpoints.get(entry.endpoint)
        path = target.path() if target else ""
        ready = [each for each in trial.registry.groups if entry.permission in each.permissions]
        users = {f"{each.addon}.{each.key}": trial.world.user(trial.here.tenant, groups=[f"{each.addon}.{each.key}"])
                 for each in ready}  # fmt: skip
        users[f"who holds {entry.permission} alone"] = trial.world.user(trial.here.tenant, entry.permission)
        for who, user in users.items():
            browser = trial.world.client(user)
            shown = f'href="{path}"' in browser.get("/").text
            answer = browser.get(path) if path else None
            if not shown or answer is None or answer.status_code != 200:
                status = answer.status_code if answer is not None else "no route"
                seen = "sees it and gets" if shown else "does not see it; its page answers"
                fix = f'Give entry and route one permission; the entry has permission = "{entry.permission}".'
                yield Finding(Code.MENU, f"{entry.title} ({entry.endpoint})", f"{who} {seen} {status}.", fix)


def grants_its_permissions(trial: Trial) -> Findings:
    """An administrator finds every permission among those that can be ticked."""
    with trial.world.session(trial.here.tenant) as session:
        group = session.scalars(select(Group.id).order_by(Group.id)).first()
    page = trial.world.client(trial.here.boss).get(f"/core/groups/{group}").text
    for permission in trial.addon.manifest.permissions:
        if f'value="{permission.full_name}"' not in page:
            yield Finding(Code.NOT_GRANTABLE, permission.full_name, "Nobody can be given this permission.")


def runs_its_jobs(trial: Trial) -> Findings:
    """Each job comes to its end, changes nothing when it runs again, and does nothing where the addon is off."""
    for marked in trial.registry.marked("job"):
        if marked.addon != trial.name:
            continue
        declaration: JobDeclaration = marked.value
        arguments = dict(trial.job_arguments.get(declaration.name, {}))
        if not arguments and (needed := needed_arguments(marked.obj)):
            fix = f'job_arguments = {{"{declaration.name}": {{…}}}} in the test.'
            yield Finding(Code.JOB_FAILS, declaration.name, f"It needs {needed}; the contract does not know what.", fix)
            continue
        yield from _run_twice(trial, declaration.name, arguments)


def _run_twice(trial: Trial, name: str, arguments: dict[str, Any]) -> Findings:
    here, off = trial.here, trial.off
    first = _run(trial, here.tenant, here.boss, name, arguments)
    before = trial.own_rows()
    again = _run(trial, here.tenant, here.boss, name, arguments)
    for job in (first, again):
        if job.state != JobState.DONE:
            yield Finding(Code.JOB_FAILS, name, f"It ends as {job.state}: {_last_word(job)}")
            return
    for table in _changed(before, trial.own_rows()):
        yield Finding(Code.JOB_REPEATS, name, f"Running again right away changes rows of {table}.")
    before = trial.own_rows()
    skipped = _run(trial, off.tenant, off.boss, name, arguments)
    if skipped.state != JobState.CANCELLED or _changed(before, trial.own_rows()):
        yield Finding(Code.JOB_WHILE_OFF, name, f"Where the addon is off it ends as {skipped.state}.")


def _run(trial: Trial, tenant: Tenant, user: User, name: str, arguments: dict[str, Any]) -> Job:
    with trial.world.session(tenant, user) as session:
        id = enqueue(session, name, **arguments).id
    with trial.app.app_context():
        run_due_jobs()
    with trial.world.session(tenant) as session:
        job = session.need(Job, id)
        session.expunge(job)
        return job


def _last_word(job: Job) -> str:
    return (job.trace or job.error or "no reason is known").strip().splitlines()[-1]


def lists_within_budget(trial: Trial, queries: int = LIST_QUERIES) -> Findings:
    """A list page asks a fixed number of questions, however many rows it shows."""
    browser = trial.world.client(trial.here.boss)
    for resource in trial.resources:
        target = next((each for each in trial.targets if each.endpoint == resource.endpoint("list")), None)
        if target is None:
            continue
        browser.get(target.path())  # what is read once a process is read now
        with recorded_statements() as statements:
            answer = browser.get(target.path())
        if answer.status_code != 200:
            yield _answered(Code.QUERIES, target, "GET", answer, "somebody with every right")
        elif len(statements) > queries:
            repeated = max(set(statements), key=statements.count)
            message = f"{len(statements)} statements, {queries} are its budget. Most often: {' '.join(repeated.split())[:200]}"
            yield Finding(Code.QUERIES, str(target), message)


def loads_its_demo_once(trial: Trial) -> Findings:
    """Demo data that are loaded again change nothing."""
    with trial.app.app_context():
        load_demo()
    before = trial.own_rows()
    with trial.app.app_context():
        load_demo()
    for table in _changed(before, trial.own_rows()):
        message = f"Loading again changed its rows from {len(before[table])} to {len(trial.own_rows()[table])}."
        yield Finding(Code.DEMO_DOUBLES, table, message)


def keeps_data_while_off(trial: Trial) -> Findings:
    """Off and on again leaves every row as it was."""
    tenant = trial.here.tenant
    before = trial.own_rows()
    for switch in (disable_addon, enable_addon):
        with trial.world.session(tenant) as session:
            switch(session, trial.name)
        for table in _changed(before, trial.own_rows()):
            done = "off" if switch is disable_addon else "on again"
            yield Finding(Code.DATA_LOST, table, f"Switching {trial.name} {done} changes its rows.")
        before = trial.own_rows()


def leaves_nothing(trial: Trial) -> Findings:
    """After ``banyan addon purge`` no table, no row and no file tells of the addon. Works on a copy of the database."""
    _here, _there = trial.here, trial.there
    copy = trial.copy()
    try:
        with copy.app.app_context():
            tenants = list_tenants()
        for tenant in tenants:
            with copy.app.app_context(), open_session(Actor.system(tenant.id)) as session:
                disable_addon(session, copy.name)
        tables = copy.tables
        kernel = copy.app.extensions["banyan"]
        copy.close()
        try:
            purge_addon(kernel.config, kernel.registry, copy.name, copy.registry.order, copy.data / "purged")
        except DomainError as refused:
            yield Finding(Code.LEFT_OVER, copy.name, f"It cannot be purged: {refused}")
            return
        after = copy.rooms.engine.dump(copy.database)
        for table in tables:
            if table in after:
                yield Finding(Code.LEFT_OVER, table, "The table is still there.")
        for trace in sorted(set(traces_of(copy.name, after))):
            yield Finding(Code.LEFT_OVER, trace, "A row of the kernel still names the addon.")
    finally:
        copy.close()
        copy.rooms.drop(copy.database)


def traces_of(addon: str, dump: Dump) -> list[str]:
    """What of an addon stands in the tables of others (``table: value``), but for the note that it was purged."""
    marks = (f"{addon}.", f"{addon}_", f"/{addon}/")
    return [
        f"{table}: {value}"
        for table, rows in dump.items()
        for row in rows
        for value in row
        if "purge" not in row
        and (value == addon or value.startswith(marks) or (table == "core_job" and f'"{addon}.' in value))
    ]


def _methods(targets: list[Target]) -> Iterator[tuple[Target, str]]:
    for target in targets:
        for method in target.methods:
            yield target, method


class Crashes(logging.Handler):
    """What pages have raised, as the kernel's error page writes it down."""

    def __init__(self) -> None:
        super().__init__()
        self.last = ""
        logging.getLogger(errors.__name__).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.last = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}"


CRASHES = Crashes()


def _answered(code: Code, target: Target, method: str, answer: TestResponse, whom: str) -> Finding:
    """A wrong answer; where it is an error of the page's own, that is what is wrong."""
    message = f"It answers {answer.status_code} to {whom}."
    if answer.status_code >= 500:
        code, message = Code.CRASHES, f"{message} {CRASHES.last}"
    return Finding(code, f"{method} {target.rule} ({target})", message)


def _rows_of(dump: Dump, tenant_id: UUID) -> Dump:
    """The rows of one business; ids are written differently on each engine."""
    told = {str(tenant_id), tenant_id.hex}
    return {table: [row for row in rows if told & set(row)] for table, rows in dump.items()}


def _changed(before: Dump, after: Dump) -> list[str]:
    return [table for table in before if before[table] != after.get(table)]
