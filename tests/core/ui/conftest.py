"""The demo application of the design system, built once with its vendor files."""

from __future__ import annotations

import pytest

from core.testing.outcomes import unavailable
from core.ui.assets import AssetBuildError, build_assets, is_built


@pytest.fixture(scope="session", autouse=True)
def _vendor_files() -> None:
    if not is_built():
        try:
            build_assets()
        except AssetBuildError as error:
            unavailable(str(error))
