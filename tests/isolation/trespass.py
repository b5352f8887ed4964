"""Asking for what is not one's own: every place of every request in which a value can stand, with a stranger's value.

A plan lists the probes before any is sent, so that it can be counted, drawn from and split among workers.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import time_machine

from core.clock import now
from core.db.ids import uuid7
from core.resources.base import all_resources
from core.resources.paging import Cursor
from core.testing.routes import SAFE, Target, targets_of
from core.web.access import SIGNED_IN
from tests.isolation.finding import Form, findings_of, send
from tests.isolation.probing import UUIDS, Answer, Prober, difference
from tests.isolation.town import BEYOND, HIDDEN, PHONES, SIGHTLESS, STRANGERS, THERE
from tests.isolation.walking import methods_of, own_arguments, own_path, row_of

NOWHERE = {THERE: "qxnowhe55", BEYOND: "qxnowher55", HIDDEN: "qxnowhere5"}
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

SEEING_ROUTES = {"customer.referrers"}
"""Routes that name a colleague's customers, by the same declaration."""

FIXED_WORDS = {"size", "add_row", "all", "confirmed", "confirm", "rows", "tab", "show", "state", "step", "again", "theme",
               "density", "language", "next", "version", "is_active", "rights", "action", "create_missing",
               "update_existing", "allow_duplicates", "password"}  # fmt: skip
"""Parameters that choose among a few words: an id there is only a wrong word, and is tried with all others at once."""

TEXTS_THAT_NAME = {"q", "name", "code", "username", "body", "tenant"}
"""Texts by which something might be found or found taken, beside those that end in ``_text``."""

Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Place:
    """A request in which values can stand: ``where`` is path, field, query, form or json."""

    form: Form
    where: str
    htmx: bool = False

    @property
    def route(self) -> tuple[str, str]:
        return self.form.target.endpoint, self.form.method


@dataclass(frozen=True)
class Probe:
    """A stranger's values in a place, and values like them that nobody has: the answers must not differ.

    ``is_due`` ones are asked in every run; of the others a run draws as many as it has time for.
    """

    place: Place
    given: Given
    made_up: Given
    what: str
    is_due: bool = True
    echoed: tuple[str, ...] = ()
    is_declared: bool = False


