"""What ``banyan addon new`` writes: an addon that works as it is, in its conventional files.

Names in angle brackets are filled in. The migration is exploded line by line, so that no length of a name moves its format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAKEN_CLASSES = frozenset({
    "Audited", "Column", "ExchangeField", "Fact", "Form", "Length", "Mapped", "Permissions", "Required", "Resource",
    "Searchable", "SoftDelete", "String", "StringField", "TenantModel", "Text", "TextAreaField", "Versioned",
})  # fmt: skip
"""Names that the written files import: a model called so would hide them."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an addon is called: ``visits``, "Visits", "visit", and in Vietnamese "Chuyến thăm"."""

    name: str
    title: str
    one: str
    vietnamese: str

    @property
    def model(self) -> str:
        """The model's class."""
        made = _camel(singular(self.name))
        return f"{made}Record" if made in TAKEN_CLASSES else made

    @property
    def resource(self) -> str:
        """The resource's class."""
        made = _camel(self.name)
        return f"{self.model}List" if made == self.model or made in TAKEN_CLASSES else made

    @property
    def many(self) -> str:
        """The title within a sentence."""
        return _within(self.title)

    def fill(self, text: str) -> str:
        """``text`` with its names filled in."""
        names = {"name": self.name, "title": self.title, "one": self.one, "many": self.many}
        names |= {"Model": self.model, "Resource": self.resource}
        return re.sub(r"<(\w+)>", lambda match: names.get(match[1], match[0]), text)


def singular(name: str) -> str:
    """One of what ``name`` has many of, as far as English is regular."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def files_of(words: Words) -> Iterator[tuple[str, str]]:
    """(path below the root, text) of every file of a new addon."""
    for path, text in FILES.items():
        yield words.fill(path), words.fill(text).lstrip("\n")
    yield words.fill("addons/<name>/translations/vi.po"), _catalogue(words)


def _catalogue(words: Words) -> str:
    vi = _within(words.vietnamese)
    entries = {
        words.title: words.vietnamese,
        f"Keeps {words.many}.": f"Quản lý {vi}.",
        f"View {words.many}": f"Xem {vi}",
        f"Create {words.many}": f"Tạo {vi}",
        f"Change {words.many}": f"Sửa {vi}",
        f"Delete {words.many}": f"Xóa {vi}",
        f"Export {words.many} to Excel": f"Xuất {vi} ra Excel",
        f"Import {words.many} from Excel": f"Nhập {vi} từ Excel",
        f"In charge of {words.many}": f"Phụ trách {vi}",
        words.one: vi,
        "Name": "Tên",
        "Note": "Ghi chú",
        "Created": "Ngày tạo",
    }
    return PO_HEAD + "".join(f'\nmsgid "{text}"\nmsgstr "{vietnamese}"\n' for text, vietnamese in entries.items())


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _within(title: str) -> str:
    return title[:1].lower() + title[1:]


PO_HEAD = r"""msgid ""
msgstr ""
"Language: vi\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"""

FILES = {
    "manifests/<name>.toml": """
name = "<name>"
title = "<title>"
summary = "Keeps <many>."
version = "0.1.0"
category = "other"
icon = "package"

[permissions]
read = "View <many>"
create = "Create <many>"
edit = "Change <many>"
delete = "Delete <many>"
export = "Export <many> to Excel"
import = "Import <many> from Excel"

[[groups]]
key = "keeper"
title = "In charge of <many>"
permissions = [
    "<name>.read",
    "<name>.create",
    "<name>.edit",
    "<name>.delete",
    "<name>.export",
    "<name>.import",
]

[[menu]]
title = "<title>"
endpoint = "<name>.<name>_list"
permission = "<name>.read"
icon = "package"
""",
    "addons/<name>/__init__.py": '''
"""<title>."""
''',
    "addons/<name>/models.py": '''
"""The <one>."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Audited, Searchable, SoftDelete, TenantModel, Versioned, index


class <Model>(Audited, SoftDelete, Versioned, Searchable, TenantModel):
    """A <one>. Everybody with the right to read sees all of them; override ``visible_to`` to narrow that."""

    __tablename__ = "<name>"
    __table_args__ = (index("name"), index("created_at"))
    __search__ = ("name", "note")

    name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
''',
    "addons/<name>/forms.py": '''
"""The form of a <one>."""

from __future__ import annotations

from core.i18n import translator
from core.web.forms import Form, Required, StringField, TextAreaField

_ = translator(__name__)


class <Model>Form(Form):
    """Name and note."""

    name = StringField(_("Name"), [Required()])
    note = TextAreaField(_("Note"))
''',
    "addons/<name>/resources.py": '''
"""What staff see of <many>."""

from __future__ import annotations

from addons.<name>.forms import <Model>Form
from addons.<name>.models import <Model>
from core.exchange.fields import ExchangeField
from core.i18n import translator
from core.resources import Column, Fact, Permissions, Resource

_ = translator(__name__)


class <Resource>(Resource[<Model>]):
    """List, detail page, form, workbooks and API."""

    model = <Model>
    name = "<name>"
    title = _("<title>")
    one = _("<one>")
    icon = "package"
    permissions = Permissions("<name>")
    columns = (
        Column("name", _("Name"), kind="title", sort=True),
        Column("created_at", _("Created"), sort=True),
    )
    facts = (Fact("note", _("Note")),)
    exchange = (
        ExchangeField("name", _("Name"), required=True, max_length=120),
        ExchangeField("note", _("Note"), multiline=True, max_length=10_000),
    )
    form = <Model>Form
''',
    "addons/<name>/migrations/0001_initial.py": '''
"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "<name>",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_<name>_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_<name>_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_<name>_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_<name>"),
    )
    with op.batch_alter_table("<name>") as batch_op:
        batch_op.create_index(
            "ix_<name>_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_<name>_tenant_id_created_at_id",
            ["tenant_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_<name>_tenant_id_name_id",
            ["tenant_id", "name", "id"],
            unique=False,
        )
''',
    "tests/addons/<name>/test_contract.py": '''
"""<title> keep what every addon promises."""

from __future__ import annotations

from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "<name>"
''',
}
"""Path below the root → text."""
