"""Amounts in Vietnamese words."""

from __future__ import annotations

import pytest

from core.money_words import money_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (14, "Mười bốn đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (55, "Năm mươi lăm đồng"),
        (101, "Một trăm linh một đồng"),
        (110, "Một trăm mười đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (451_630, "Bốn trăm năm mươi mốt nghìn sáu trăm ba mươi đồng"),
        (1_000_000, "Một triệu đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (20_000_000_000, "Hai mươi tỷ đồng"),
        (1_000_000_015_000, "Một nghìn tỷ không trăm mười lăm nghìn đồng"),
        (2 * 10**18, "Hai tỷ tỷ đồng"),
        (-30_000, "Âm ba mươi nghìn đồng"),
    ],
)
def test_an_amount_is_read_as_it_is_spoken(amount: int, words: str) -> None:
    assert money_in_words(amount) == words