@dataclass
class Trespass:
    """Asks for strangers' things as ``user``: ``ids`` are theirs by word and table, each word is in all their texts."""

    prober: Prober
    user: Any
    ids: Mapping[str, Mapping[str, list[UUID]]]
    absent: UUID = field(default_factory=uuid7)
    baselines: dict[object, Answer] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        return list(self.ids)

    def targets(self) -> list[Target]:
        """Routes that the user may call."""
        can = set(self.permissions())
        seeing = SEEING_ROUTES if HIDDEN in self.ids else set()
        return [
            target
            for target in targets_of(self.prober.app)
            if can & {*target.access.permissions} and target.endpoint not in seeing
        ]

    def permissions(self) -> list[str]:
        everything = self.prober.app.extensions["banyan"].registry.permissions
        if self.user is self.prober.town.here.boss:
            return [SIGNED_IN, *everything]
        own = [each for each in everything if each.startswith("customer.")]
        return [SIGNED_IN, *(each for each in own if each not in SIGHTLESS)]

    def plan(self) -> Iterator[Probe]:
        """Every probe there is."""
        targets = self.targets()
        yield from self.in_paths(targets)
        yield from self.in_fields({target.endpoint for target in targets})
        yield from self.everywhere(targets)

    # paths

    def in_paths(self, targets: Sequence[Target]) -> Iterator[Probe]:
        """Every id in a path, with all ids that the strangers have; due are those of the right table."""
        strange = [
            (table, at, str(id)) for ids in self.ids.values() for table in ids for at, id in enumerate(ids[table])
        ]
        for target, method in methods_of(list(targets)):
            own = own_arguments(self.prober, target, self.user)
            for name in target.ids:
                right, _at = row_of(self.prober, target, name, self.user)
                moved = Form(target, method, target.path(**own | {name: "{value}"}), ())
                page, fragment = Place(moved, "path"), Place(moved, "path", htmx=True)
                made_up = ((name, str(self.absent)),)
                for turn, (table, at, id) in enumerate(strange):
                    place = fragment if turn else page  # a fragment takes a third of the page's time
                    is_due = table == right and at < MOST_ROWS
                    yield Probe(place, ((name, id),), made_up, f"{table} in the path", is_due)

    # fields and parameters

    def in_fields(self, endpoints: set[str]) -> Iterator[Probe]:
        """Every field of every form and every parameter of every query, with ids, names, codes and positions."""
        done = set()
        for form in findings_of(self.prober, self.user).forms:
            if form.target.endpoint not in endpoints:
                continue
            for name in dict.fromkeys([*(each.name for each in form.fields), *(name for name, _ in form.query)]):
                action = next((each.value for each in form.fields if each.name == "action"), "")
                key = (form.target.endpoint, form.method, name, action or dict(form.button).get("action"))
                if key in done or (form.trigger and name not in {"id", form.trigger}):
                    continue
                done.add(key)
                due = self.words[len(done) % len(self.words)] if HIDDEN not in self.ids else HIDDEN
                for word, value, made_up, echoed in self._values(form, name):
                    declared = word == HIDDEN and name.rpartition("-")[2] in DECLARED_SIGHT
                    given, other = ((name, value),), ((name, made_up),)
                    place = Place(form, "field", htmx=bool(len(done) % 4))
                    yield Probe(place, given, other, f"in the field {name}", word == due, echoed, declared)

    def _values(self, form: Form, name: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """(whose, the stranger's value, one like it that nobody has, what may come back in the answer)."""
        fields = [each for each in form.fields if each.name == name]
        kind = fields[0].kind if fields else "hidden"
        own = next((each.value for each in fields if each.value), "") or dict(form.query).get(name, "")
        if kind == "file" or name in FIXED_WORDS:
            return
        if name in {"after", "before"}:
            yield from self._positions(form)
        if kind == "text" or name == "q":
            if name.rpartition("-")[2] in TEXTS_THAT_NAME or name.endswith("_text"):
                yield from self._texts(name)
            return
        tables = self._tables(own)
        for turn, word in enumerate(self.words):
            table = tables[(turn + len(name)) % len(tables)] if tables else ""
            for id in self.ids[word].get(table, ())[:1]:
                prefixes = [own.partition(":")[0] + ":"] if ":" in own else [""]
                prefixes = ["customer:", "user:"] if name == "referrer" else prefixes
                # A position made of an id is compared with its neighbour, everything else with one and the same stranger.
                absent = _neighbour(id) if name in {"after", "before"} else self.absent
                for prefix in prefixes:
                    yield word, f"{prefix}{id}", f"{prefix}{absent}", (str(id), str(absent))

    def _tables(self, own: str) -> list[str]:
        """The table that a field's present value is of; else those that somebody might choose from."""
        known = next((self._own_tables[id] for id in UUIDS.findall(own) if id in self._own_tables), None)
        return [known] if known else self._chosen_tables

    @cached_property
    def _own_tables(self) -> dict[str, str]:
        """Id of a row of one's own business → its table."""
        return {str(id): table for table, ids in self.prober.town.here.ids.items() for id in ids}

    @cached_property
    def _chosen_tables(self) -> list[str]:
        """Tables whose rows stand in paths and which all strangers have rows of."""
        chosen = {row_of(self.prober, target, name, self.user)[0] for target in self.targets() for name in target.ids}
        return sorted(table for table in chosen if all(ids.get(table) for ids in self.ids.values()))

    def _texts(self, name: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        for turn, word in enumerate(self.words):
            nowhere = NOWHERE[word]
            number, none = PHONES[word] + "0", NO_PHONE + "0"
            pairs = [(f"{word} Boss", f"{nowhere} Boss"), (f"{word}.0", f"{nowhere}.0"), (f"{word}-0", f"{nowhere}-0")]
            if name == "q":
                pairs = [(word, nowhere), (number, none)]
            elif name.endswith("_text"):
                pairs = [pairs[0], (f"{word} Department", f"{nowhere} Department")]
            for mine, theirs in pairs[turn % len(pairs) :][:2]:
                yield word, mine, theirs, (word, nowhere, number, none)

    def _positions(self, form: Form) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
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
        for word in self.words:
            for id in self.ids[word].get(resource.entity, ())[:1]:
                value: Any = of_row[id]
                if attribute.endswith("_at"):
                    value = value.replace(" ", "T") + ("" if "+" in value else "+00:00")
                value = int(value) if value.isdecimal() else value
                cursors = [Cursor(value, each, 0).encode(resource.default_sort) for each in (id, _neighbour(id))]
                yield word, cursors[0], cursors[1], (cursors[0], cursors[1])

    # all at once

    def everywhere(self, targets: Sequence[Target]) -> Iterator[Probe]:
        """Every name that any view asks for, at every route, in its query, its form and its JSON body, all with ids."""
        names = sorted({*_known_names(findings_of(self.prober, self.user).read.values()), "tenant_id", "user_id"})
        for turn, (target, method) in enumerate(methods_of(list(targets))):
            word = HIDDEN if HIDDEN in self.ids else self.words[turn % len(self.words)]
            ids = [id for listed in self.ids[word].values() for id in listed[:1]]
            chosen = [(name, ids[(turn + at) % len(ids)]) for at, name in enumerate(names)]
            given = tuple((name, str(id)) for name, id in chosen)
            made_up = tuple((name, str(_neighbour(id))) for name, id in chosen)
            form = Form(target, method, own_path(self.prober, target, self.user), ())
            for where in ("query",) if method in SAFE else ("form", "json", "query"):
                is_due = word != HIDDEN and (method in SAFE or where != "query")
                yield Probe(
                    Place(form, where, htmx=bool(turn % 4)), given, made_up, f"everywhere in the {where}", is_due
                )

    # what two answers must have in common

    def try_all(self, probes: Iterable[Probe]) -> None:
        """Send the probes, all at one moment, because a page may show when somebody tried; what is wrong stands in the
        prober's account.
        """
        with time_machine.travel(now(), tick=False):
            for probe in probes:
                self._try(probe)

    def _try(self, probe: Probe) -> None:
        if probe.is_declared:
            self._ask(probe.place, probe.given)
            self.prober.watch.restore()
            return
        key = (probe.place, probe.made_up)
        if key not in self.baselines:
            self.baselines[key] = self._ask(probe.place, probe.made_up)
            self.prober.watch.restore()
        answer = self._ask(probe.place, probe.given)
        if differs := difference(answer, self.baselines[key], *probe.echoed):
            self.prober.complain(answer, f"{probe.what}: tells apart what is there from what is not: {differs}")
        self._expect_untouched(answer)

    def _ask(self, place: Place, given: Given) -> Answer:
        form, user = place.form, self.user
        if place.where == "path":
            moved = Form(form.target, form.method, form.path.format(value=given[0][1]), ())
            pairs = self._usual_pairs(form.target) if form.method != "GET" else ()
            return send(self.prober, moved, pairs, user, htmx=place.htmx)
        if place.where == "query":
            return self.prober.send(form.method, form.path, user, query=given, htmx=place.htmx)
        if place.where == "json":
            body = json.dumps({**dict(given), "nested": [dict(given)]}).encode()
            return self.prober.send(form.method, form.path, user, body=body, content_type="application/json")
        if place.where == "form":
            return self.prober.send(form.method, form.path, user, form=given, htmx=place.htmx)
        ((name, value),) = given
        if any(name == known for known, _value in form.query):
            query = [*(pair for pair in form.query if pair[0] != name), (name, value)]
            return send(self.prober, form, form.pairs, user, query=query, htmx=place.htmx)
        return send(self.prober, form, form.changed(name, value), user, htmx=place.htmx)

    def _usual_pairs(self, target: Target) -> Sequence[tuple[str, str]]:
        """What a form of the user's would send there."""
        forms = findings_of(self.prober, self.user).forms
        return next((each.pairs for each in forms if each.target.endpoint == target.endpoint), ())

    def _expect_untouched(self, answer: Answer) -> None:
        """The strangers' rows are as they were."""
        for table, after in self.prober.watch.changed().items():
            gone = set(self.prober.watch.base[table]) - set(after)
            if any(str(row[1]).replace("-", "") in self._strange for row in gone):
                self.prober.complain(answer, f"changed the stranger's {table}")
        self.prober.watch.restore()

    @cached_property
    def _strange(self) -> frozenset[str]:
        return frozenset(id.hex for tables in self.ids.values() for ids in tables.values() for id in ids)


def _neighbour(id: UUID) -> UUID:
    """An id that nobody has, which sorts where ``id`` does."""
    return UUID(int=id.int ^ 0xFF)


def _known_names(read: Iterable[set[str]]) -> set[str]:
    return {name for names in read for name in names}


def from_next_door(prober: Prober) -> Trespass:
    """The other businesses, which the boss of this one tries to reach."""
    town = prober.town
    return Trespass(prober, town.here.boss, {THERE: town.there.ids, BEYOND: town.beyond.ids})


def from_the_next_desk(prober: Prober) -> Trespass:
    """A colleague's customers, imports, jobs and notices, which a seller tries to reach, and the other businesses' too."""
    town = prober.town
    hidden = frozenset(id.hex for ids in town.hidden.values() for id in ids)
    seeing = tuple(target.path() for target in targets_of(prober.app) if target.endpoint in SEEING_ROUTES)
    own = Prober(prober.app, town, prober.watch, (*STRANGERS, HIDDEN), prober.strangers | hidden, seeing)
    own.complaints = prober.complaints
    return Trespass(own, town.here.seller, {HIDDEN: town.hidden, THERE: town.there.ids})


MOST_ROWS = 3
"""How many of a stranger's rows of the right table are due at each place."""

MOST_FIELDS = 350
"""A probe of a field costs ten times as much as one of a path, because the form comes back."""

LOT = 20_260_101
"""The lot's seed: every worker draws the same, and a failure can be repeated."""


def draw(probes: Sequence[Probe], wanted: int) -> list[Probe]:
    """The due probes and as many of the others as bring them to ``wanted``; of the due fields at most MOST_FIELDS."""
    due = [probe for probe in probes if probe.is_due and probe.place.where != "field"]
    due += draw_few([probe for probe in probes if probe.is_due and probe.place.where == "field"], MOST_FIELDS)
    others = [probe for probe in probes if not probe.is_due]
    return [*due, *random.Random(LOT).sample(others, max(0, wanted - len(due)))]


def draw_few(probes: Sequence[Probe], most: int) -> list[Probe]:
    """At most ``most`` of the due probes, one of each route and of each name above all."""
    due = [probe for probe in probes if probe.is_due]
    first = {id(probe): probe for probe in {probe.place.route: probe for probe in reversed(due)}.values()}
    first |= {id(probe): probe for probe in {name: probe for probe in due for name, _value in probe.given}.values()}
    others = [probe for probe in due if id(probe) not in first]
    return [*first.values(), *random.Random(LOT).sample(others, min(len(others), max(0, most - len(first))))]


def draw_lot(probes: Sequence[Probe], wanted: int) -> list[Probe]:
    """So many of the due probes, whichever."""
    due = [probe for probe in probes if probe.is_due]
    return random.Random(LOT).sample(due, min(len(due), wanted))


def part_of(probes: Sequence[Probe], part: int, parts: int) -> list[Probe]:
    """One of ``parts`` about equal parts; probes that share their first question stay together."""
    groups: dict[object, list[Probe]] = {}
    for probe in probes:
        groups.setdefault((probe.place, probe.made_up), []).append(probe)
    shares: list[list[Probe]] = [[] for _ in range(parts)]
    for group in groups.values():
        min(shares, key=len).extend(group)
    return shares[part]
