"""What the audit trail's page cannot know from a resource. Declared at the top level of a ``resources.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Recorded:
    """How entries of the table ``entity`` read: for records that no resource shows, and for what is no plain column.

    ``one`` is the kind's name ("contact"); ``labels`` name fields, ``values`` their codes. ``links`` name the tables whose
    ids a field holds, as one or a list; ``@entity`` is the table that the entry's field ``entity`` names. ``actions`` are
    words of the past ("Rights changed") for actions given to ``record``; ``endpoint`` is the page of a record, it takes
    ``id``. What a resource says of the same table counts where this says nothing.
    """

    entity: str
    one: object = ""
    labels: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, Mapping[Any, object]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, object] = field(default_factory=dict)
    endpoint: str = ""
