"""Where the kernel keeps names of its own modules and endpoints, a renamed one does not go unnoticed."""

from __future__ import annotations

from typing import Any

import pytest

from core import scan
from core.manifest import BootError
from core.operations.request_log import QUIET


@pytest.mark.engine("sqlite")
def test_a_module_of_the_kernel_that_is_not_there_stops_the_boot(
    app_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "KERNEL_MODULES", (*scan.KERNEL_MODULES, "core.nowhere"))

    with pytest.raises(BootError, match=r"core\.nowhere"):
        app_factory()


@pytest.mark.engine("sqlite")
def test_the_endpoints_that_the_kernel_treats_apart_exist(app: Any) -> None:
    assert set(app.view_functions) >= QUIET
