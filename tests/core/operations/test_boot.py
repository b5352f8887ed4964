"""What a process that serves pages has loaded: each library costs the boot its time and every worker its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NEEDED_SELDOM = ("alembic", "mako", "openpyxl", "redis", "rq", "zxcvbn", "lxml", "fpdf", "fontTools", "PIL", "pytest")
"""For migrations, workbooks, queues, passwords, printed pages and tests."""


@pytest.mark.engine("sqlite")
def test_a_process_that_serves_loads_no_library_that_it_seldom_needs(tmp_path: Path) -> None:
    code = (
        "import sys; from core.app import create_app; app = create_app(); app.test_client().get('/login');"
        f"print(sorted(sys.modules.keys() & set({NEEDED_SELDOM!r})))"
    )
    surroundings = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BANYAN_", "DATABASE_"))},
        "BANYAN_DATA": str(tmp_path),
        "BANYAN_SECRET_KEY": "s" * 40,
        "BANYAN_RUNNER": "none",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
