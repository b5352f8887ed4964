"""Where a parcel stands follows from all that was told of it, in whatever order and however often (BOO-29)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addons.shipping.carriers import GHN_STATES, GHTK_STATES, VIETTEL_STATES, cause_of
from addons.shipping.standing import Happening, ReturnCause, ShipmentState, standing_of

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
S = ShipmentState


def at(minute: int, state: ShipmentState | None, code: str = "x", cause: ReturnCause | None = None) -> Happening:
    return Happening(BEGIN + timedelta(minutes=minute), state, code, cause)


happenings = st.lists(
    st.builds(
        at,
        st.integers(0, 9),
        st.sampled_from([None, *S]),
        st.sampled_from("abc"),
        st.sampled_from([None, *ReturnCause]),
    ),
    max_size=12,
)


@pytest.mark.req("BOO-29")
@given(happenings, st.integers(0, 10**6))
def test_order_and_repeats_change_nothing(told: list[Happening], seed: int) -> None:
    mixed = [*told, *told[:3]]
    Random(seed).shuffle(mixed)
    assert standing_of(mixed) == standing_of(told)


@pytest.mark.req("BOO-03", "BOO-29")
@pytest.mark.parametrize(
    ("states", "stands", "handed_over"),
    [
        ([], S.CREATED, False),
        ([S.CREATED, S.CANCELLED], S.CANCELLED, False),
        ([S.CREATED, S.LOST], S.LOST, False),
        ([S.PICKED_UP, S.DELIVERING], S.DELIVERING, True),
        ([S.PICKED_UP, S.FAILED, S.RETURNING], S.RETURNING, True),
        ([S.PICKED_UP, S.RETURNING, S.RETURNED], S.RETURNED, True),
        ([S.RETURNED, S.RETURNING], S.RETURNED, True),  # a late word of the way back
        ([S.RETURNED, S.CANCELLED], S.RETURNED, True),
        ([S.RETURNED, None], S.RETURNED, True),
        ([S.RETURNED, S.DELIVERING], S.DELIVERING, True),  # sent out again
        ([S.RETURNED, S.DELIVERING, S.DELIVERED], S.DELIVERED, True),
        ([S.PARTLY], S.PARTLY, True),
    ],
)
def test_a_completed_return_is_final_unless_the_parcel_goes_out_again(
    states: list[ShipmentState | None], stands: ShipmentState, handed_over: bool
) -> None:
    standing = standing_of(at(number, state) for number, state in enumerate(states))
    assert (standing.state, standing.was_handed_over) == (stands, handed_over)


def test_the_latest_cause_counts_and_an_unknown_word_is_kept() -> None:
    told = [at(1, S.FAILED, cause=ReturnCause.ABSENT), at(2, S.RETURNING, cause=ReturnCause.REFUSED), at(3, S.RETURNED)]
    assert standing_of(told).cause is ReturnCause.REFUSED
    assert standing_of([*told, at(4, None, "mystery")]).unknown_code == "mystery"
    assert standing_of([*told, at(0, None, "mystery")]).unknown_code == ""


@pytest.mark.req("BOO-03")
def test_completed_returns_are_those_that_the_carriers_document() -> None:
    assert {code for code, state in GHN_STATES.items() if state is S.RETURNED} == {"returned"}
    assert {code for code, state in GHTK_STATES.items() if state is S.RETURNED} == {"21", "11"}
    assert {code for code, state in VIETTEL_STATES.items() if state is S.RETURNED} == {"504"}


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("Khách hàng từ chối nhận hàng", ReturnCause.REFUSED),
        ("Không liên lạc được người nhận", ReturnCause.ABSENT),
        ("Thuê bao không liên lạc được", ReturnCause.ABSENT),
        ("Hàng hóa hư hỏng trong quá trình vận chuyển", ReturnCause.CARRIER),
        ("Người gửi yêu cầu hoàn hàng", ReturnCause.SHOP),
        ("Lý do khác", None),
        ("", None),
    ],
)
def test_the_cause_is_read_from_the_carriers_words(reason: str, cause: ReturnCause | None) -> None:
    assert cause_of(reason) is cause
