from hypothesis import given
from hypothesis import strategies as st

from grants.core.audit import touched
from grants.core.audit.touched import Keys, Numbers, some_at_a_time, text_of

number = st.integers(1, 200_000)
keys = st.lists(st.tuples(number) | st.tuples(number, number) | st.tuples(st.text("ab/9")))


@given(keys, st.integers(1, 10))
def test_keys_come_back_once_in_the_order_of_their_texts(
    added: list[tuple[object, ...]], few: int
) -> None:
    touched.FEW, usual = few, touched.FEW
    try:
        kept = Keys()
        for key in added:
            kept.add(key)
        found = list(kept)
        assert set(found) == set(added)
        assert len(found) == len(set(added))
        assert [text_of(key) for key in found] == sorted(text_of(key) for key in found)
        assert list(kept) == found
    finally:
        touched.FEW = usual


@given(st.lists(number, unique=True))
def test_numbers_come_back_in_order(added: list[int]) -> None:
    kept = Numbers()
    for each in added:
        kept.add(each)
    assert list(kept) == sorted(added)


def test_many_numbers_that_follow_each_other_take_no_room() -> None:
    kept = Numbers()
    for each in range(1_000_000, 1_100_000):
        kept.add(each)
    assert len(kept._runs) == 1


def test_things_come_some_at_a_time() -> None:
    assert list(some_at_a_time(range(5), 2)) == [[0, 1], [2, 3], [4]]
