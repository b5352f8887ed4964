"""A job that repeats itself, one that fails, and one that wants to be told more."""

from __future__ import annotations

from addons.sick.models import Patient

from core.jobs import JobRun, job


@job("sick.infect_more", title="Infect more")
def infect_more(run: JobRun) -> None:
    run.session.add(Patient(name="Another one"))


@job("sick.collapse", title="Collapse")
def collapse(run: JobRun) -> None:
    raise RuntimeError("out of breath")


@job("sick.guess", title="Guess")
def guess(run: JobRun, *, day: str) -> None: ...
