"""Customers keep what every addon promises."""

from __future__ import annotations

from core.testing.contract import AddonContract


class TestContract(AddonContract):
    addon = "customer"
    job_arguments = {
        "customer.delete_tier": {"id": "01900000-0000-7000-8000-000000000000"},
        "customer.preview_tiers": {
            "settings": {"tier_basis": "revenue", "tier_may_fall": True, "tier_automatic": False},
            "switch": False,
        },
    }
