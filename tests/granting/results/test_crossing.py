"""The lists by window and by country of the grant give no small count away together."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from grants.granting.results.counting import Counted
from grants.granting.results.editions import counts_to_publish
from tests.granting.results.attack import Attack, Figure

K = 5
WINDOWS, COUNTRIES = ("SGP1", "SGP2", "SPECIAL"), ("JO", "KE", "UA")
Grants = Mapping[tuple[str, str], int]


def lists_of(grants: Grants) -> Mapping[str, Any]:
    """What an edition says of the people of these grants."""
    windows, countries = Counter[str](), Counter[str]()
    for (window, country), people in grants.items():
        windows[window] += people
        countries[country] += people
    return counts_to_publish(Counted({}, {}, {}, {}, windows, countries, grants), K)


def test_a_country_left_out_does_not_follow_from_its_window() -> None:
    told = lists_of({("SGP1", "KE"): 3, ("SGP1", "JO"): 55, ("SGP2", "UA"): 60})
    assert told["countries"]["ever"] == {"KE": None, "JO": 55, "UA": None}
    assert told["windows"]["ever"] == {"SGP1": None, "SGP2": None}, "58 and 55 would say 3"


def test_both_lists_are_told_where_nothing_is_small() -> None:
    told = lists_of({("SGP1", "KE"): 30, ("SGP1", "JO"): 55, ("SGP2", "UA"): 60})
    assert None not in {*told["countries"]["ever"].values(), *told["windows"]["ever"].values()}


counts = st.one_of(st.integers(1, 2 * K), st.sampled_from((3, 40)))
places = st.tuples(st.sampled_from(WINDOWS), st.sampled_from(COUNTRIES))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(places, counts, min_size=1))
def test_who_knows_every_grant_works_out_no_small_count(grants: Grants) -> None:
    if sum(grants.values()) < K:
        return
    told = lists_of(grants)
    figures: list[Figure] = [
        (frozenset((0, 0, f"{w} {c}") for w, c in grants), sum(grants.values()))
    ]
    for at, name in enumerate(("windows", "countries")):
        for code, people in told[name]["ever"].items():
            if people is not None:
                cells = {(0, 0, f"{g[0]} {g[1]}") for g in grants if g[at] == code}
                figures.append((frozenset(cells), people))
    attack = Attack(figures)
    for at, name in enumerate(("windows", "countries")):
        for code in told[name]["ever"]:
            of_code = [grant for grant in grants if grant[at] == code]
            people = sum(grants[grant] for grant in of_code)
            if 0 < people < K:
                low, high = attack.between([(0, 0, f"{w} {c}") for w, c in of_code])
                assert high - low >= K, f"{people} of {code} lies in {low}..{high}"
