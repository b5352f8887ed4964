"""Two who changed the same record: what a form was opened with, what stands there now and what was sent become one.

What only one side changed is taken by itself; what both changed differently is a choice. All three are forms that were read
from what a browser would have sent, so that values are compared alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FileField, FormField

from core.i18n import translator

_ = translator(__name__)

Pairs = Sequence[tuple[str, str]]
"""Names and values of controls, as a browser sends them."""

TAKE = "take-"
"""What the radio buttons of a choice are called, before the control's name."""

THEIRS = "theirs"

ROW_ID = "id"
"""The field of a sub-form that says which row it is; lists of sub-forms without one are merged as a whole."""

IN_ROW = re.compile(r"(?P<list>.+)-(?P<at>\d+)-(?P<inner>.+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed: its control's name, its label, what it was when the form was opened (None: nobody
    knows), is, and would become.
    """

    name: str
    label: str
    was: str | None
    theirs: str
    mine: str


@dataclass(slots=True)
class Merged:
    """What to go on with: ``sent`` as if it had been typed on the record of now. ``choices`` are for the user, ``taken`` is
    what the others changed alone.
    """

    sent: list[tuple[str, str]] = field(default_factory=list)
    choices: list[Difference] = field(default_factory=list)
    taken: list[Difference] = field(default_factory=list)


def sent_by(fields: Iterable[Any]) -> list[tuple[str, str]]:
    """What a browser would send of these fields as they stand."""
    return [pair for each in fields for pair in _controls(each)]


def write_opened(form: Any) -> str:
    """The form as it was opened, for the hidden field that brings it back."""
    return json.dumps(sent_by(form), ensure_ascii=False, separators=(",", ":"))


def read_opened(text: str | None) -> Pairs | None:
    """What :func:`write_opened` wrote; None for anything else."""
    try:
        found = json.loads(text or "")
        pairs = [(name, value) for name, value in found]
    except (ValueError, TypeError):
        return None
    return pairs if all(isinstance(each, str) for pair in pairs for each in pair) else None


def with_choices(sent: MultiDict[str, str], opened: Pairs | None) -> MultiDict[str, str] | None:
    """What was sent, with the values of the others where "theirs" was chosen; None where nothing was."""
    chosen = [name.removeprefix(TAKE) for name in sent if name.startswith(TAKE) and sent[name] == THEIRS]
    if not chosen or opened is None:
        return None
    pairs = list(sent.items(multi=True))
    for target in chosen:
        source = _same_row(target, sent, opened)
        pairs = [pair for pair in pairs if not _belongs(pair[0], target)]
        pairs += [(target + name[len(source) :], value) for name, value in opened if _belongs(name, source)]
    return MultiDict(pairs)


def merge(opened: Any, theirs: Any, mine: Any) -> Merged:
    """Merge three forms of one record. ``opened`` is None where nobody knows it: then every difference is a choice."""
    merged = Merged()
    for own in mine:
        if own.name not in theirs:
            merged.sent += _controls(own)
            continue
        before = opened[own.name] if opened is not None and own.name in opened else None
        _merge_field(merged, before, theirs[own.name], own)
    return merged


def _merge_field(merged: Merged, before: Any, theirs: Any, own: Any) -> None:
    if _same(theirs, own) or (before is not None and _same(before, theirs)):
        merged.sent += _controls(own)
    elif before is not None and _same(before, own):
        merged.taken.append(_difference(own.name, [own], before, theirs, own))
        merged.sent += _controls(theirs)
    elif before is not None and _have_ids(before, theirs, own):
        _Rows(merged, before, theirs, own).merge()
    else:
        merged.choices.append(_difference(own.name, [own], before, theirs, own))
        merged.sent += _controls(own)


class _Rows:
    """Lists of sub-forms with ids: row by row, and within a row field by field. What one side removed goes unless the other
    side changed it.
    """

    def __init__(self, merged: Merged, before: Any, theirs: Any, own: Any) -> None:
        self.merged, self.list = merged, own
        self.before, self.theirs = _by_id(before), _by_id(theirs)
        self.own = _by_id(own)
        self.new = [entry for entry in own.entries if not _row_id(entry) and any(entry.data.values())]
        self.difference = _difference(own.name, [own], before, theirs, own)
        self.at = 0
        self.has_taken = False

    def merge(self) -> None:
        for id, entry in self.theirs.items():
            if id in self.own:
                self._put_both(self.before.get(id), entry, self.own[id])
            elif id not in self.before or not _same(self.before[id], entry):
                self.has_taken = True
                self._put(_controls(entry), entry)
        for id, entry in self.own.items():
            if id in self.theirs:
                continue
            if id in self.before and _same(self.before[id], entry):
                self.has_taken = True  # they removed it
            else:
                self._put([pair for pair in _controls(entry) if pair[0] != f"{entry.name}-{ROW_ID}"], entry)
        for entry in self.new:
            self._put(_controls(entry), entry)
        if self.has_taken:
            self.merged.taken.append(self.difference)

    def _put(self, pairs: Iterable[tuple[str, str]], entry: Any) -> None:
        """Append a row, under its new number."""
        name = f"{self.list.name}-{self.at}"
        self.merged.sent += [(name + key[len(entry.name) :], value) for key, value in pairs]
        self.at += 1

    def _put_both(self, before: Any, theirs: Any, own: Any) -> None:
        name = f"{self.list.name}-{self.at}"
        pairs: list[tuple[str, str]] = []
        for inner in own.form:
            other = theirs.form[inner.short_name]
            was = before.form[inner.short_name] if before is not None else None
            source = inner
            if not _same(inner, other) and not (was is not None and _same(was, other)):
                if was is not None and _same(was, inner):
                    self.has_taken, source = True, other
                else:
                    label = [self.list, own.form[_title_of(own)], inner]
                    self.merged.choices.append(_difference(f"{name}-{inner.short_name}", label, was, other, inner))
            entry = theirs if source is other else own
            pairs += [(name + key[len(entry.name) :], value) for key, value in _controls(source)]
        self.merged.sent += pairs
        self.at += 1


def _controls(one: Any) -> Iterator[tuple[str, str]]:
    if isinstance(one, FieldList):
        for entry in one.entries:
            yield from _controls(entry)
    elif isinstance(one, FormField):
        for inner in one.form:
            yield from _controls(inner)
    elif isinstance(one, BooleanField):
        if one.data:
            yield one.name, "y"
    elif isinstance(one, FileField):
        return
    elif isinstance(one.data, list | tuple):
        yield from ((one.name, str(value)) for value in one.data)
    elif hasattr(one, "iter_choices"):
        yield one.name, "" if one.data is None else str(one.data)
    else:
        yield one.name, str(one._value()) if hasattr(one, "_value") else str(one.data or "")
        if getattr(one, "ui", "") == "picker":
            yield f"{one.name}_text", str(one.text)


def _same(one: Any, other: Any) -> bool:
    return bool(_plain(one) == _plain(other))


def _plain(one: Any) -> Any:
    """A field's value; of a list of sub-forms those that hold anything, and not under which number."""
    if isinstance(one, FieldList):
        return [data for entry in one.entries if any((data := _plain(entry)).values())]
    if isinstance(one, FormField):
        return {inner.short_name: _plain(inner) for inner in one.form}
    if isinstance(one.data, list | tuple):
        return [str(value) for value in one.data]
    return one.data or None if not isinstance(one.data, bool | int) else one.data


