"""``@job``: what a background job is called and how it runs. The registry finds the marks at boot."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from core.kernel import current_kernel
from core.manifest import BootProblem
from core.marks import mark
from core.problem_codes import Code
from core.registry import Registry

MAX_ATTEMPTS = 3
"""Starts at one and the same place before a job counts as failed."""

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class JobDeclaration:
    """What ``@job`` says of a function. ``title`` is a text for people, usually lazy."""

    name: str
    title: object
    max_attempts: int
    as_system: bool


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A declared job with its function and the addon that must be enabled for it."""

    addon: str
    declaration: JobDeclaration
    function: Callable[..., Any]


class UnknownJob(LookupError):
    """No loaded addon declares a job of this name."""


def job(
    name: str, *, title: object, max_attempts: int = MAX_ATTEMPTS, as_system: bool = False
) -> Callable[[Function], Function]:
    """Mark ``function(run: JobRun, **arguments)`` as the background job ``name`` (``addon.verb_noun``).

    A generator yields a :class:`core.jobs.Step` after each portion; what it did since the last one is committed there,
    together with its cursor. It resumes at ``run.cursor``. A plain function is a single step.
    The job works with the rights that its user has when it runs; ``as_system`` sees all of the tenant instead.
    """

    def decorate(function: Function) -> Function:
        mark(function, "job", JobDeclaration(name, title, max_attempts, as_system))
        return function

    return decorate


def find_job(name: str) -> FoundJob:
    """The declared job. Raises UnknownJob."""
    for marked in current_kernel().registry.marked("job"):
        if marked.value.name == name:
            return FoundJob(marked.addon, marked.value, marked.obj)
    raise UnknownJob(f"no loaded addon declares the job {name}")


def check_arguments(found: FoundJob, arguments: dict[str, Any]) -> None:
    """Raise TypeError where the function would not take ``arguments``: at the caller's, not minutes later in a runner."""
    inspect.signature(found.function).bind(None, **arguments)


def job_problems(registry: Registry) -> Iterator[BootProblem]:
    """What is wrong with the declared jobs: names of another addon, doubled names, manifest entries without a function.

    A function needs an entry only for its schedule, and then it can be called without arguments.
    """
    declared: dict[str, str] = {}
    scheduled = {entry.name for entry in registry.schedules}
    for marked in registry.marked("job"):
        name = cast(JobDeclaration, marked.value).name
        place = f"{marked.obj.__module__}.{marked.obj.__qualname__}"
        if name.partition(".")[0] != marked.addon:
            yield _problem(place, name, "A job's name begins with its addon.", f"Call it {marked.addon}.…")
        if name in declared:
            yield _problem(place, name, f"{declared[name]} has this name already.", "Rename one of the two.")
        if name in scheduled and (missing := needed_arguments(marked.obj)):
            fix = "Give them defaults, or take the schedule out of the manifest."
            yield _problem(place, name, f"A scheduled job gets no arguments, and this one needs {missing}.", fix)
        declared[name] = place
    for name, entry in registry.jobs.items():
        if name not in declared:
            fix = f'Mark its function with @job("{name}", …), or remove the entry.'
            yield _problem(f"{entry.addon}.toml", name, "No function is declared as this job.", fix)


def _problem(place: str, name: str, message: str, fix: str) -> BootProblem:
    return BootProblem(place, name, message, fix, Code.JOB)


def needed_arguments(function: Callable[..., Any]) -> str:
    """The parameters that the function cannot be called without, beside the run."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    needed = (each.name for each in parameters if each.default is each.empty and each.kind not in VARIADIC)
    return ", ".join(needed)
