"""What an uploaded workbook may cost. Sizes in bytes; more is refused before or while it is read, never afterwards."""

from __future__ import annotations

MIB = 1024 * 1024

MAX_FILE = 50 * MIB
MAX_ENTRIES = 2_000
"""Files inside the zip; a workbook with pictures and hundreds of sheets has a few hundred."""

MAX_DIRECTORY = 1 * MIB
"""The zip's table of contents: 2,000 entries with names of 450 bytes."""

MAX_INFLATED = 200 * MIB
MAX_SHARED_STRINGS = 64 * MIB

MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL_TEXT = 32_767
"""Characters of one cell: Excel's own limit."""

MAX_FLAWS = 100_000
"""Cells without a usable value that are listed; a sheet with more was not saved by Excel."""

HEADER_WITHIN = 10
"""The header must be among the sheet's first rows."""

READER_MEMORY = 512 * MIB
READER_CPU_SECONDS = 20
READER_WALL_SECONDS = 120
"""The reading process waits for the CPU on a busy machine, so it may take longer than it computes."""

MAX_SPOOL = 1024 * MIB
