"""The sender of money is recognised among donors whose pledges are open."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from grants.banking.matching.scoring import plain_name
from grants.banking.matching.senders import CALLED_SO, LIKE_IT, Donors

WORDS = st.sampled_from(
    ["Kingdom", "of", "Arcadia", "Arcadian", "Fonds", "Foundation", "Россия", "the", "a", "Utopia"]
)
NAMES = st.lists(
    st.one_of(
        st.lists(WORDS, max_size=5).map(" ".join),
        st.text("abc .-é", max_size=14),
        st.sampled_from(
            ["Ärcadian Foundations", "Foundatino of Arcadia", "Arcadiafonds", "Rossiia"]
        ),
    ),
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(donors=st.lists(NAMES.map(tuple), max_size=9), senders=NAMES)
def test_words_find_whom_comparing_every_name_finds(
    donors: list[tuple[str, ...]], senders: list[str]
) -> None:
    every = {
        (names, place): plain_name(name) for names in donors for place, name in enumerate(names)
    }
    for sender in senders:
        plain = plain_name(sender)
        alike = process.extract(
            plain, every, scorer=fuzz.token_set_ratio, score_cutoff=LIKE_IT, limit=None
        )
        expected: dict[tuple[str, ...], bool] = {}
        for name, _score, (names, _place) in alike if len(plain) >= 3 else ():
            same = fuzz.token_sort_ratio(plain, name) >= CALLED_SO
            expected[names] = expected.get(names, False) or same
        assert Donors(donors).resembling(sender) == expected
