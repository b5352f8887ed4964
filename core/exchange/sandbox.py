"""The process that reads an upload: ``python -m core.exchange.sandbox``, with its own limits of memory, CPU and output.

It imports neither Flask nor the database, gets none of the server's environment, and answers with one line of JSON:
the sheet's description, or the code of a refusal. Its rows go to a spool file that appears only when it is complete.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.exchange.limits import HEADER_WITHIN, MAX_SPOOL, READER_CPU_SECONDS, READER_MEMORY
from core.exchange.refusal import Refused
from core.exchange.rows import Row, Value, to_line
from core.exchange.sheets import OpenSheet, open_sheet
from core.exchange.spooling import ERROR_HEADER, ERROR_SHEET, SheetInfo

_COUNT_DIGITS = 9


def main(path: Path, out_path: Path, sheet: str | None) -> str:
    """Spool the workbook; the answer as one line of JSON."""
    try:
        return json.dumps({"info": write_spool(path, out_path, sheet).as_json()})
    except Refused as refused:
        return json.dumps({"refused": refused.code, "values": refused.values})
    except MemoryError:
        return json.dumps({"refused": "xlsx_too_large", "values": {}})


def limit_resources() -> None:
    """The limits of ``core.exchange.limits`` for this process; what goes beyond is stopped by the operating system."""
    for what, limit in (
        (resource.RLIMIT_AS, READER_MEMORY),
        (resource.RLIMIT_CPU, READER_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_SPOOL),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def write_spool(path: Path, out_path: Path, sheet: str | None = None) -> SheetInfo:
    """Write the rows below the header to ``out_path``: a line that describes the sheet, then a line per row."""
    opened = open_sheet(path, sheet)
    header, rows = _split_header(opened.rows)
    headers = _headers(header)
    if opened.name == ERROR_SHEET and headers[-1:] == [ERROR_HEADER]:
        headers.pop()
    partial = out_path.with_name(f"{out_path.name}.part")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        draft = json.dumps(_info(opened, header, headers, rows=10**_COUNT_DIGITS).as_json())
        file.write(f"{draft}\n")
        count = 0
        for row in rows:
            kept = _within(row, len(headers)) if opened.name == ERROR_SHEET else row
            if kept.values or kept.flaws:
                file.write(f"{to_line(kept)}\n")
                count += 1
        info = _info(opened, header, headers, rows=count)
        file.seek(0)
        file.write(json.dumps(info.as_json()).ljust(len(draft)))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(out_path)
    return info


def _split_header(rows: Iterator[Row]) -> tuple[Row, Iterator[Row]]:
    """The header and the rows below it.

    The header is the first row among the sheet's first ten that fills at least two cells: a title above it stands
    alone. A sheet with one column has no such row, and then it is the first one.
    """
    top = []
    rest = rows
    for row in rows:
        if row.number > HEADER_WITHIN:
            rest = itertools.chain([row], rows)
            break
        top.append(row)
    if not top:
        raise Refused("xlsx_no_header")
    position = next((index for index, row in enumerate(top) if _filled(row) >= 2), 0)
    return top[position], itertools.chain(top[position + 1 :], rest)


def _filled(row: Row) -> int:
    return sum(value is not None for value in row.values)


def _headers(header: Row) -> list[str]:
    return ["" if value is None else " ".join(str(value).split()) for value in header.values]


def _info(opened: OpenSheet, header: Row, headers: Sequence[str], rows: int) -> SheetInfo:
    return SheetInfo(opened.sheet_names, opened.name, header.number, tuple(headers), rows, opened.merged)


def _within(row: Row, columns: int) -> Row:
    values: list[Value] = list(row.values[:columns])
    while values and values[-1] is None:
        values.pop()
    return Row(row.number, tuple(values), {column: flaw for column, flaw in row.flaws.items() if column < columns})


if __name__ == "__main__":
    limit_resources()
    sys.stdout.write(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None))
