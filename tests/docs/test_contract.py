"""The guide's example keeps what every addon promises."""

from __future__ import annotations

from pathlib import Path

from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "visits"
    root = Path(__file__).parent / "root"
    job_arguments = {"visits.remove_before": {"day": "2026-01-01"}}