def _have_ids(*lists: Any) -> bool:
    if not all(isinstance(one, FieldList) for one in lists):
        return False
    entries = [entry for one in lists for entry in one.entries]
    return all(isinstance(entry, FormField) and ROW_ID in entry.form for entry in entries)


def _row_id(entry: Any) -> str:
    return str(entry.form[ROW_ID].data or "")


def _by_id(rows: Any) -> Mapping[str, Any]:
    return {_row_id(entry): entry for entry in rows.entries if _row_id(entry)}


def _title_of(entry: Any) -> str:
    """The field that names a row: its first that can be seen."""
    return next(str(inner.short_name) for inner in entry.form if inner.short_name != ROW_ID)


def _difference(name: str, labels: Sequence[Any], before: Any, theirs: Any, own: Any) -> Difference:
    first, *rest = labels
    told = [str(first.label.text)]
    if rest:
        told += [text_of(rest[0]), str(rest[1].label.text)]
    was = None if before is None else text_of(before)
    return Difference(name, " · ".join(filter(None, told)), was, text_of(theirs), text_of(own))


def text_of(one: Any) -> str:
    """A field's value as its control would show it."""
    if isinstance(one, FieldList):
        return "; ".join(filter(None, (_row_text(entry) for entry in one.entries)))
    if hasattr(one, "chosen"):
        return ", ".join(text for _value, text in one.chosen)
    if getattr(one, "ui", "") == "picker":
        return str(one.text)
    if hasattr(one, "iter_choices"):
        return ", ".join(str(choice[1]) for choice in one.iter_choices() if choice[2] and choice[0] != "")
    if isinstance(one, BooleanField):
        return str(_("Yes") if one.data else _("No"))
    return str(one._value()) if hasattr(one, "_value") else ""


def _row_text(entry: Any) -> str:
    if not isinstance(entry, FormField):
        return text_of(entry)
    seen = [
        inner
        for inner in entry.form
        if inner.short_name != ROW_ID and inner.data and not isinstance(inner, BooleanField)
    ]
    return " ".join(filter(None, map(text_of, seen[:3])))


def _same_row(target: str, sent: MultiDict[str, str], opened: Pairs) -> str:
    """Where the others' value of the control ``target`` stands: rows are found by their id, whatever their number was."""
    match = IN_ROW.fullmatch(target)
    id = sent.get(f"{match['list']}-{match['at']}-{ROW_ID}") if match else None
    if not match or not id:
        return target
    is_id: Callable[[str], re.Match[str] | None] = re.compile(rf"{re.escape(match['list'])}-(\d+)-{ROW_ID}").fullmatch
    found = next((hit[1] for name, value in opened if value == id and (hit := is_id(name))), match["at"])
    return f"{match['list']}-{found}-{match['inner']}"


def _belongs(name: str, control: str) -> bool:
    return name in (control, f"{control}_text") or name.startswith(f"{control}-")
