"""Columns as one text, so that rows of different tables can come in one union."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement


class json_row(FunctionElement[str]):
    """The text of a JSON array of the given columns. SQLite writes booleans as 0 and 1, UUIDs without hyphens, and JSON
    columns as text.
    """

    name = "json_row"
    type = Text()
    inherit_cache = True


@compiles(json_row, "sqlite")
def _on_sqlite(element: json_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(json_row, "postgresql")
def _on_postgresql(element: json_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_build_array({compiler.process(element.clauses, **options)}) AS TEXT)"
