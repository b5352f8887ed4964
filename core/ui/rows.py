"""Repeated sub-forms ("contacts inside the form"): the empty row a browser copies."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "__row__"  # replaced by the row's number in the browser (static/js/forms.js)


def blank_entry(rows: Any) -> Any:
    """An unfilled entry of a WTForms ``FieldList``, whose names carry :data:`PLACEHOLDER` for the row's number."""
    options = {
        "name": f"{rows.name}{rows._separator}{PLACEHOLDER}",
        "id": f"{rows.id}{rows._separator}{PLACEHOLDER}",
        "_meta": rows.meta,
        "translations": rows._translations,
    }
    entry = rows.meta.bind_field(rows._form, rows.unbound_field, options)
    entry.process(None)
    return entry
