"""What is not one's own is not there: ids, names, numbers and positions of another business, or of a colleague.

Each is asked for twice, once as it is and once made up. The two answers must be the same, tell nothing, and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from core.db.ids import uuid7
from core.db.scope import Scope
from core.db.session import ActorSession
from core.errors import Forbidden
from core.resources.base import Resource, all_resources
from core.resources.paging import Cursor
from core.web.access import SIGNED_IN
from tests.isolation.finding import Form, findings_of, send
from tests.isolation.probing import Answer, Pairs, Prober, Target, difference, targets_of
from tests.isolation.town import HIDDEN, PHONES, THERE
from tests.isolation.walking import methods_of, own_arguments, row_of, words_for

NOWHERE = {THERE: "qxnowhe55", HIDDEN: "qxnowhere5"}
"""Words like the canaries that nobody has."""
NO_PHONE = "096644433"

DECLARED_SIGHT = {
    "referrer": "CUS-005: the picker of referrers names all customers, masked and on record",
    "referrer_text": "CUS-005",
    "code": "CUS-007: a code is taken whoever has it",
    "phone": "CUS-017: a warning tells of a duplicate that one may not see",
    "phone2": "CUS-017",
    "email": "CUS-017",
    "tax_code": "CUS-017",
    "confirm": "CUS-017",
}
"""Fields by which one may learn, by declaration, that a colleague's customer exists."""
NO_REFERENCES = {"sort", "size", "add_row", "all", "confirmed", "confirm", "export", "rows", "tab", "show", "state", "step",
                 "again", "theme", "density", "language", "next", "version", "is_active", "columns", "rights", "action",
                 "create_missing", "update_existing", "allow_duplicates", "password"}  # fmt: skip
"""Parameters that choose among a few fixed words: an id there is only a wrong word."""

TEXTS_THAT_NAME = {"q", "name", "code", "username", "body", "tenant"}
"""Texts by which something might be found or found taken, beside those that end in ``_text``."""

SEEING_ROUTES = {"customer.referrers"}


