"""What of a record goes into a workbook and comes out of one: the declaration of a resource's columns.

``exchange = (ExchangeField("name", _("Customer name"), required=True), …)`` serves the export, the import and its template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from core.db.session import ActorSession
from core.decimals import parse_decimal
from core.exchange.columns import SheetColumn
from core.exchange.headers import ImportField
from core.exchange.rows import Value
from core.exchange.values import as_text, parse_bool, parse_choice, parse_date, parse_int, parse_text
from core.i18n import translator
from core.money import parse_money
from core.phone import parse_phone

_ = translator(__name__)

FieldKind = Literal["text", "phone", "code", "date", "datetime", "money", "integer", "decimal", "percent", "boolean"]
"""What a column holds. It says how an export writes it and, without ``parse``, how an import reads it."""


@dataclass(frozen=True, eq=False)
class Lookup:
    """A column with names of other records: entries of a catalogue, people.

    ``options(session)`` gives (id, name, further names …) of all that may be chosen; it is read once per batch of rows.
    ``create(session, name)`` makes a missing entry and returns its id, for users who hold ``permission``.
    With ``several`` a cell holds a list parted by commas, semicolons or lines, and the value is a list of ids.
    """

    options: Callable[[ActorSession], Iterable[Sequence[Any]]]
    several: bool = False
    create: Callable[[ActorSession, str], UUID] | None = None
    permission: str = ""


@dataclass(frozen=True, eq=False)
class ExchangeField:
    """A column of a workbook.

    ``key`` is the name under which ``import_row`` gets the value, so the service's and the form's; problems of a service
    that name it are told at its column. ``aliases`` are further titles (``core.exchange.headers.COMMON_ALIASES``).

    ``parse`` makes the value of a cell that is not blank and may raise DomainError; by default it follows ``kind``,
    ``choices`` (key → label) or ``lookup``. Two rows of a file must not agree in fields of the same name ``distinct``
    ("phone"), unless the user allows duplicates.

    An export reads ``path`` (dotted along links, default: the key), or ``load(session, ids)``: id → value, asked once
    per batch. ``exported`` and ``imported`` leave the column out of one direction.
    """

    key: str
    label: object
    kind: FieldKind = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    max_length: int = 200
    multiline: bool = False
    choices: Mapping[str, object] | None = None
    lookup: Lookup | None = None
    parse: Callable[[Value], Any] | None = None
    distinct: str = ""
    path: str = ""
    load: Callable[[ActorSession, Sequence[UUID]], Mapping[UUID, Any]] | None = None
    exported: bool = True
    imported: bool = True
    example: str = ""
    help: object = ""
    width: int | None = None

    @property
    def header(self) -> ImportField:
        """How the column is recognised in an upload."""
        return ImportField(self.key, self.label, self.aliases)

    @property
    def column(self) -> SheetColumn:
        """The column of an export."""
        return SheetColumn(self.label, "text" if self.kind == "boolean" else self.kind, self.width)

    @property
    def export_path(self) -> str:
        return self.path or self.key

    def read(self, value: Value) -> Any:
        """What a cell means; None for nothing. Raises DomainError. Names of a ``lookup`` are looked up elsewhere."""
        if value is None or value == "":
            return None
        if self.parse is not None:
            return self.parse(value)
        if self.choices is not None:
            return parse_choice(value, self.choices)
        match self.kind:
            case "phone":
                return parse_phone(value if isinstance(value, int | float) else as_text(value)).e164
            case "date":
                return parse_date(value)
            case "money":
                return parse_money(value if isinstance(value, int | float) else as_text(value))
            case "integer":
                return parse_int(value)
            case "decimal":
                return parse_decimal(value if isinstance(value, int | float) else as_text(value))
            case "boolean":
                return parse_bool(value)
        text = as_text(value)
        return parse_text(text if self.multiline else " ".join(text.split()), self.max_length, multiline=self.multiline)

    def shown(self, value: Any) -> Any:
        """The value as an export writes it."""
        if self.choices is not None and value in self.choices:
            return str(self.choices[value])
        if isinstance(value, list | tuple):
            return ", ".join(str(each) for each in value)
        return value


@dataclass(slots=True)
class ImportOptions:
    """What the user chose, and what the resource has prepared.

    ``update_existing``: a row with a known key changes that record; else it is refused. ``allow_duplicates``: what looks
    like a duplicate is stored all the same. ``create_missing``: unknown names of catalogues are added to them.
    ``context`` is what ``Resource.import_context`` returned for these rows.
    """

    update_existing: bool = False
    allow_duplicates: bool = False
    create_missing: bool = False
    context: Any = None
