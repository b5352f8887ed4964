"""Requests that nobody would think of, made by schemathesis from the description: none fails here, none passes by the token.

The suite sends a few hundred, always the same; ``make api-fuzz`` sends as many as ``BANYAN_TEST_API_CASES`` says.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.testing.world import World

CASES = int(os.environ.get("BANYAN_TEST_API_CASES", "160"))
"""Requests that a run makes, for both roles together; each is sent again without and with a wrong token."""

CHECKS = [
    not_a_server_error,
    ignored_auth,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

pytestmark = pytest.mark.engine("sqlite", *(["postgresql"] if CASES > 1_000 else []))


@pytest.fixture
def roles(app_factory):
    """Two who ask: one may everything, one sees customers of his own and changes nothing but notes."""
    world = World(app_factory(["customer"], api_per_minute=1_000_000))
    tenant = world.tenant()
    everything = sorted(world.app.extensions["banyan"].registry.permissions)
    boss = world.user(tenant, *everything)
    seller = world.user(tenant, "core.use_api", groups=("customer.salesperson",))
    for user in (boss, seller):
        program = world.program(user)
        choices = world.program(boss).get("/customer/customers/choices").json["choices"]
        chosen = {name: choices[name][0]["value"] for name in ("source_id", "relationship_id")}
        for number in range(3):
            sent = {**chosen, "name": f"Nguyễn Thị Hoa {number}", "group_ids": [choices["group_ids"][0]["value"]]}
            made = program.post("/customer/customers", sent)
            assert made.status_code == 201, made.text
    return world, [boss, seller]


def known_ids(program: Any, operations: list[Any]) -> dict[str, str]:
    """Of each resource the id of a record that is there, by the path of its list: half of the cases shall reach one."""
    lists = [each.path for each in operations if each.method == "get" and "{id}" not in each.path]
    answers = {path: program.get(path).json.get("items") for path in lists}
    return {path: items[0]["id"] for path, items in answers.items() if items}


def test_no_request_fails_and_none_passes_by_the_token(roles):
    world, users = roles
    statuses: Counter[int] = Counter()
    failures: list[str] = []
    for user in users:
        fuzz(world, user, CASES // len(users), statuses, failures)

    sys.stdout.write(f"{sum(statuses.values())} requests: {dict(sorted(statuses.items()))}\n")
    assert not failures, f"{len(failures)} of {sum(statuses.values())}:\n" + "\n\n".join(failures[:10])
    assert sum(statuses.values()) >= CASES * 0.9
    assert statuses[200] and statuses[422] and statuses[404]


def fuzz(world: World, user: Any, cases: int, statuses: Counter[int], failures: list[str]) -> None:
    program = world.program(user)
    headers = {"Authorization": f"Bearer {program.token}", "Accept-Language": "en", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app, headers=headers)
    operations = [result.ok() for result in schema.get_all_operations()]
    each, known = -(-cases // len(operations)), known_ids(program, operations)
    for operation in operations:
        send_all(operation, headers, each, known, statuses, failures)


def send_all(
    operation: Any,
    headers: dict[str, str],
    cases: int,
    known: dict[str, str],
    statuses: Counter[int],
    failures: list[str],
) -> None:
    number = count()

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        own = known.get(operation.path.partition("/{id}")[0])
        if next(number) % 2 and own and case.path_parameters:
            case.path_parameters["id"] = own
        response = case.call(headers=headers)
        statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS, headers=headers)
        except (FailureGroup, AssertionError) as failure:
            reasons = getattr(failure, "exceptions", [failure])
            failures.append(f"{case.as_curl_command()}\n{response.status_code} {response.text[:400]}\n{reasons}")

    send()
