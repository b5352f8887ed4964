"""Why a workbook is not read. A plain exception, so that the reading process needs neither texts nor Flask."""

from __future__ import annotations


class Refused(Exception):
    """``code`` is a key of ``core.exchange.xlsx.REFUSALS``; ``values`` fill that message."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(code)