@dataclass
class Trespass:
    """Asks for a stranger's things as ``user``. ``ids`` are the stranger's by table, ``word`` is in all his texts."""

    prober: Prober
    user: Any
    ids: Mapping[str, list[UUID]]
    word: str
    absent: UUID = field(default_factory=uuid7)
    baselines: dict[object, Answer] = field(default_factory=dict)

    @property
    def is_colleague(self) -> bool:
        return self.word == HIDDEN

    def targets(self) -> list[Target]:
        """Routes that the user may call."""
        can = set(self.permissions())
        return [
            target
            for target in targets_of(self.prober.app)
            if can & {*target.access.permissions} and not (self.is_colleague and target.endpoint in SEEING_ROUTES)
        ]

    def permissions(self) -> list[str]:
        registry = self.prober.app.extensions["banyan"].registry
        if self.user is self.prober.town.here.boss:
            return [SIGNED_IN, *registry.permissions]
        own = [each for each in registry.permissions if each.startswith("customer.")]
        return [SIGNED_IN, *(each for each in own if each not in {"customer.view_all", "customer.view_unassigned"})]

    # paths

    def in_paths(self, *, others: int) -> None:
        """Every id in a path, with the stranger's rows of the right table and of ``others`` further tables."""
        for target, method in methods_of(self.targets()):
            for name in target.ids:
                right, _at = row_of(self.prober, target, name, self.user)
                for at, (table, id) in enumerate(self._rows(right, others)):
                    self._try_path(target, method, name, table, id, htmx=bool(at % 2))

    def _rows(self, right: str, others: int) -> Iterator[tuple[str, UUID]]:
        for id in self.ids.get(right, ())[:5]:
            yield right, id
        for table in [each for each in self.ids if each != right and self.ids[each]][:others]:
            yield table, self.ids[table][0]

    def _try_path(self, target: Target, method: str, name: str, table: str, id: UUID, *, htmx: bool) -> None:
        own = own_arguments(self.prober, target, self.user)
        pairs = self._pairs(target) if method != "GET" else ()

        def ask(value: UUID) -> Answer:
            moved = Form(target, method, target.path(**own | {name: value}), ())
            return send(self.prober, moved, pairs, self.user, htmx=htmx)

        self._compare(
            (target.endpoint, target.rule.rule, method, name, htmx), ask, id, self.absent, f"{table} in the path"
        )

    def _pairs(self, target: Target) -> Pairs:
        """What a form of the user's would send there."""
        forms = self.prober.town.findings[self.user.id].forms if self.user.id in self.prober.town.findings else ()
        return next((each.pairs for each in forms if each.target.endpoint == target.endpoint), ())

    # fields and parameters

    def in_fields(self, *, most: int) -> None:
        """Every field of every form and every parameter of every query, with ids, names, codes and positions."""
        allowed, done = {target.endpoint for target in self.targets()}, set()
        for form in findings_of(self.prober, self.user).forms:
            if form.target.endpoint not in allowed:
                continue
            for name in dict.fromkeys([*(each.name for each in form.fields), *(name for name, _ in form.query)]):
                action = next((each.value for each in form.fields if each.name == "action"), "")
                key = (form.target.endpoint, form.method, name, action or dict(form.button).get("action"))
                if key in done or (form.trigger and name not in {"id", form.trigger}):
                    continue
                done.add(key)
                for value, made_up, echoed in self._values(form, name, most):
                    self._try_field(form, name, value, made_up, echoed)

    def _try_field(self, form: Form, name: str, value: str, made_up: str, echoed: tuple[str, ...]) -> None:
        def ask(each: str) -> Answer:
            if any(name == known for known, _value in form.query):
                query = [*(pair for pair in form.query if pair[0] != name), (name, each)]
                return send(self.prober, form, form.pairs, self.user, query=query)
            return send(self.prober, form, form.changed(name, each), self.user)

        key = (form.key, form.path, form.query, name, made_up)
        if self.is_colleague and name.rpartition("-")[2] in DECLARED_SIGHT:
            ask(value)
            self.prober.watch.restore()
            return
        self._compare(key, ask, value, made_up, f"in the field {name}", *echoed)

    def _values(self, form: Form, name: str, most: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(the stranger's value, one like it that nobody has, what may come back in the answer)."""
        fields = [each for each in form.fields if each.name == name]
        kind = fields[0].kind if fields else "hidden"
        own = next((each.value for each in fields if each.value), "") or next(
            (value for known, value in form.query if known == name), ""
        )
        if kind == "file" or name in NO_REFERENCES:
            return
        if name in {"after", "before"}:
            yield from self._positions(form)
        if kind == "text" or name == "q":
            if name.rpartition("-")[2] in TEXTS_THAT_NAME or name.endswith("_text"):
                yield from list(self._texts(name))[:most]
            return
        tables = self._tables(own)
        for table in tables[: 1 if own and tables[0] else most]:
            for id in self.ids.get(table, ())[: 2 if own else 1]:
                prefixes = [own.partition(":")[0] + ":"] if ":" in own else [""]
                prefixes = ["customer:", "user:"] if name == "referrer" else prefixes
                # A position made of an id is compared with its neighbour, everything else with one and the same stranger.
                absent = UUID(int=id.int ^ 0xFF) if name in {"after", "before"} else self.absent
                for prefix in prefixes:
                    yield f"{prefix}{id}", f"{prefix}{absent}", ()

    def _tables(self, own: str) -> list[str]:
        """The table that a field's present value is of; else those that somebody might choose from."""
        for table, ids in self.prober.town.here.ids.items():
            if any(str(id) in own for id in ids):
                return [table]
        chosen = {row_of(self.prober, target, name, self.user)[0] for target in self.targets() for name in target.ids}
        return sorted(table for table in chosen if self.ids.get(table))

    def _texts(self, name: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        word, nowhere = self.word, NOWHERE[self.word]
        number, none = PHONES[word] + "0", NO_PHONE + "0"
        pairs = [(f"{word} Boss", f"{nowhere} Boss"), (f"{word}.0", f"{nowhere}.0"), (f"{word}-0", f"{nowhere}-0")]
        if name == "q":
            pairs = [(word, nowhere), (number, none), *pairs]
        if name.endswith("_text"):
            pairs += [(f"{word} Department", f"{nowhere} Department"), (f"{word} Customer", f"{nowhere} Customer")]
        for mine, theirs in pairs:
            yield mine, theirs, (word, nowhere, number, none)

    def _positions(self, form: Form) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Cursors that stand at a row of the stranger's."""
        with self.prober.app.app_context():
            resource = next(
                (each for each in all_resources().values() if each.endpoint("list") == form.target.endpoint), None
            )
        if resource is None:
            return
        key = resource.default_sort.removeprefix("-")
        column = next((each for each in resource.columns if each.path == key and each.sort), None)
        attribute = resource.sort_attribute(column) if column else key
        rows, columns = self.prober.watch.base[resource.entity], self.prober.watch.columns[resource.entity]
        of_row = {UUID(str(row[1])): str(row[columns.index(attribute)]) for row in rows}
        for id in self.ids.get(resource.entity, ())[:2]:
            value: Any = of_row[id]
            if attribute.endswith("_at"):
                value = value.replace(" ", "T") + ("" if "+" in value else "+00:00")
            value = int(value) if value.isdecimal() else value
            cursors = [Cursor(value, each, 0).encode(resource.default_sort) for each in (id, self.absent)]
            yield cursors[0], cursors[1], (cursors[0], cursors[1])

    # what two answers must have in common

    def _compare(self, key: object, ask: Any, value: Any, made_up: Any, what: str, *echoed: str) -> None:
        if key not in self.baselines:
            self.baselines[key] = ask(made_up)
            self.prober.watch.restore()
        answer = ask(value)
        if differs := difference(answer, self.baselines[key], *echoed, str(value), str(made_up)):
            self.prober.complain(answer, f"{what}: tells apart what is there from what is not: {differs}")
        self._expect_untouched(answer)

    def _expect_untouched(self, answer: Answer) -> None:
        """The stranger's rows are as they were."""
        if not self.prober.watch.has_changed():
            return
        before, after = self.prober.watch.base, self.prober.watch.read()
        theirs = {id.hex for ids in self.ids.values() for id in ids}
        for table, rows in before.items():
            gone = {str(row) for row in rows} - {str(row) for row in after[table]}
            if any(str(row[1]).replace("-", "") in theirs for row in rows if str(row) in gone):
                self.prober.complain(answer, f"changed the stranger's {table}")
        self.prober.watch.restore()


def from_next_door(prober: Prober) -> Trespass:
    """The other business, which the boss of this one tries to reach."""
    return Trespass(prober, prober.town.here.boss, prober.town.there.ids, THERE)


def from_the_next_desk(prober: Prober) -> Trespass:
    """A colleague's customers, imports, jobs and notices, which a seller tries to reach."""
    prober.forbidden = (THERE, HIDDEN)
    prober.seeing = tuple(target.path() for target in targets_of(prober.app) if target.endpoint in SEEING_ROUTES)
    hidden = frozenset(id.hex for ids in prober.town.hidden.values() for id in ids)
    prober.strangers |= hidden
    return Trespass(prober, prober.town.here.seller, prober.town.hidden, HIDDEN)


@pytest.mark.req("CUS-053", "SYS-06")
def test_ids_of_another_business_in_a_path_are_not_there(prober: Prober, breadth: int) -> None:
    from_next_door(prober).in_paths(others=breadth)

    prober.verdict(at_least=400)


@pytest.mark.req("CUS-053", "SYS-06")
def test_ids_and_names_of_another_business_in_fields_are_not_there(prober: Prober, breadth: int) -> None:
    from_next_door(prober).in_fields(most=breadth)

    prober.verdict(at_least=700)


@pytest.mark.req("SYS-06", "SHR-01", "SHR-02")
def test_ids_of_what_a_colleague_has_in_a_path_are_not_there(prober: Prober, breadth: int) -> None:
    from_the_next_desk(prober).in_paths(others=breadth - 1)

    prober.verdict(at_least=50)


@pytest.mark.req("SYS-06", "SHR-01", "SHR-02")
@pytest.mark.engine("sqlite")
def test_ids_and_names_of_what_a_colleague_has_in_fields_are_not_there(prober: Prober, breadth: int) -> None:
    from_the_next_desk(prober).in_fields(most=breadth)

    prober.verdict(at_least=300)


def few(trespass: Trespass, *endpoints: str) -> Trespass:
    """Only these routes, and no forms: enough for a proof."""
    chosen = [target for target in trespass.targets() if target.endpoint in endpoints]
    assert len(chosen) == len(endpoints)
    trespass.targets = lambda: chosen  # type: ignore[method-assign]
    return trespass


def lift_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scope, "criterion", lambda scope, model: model.id.is_not(None))


DOORS = ("customer.customers_detail", "core.attachment", "core.jobs_detail", "core.groups_detail")


@pytest.mark.engine("sqlite")
def test_a_scope_without_tenant_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = few(from_next_door(prober), *DOORS)
    lift_the_scope(monkeypatch)

    trespass.in_paths(others=0)

    found = "\n".join(prober.complaints)
    assert "tells apart" in found
    assert f"shows {THERE}" in found
    assert "shows the strange id" in found


@pytest.mark.engine("postgresql")
def test_the_wall_of_postgresql_stands_where_the_scope_has_a_hole(
    prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    trespass = few(from_next_door(prober), *DOORS)
    lift_the_scope(monkeypatch)

    trespass.in_paths(others=0)

    prober.verdict(at_least=len(DOORS))


@pytest.mark.engine("sqlite")
def test_a_lifted_visibility_rule_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    from addons.customer.models import Customer

    trespass = few(from_the_next_desk(prober), "customer.customers_detail", "customer.customers_edit")
    monkeypatch.setattr(Customer, "visible_to", classmethod(lambda cls, actor: None))

    trespass.in_paths(others=0)

    found = "\n".join(prober.complaints)
    assert "tells apart" in found
    assert f"shows {HIDDEN}" in found


@pytest.mark.engine("sqlite")
def test_an_answer_that_tells_strange_from_absent_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = few(from_next_door(prober), "customer.customers_detail")
    theirs = set(prober.town.there.ids["customer"])
    find = Resource.find

    def tell(self: Any, session: ActorSession, id: UUID, *options: Any) -> Any:
        if id in theirs:
            raise Forbidden.of("forbidden", "This belongs to somebody else.")
        return find(self, session, id, *options)

    monkeypatch.setattr(Resource, "find", tell)

    trespass.in_paths(others=0)

    assert any("tells apart" in complaint for complaint in prober.complaints)


@pytest.mark.engine("sqlite")
def test_a_picker_that_looks_next_door_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    trespass = few(from_next_door(prober), "core.people_pick")
    findings_of(prober)
    prober.complaints.clear()
    lift_the_scope(monkeypatch)

    trespass.in_fields(most=2)

    assert any("in the field q: tells apart" in complaint for complaint in prober.complaints)


def test_words_stand_for_every_argument_of_a_path(prober: Prober) -> None:
    arguments = {name for target in targets_of(prober.app) for name, kind in target.arguments.items() if kind != "uuid"}

    unknown = [name for name in arguments if words_for(prober, name) == ["x"]]

    assert not unknown, "tell tests/isolation/walking.py what may stand there"
