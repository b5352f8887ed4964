"""The running kernel: what code inside an application context reaches for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from core.config import Config
from core.db.session import ActorSession, db
from core.registry import Registry

EXTENSION = "banyan"


@dataclass(frozen=True)
class Kernel:
    """One application's configuration and what its loaded addons contribute. Frozen after the boot."""

    config: Config
    registry: Registry
    app: Flask


def current_kernel() -> Kernel:
    """The kernel of the current application context."""
    kernel: Kernel = current_app.extensions[EXTENSION]
    return kernel


def current_session() -> ActorSession:
    """The request's session. Services get theirs as an argument; this is for views, templates and the kernel."""
    session = db.session()
    assert isinstance(session, ActorSession)
    return session
