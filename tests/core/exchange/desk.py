"""The desk at which tests hand in workbooks: through HTTP, with the jobs run at once."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from core.exchange.models import Import
from core.jobs.execution import run_due_jobs
from core.testing.world import Client, World


def workbook(rows: Sequence[Sequence[Any]], *, title: str = "Khách", more: Sequence[str] = ()) -> bytes:
    """A workbook whose first sheet has these rows; ``more`` are further empty sheets."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name in more:
        book.create_sheet(name)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read_back(data: bytes) -> list[tuple[Any, ...]]:
    """The rows of the first sheet of a workbook."""
    return [tuple(row) for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]


@dataclass
class Desk:
    """One user who imports into one resource."""

    world: World
    client: Client
    tenant: Any
    path: str = "/guestbook/guests"

    def run_jobs(self) -> int:
        with self.world.app.app_context():
            return run_due_jobs()

    def upload(self, content: bytes | Path, name: str = "khach.xlsx") -> Any:
        """The answer to the upload; nothing has been read yet."""
        data = content.read_bytes() if isinstance(content, Path) else content
        return self.client.post(f"{self.path}/import", data={"file": (io.BytesIO(data), name)})

    def read(self, content: bytes | Path, name: str = "khach.xlsx") -> str:
        """Upload and read; the address of the import."""
        answer = self.upload(content, name)
        assert answer.status_code == 303, answer.text
        self.run_jobs()
        return answer.headers["Location"]

    def page(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, answer.text
        return answer.text

    def proposed(self, url: str) -> dict[str, str]:
        """The mapping that the page proposes: column-0 → key."""
        found = {}
        for name, options in re.findall(
            r'<select class="form-select" name="(column-\d+)".*?>(.*?)</select>', self.page(f"{url}?step=columns"), re.S
        ):
            chosen = re.search(r'<option value="([^"]+)" selected>', options)
            if chosen:
                found[name] = chosen[1]
        return found

    def check(self, url: str, mapping: dict[str, str] | None = None, **options: str) -> str:
        """Accept the proposed mapping and run the trial; the page that shows its result."""
        answer = self.client.post(
            f"{url}/columns", data={**(self.proposed(url) if mapping is None else mapping), **options}
        )
        assert answer.status_code == 303, answer.text
        self.run_jobs()
        return self.page(url)

    def apply(self, url: str) -> str:
        answer = self.client.post(f"{url}/apply")
        assert answer.status_code == 303, answer.text
        self.run_jobs()
        return self.page(url)

    def take_in(self, content: bytes | Path, **options: str) -> dict[str, int]:
        """From the upload to the end; the counts of the applied rows."""
        url = self.read(content)
        self.check(url, **options)
        self.apply(url)
        return self.counts(url)

    def counts(self, url: str, phase: str = "apply") -> dict[str, int]:
        found = self.row(url).counts.get(phase, {})
        return {name: found[name] for name in ("created", "updated", "failed") if found.get(name)}

    def row(self, url: str) -> Import:
        with self.world.session(self.tenant) as session:
            return session.scalars(select(Import).where(Import.id == UUID(url.rpartition("/")[2]))).one()

    def problems(self, url: str) -> list[tuple[int, str, str]]:
        """(row, column, what to correct) of the failed rows that the page lists."""
        page = self.page(url)
        rows = re.findall(
            r'<td class="num dim tick">(.*?)</td><td class="name">.*?</td><td>(.*?)</td>.*?<td class="state bad">(.*?)</td>',
            page,
            re.S,
        )
        return [(int(re.sub(r"\D", "", number)), column, text) for number, column, text in rows]
