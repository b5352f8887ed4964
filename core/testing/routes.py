"""The routes of an application as a test asks for them: each rule with its methods, its arguments and who may call it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from core.api.requests import PREFIX
from core.web.access import SIGNED_IN, Access

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Target:
    """A route as it is declared. Plain data: two applications with the same addons have equal targets."""

    endpoint: str
    rule: str
    methods: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    access: Access

    @classmethod
    def of(cls, rule: Rule, access: Access) -> Target:
        """The target of one of the application's rules."""
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        converters = rule._converters.items()
        kinds = tuple((name, type(each).__name__.removesuffix("Converter").lower()) for name, each in converters)
        return cls(rule.endpoint, rule.rule, methods, kinds, access)

    @property
    def addon(self) -> str:
        return self.endpoint.partition(".")[0]

    @cached_property
    def arguments(self) -> Mapping[str, str]:
        """Name → kind (``uuid``, ``unicode``) of what stands in the path."""
        return dict(self.kinds)

    @property
    def ids(self) -> list[str]:
        return [name for name, kind in self.kinds if kind == "uuid"]

    @property
    def unsafe_methods(self) -> tuple[str, ...]:
        return tuple(method for method in self.methods if method not in SAFE)

    @property
    def wants_permission(self) -> bool:
        return bool(self.access.permissions) and SIGNED_IN not in self.access.permissions

    def path(self, **values: Any) -> str:
        """The path with these values; what is not given is the nil id or ``x``."""
        made = self.rule
        for name, kind in self.kinds:
            value = str(values.get(name, UUID(int=0) if kind == "uuid" else "x"))
            for placeholder in re.finditer(rf"<(?:[^<>:]+:)?{name}>", self.rule):
                made = made.replace(placeholder[0], value)
        return made

    def __str__(self) -> str:
        return self.endpoint


def targets_of(app: Flask) -> list[Target]:
    """Every declared route that a browser calls, in a fixed order."""
    return [target for target in _declared(app) if not target.rule.startswith(PREFIX)]


def api_targets_of(app: Flask) -> list[Target]:
    """Every declared route that a program calls with a token, in a fixed order."""
    return [target for target in _declared(app) if target.rule.startswith(PREFIX)]


def _declared(app: Flask) -> list[Target]:
    return list(_known(app).values())


def _known(app: Flask) -> dict[int, Target]:
    """Identity of a rule → its target, in a fixed order; all rules are there once an application has booted."""
    if "banyan_targets" not in app.extensions:
        declared: dict[str, Access] = app.extensions["banyan_access"]
        rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        app.extensions["banyan_targets"] = {
            id(rule): Target.of(rule, declared[rule.endpoint]) for rule in rules if rule.endpoint in declared
        }
    known: dict[int, Target] = app.extensions["banyan_targets"]
    return known


def target_at(app: Flask, path: str, method: str = "GET") -> Target | None:
    """The declared route that answers ``method path``; None where there is none. Raises werkzeug's routing errors."""
    rule, _arguments = app.url_map.bind("localhost").match(path, method, return_rule=True)
    return _known(app).get(id(rule))
