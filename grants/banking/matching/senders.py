"""Whose name the sender of a payment has, among those whose pledges are open."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from grants.banking.matching.scoring import plain_name

CALLED_SO, LIKE_IT = 90, 85
"""Of 100: the sender has the donor's name; it resembles it."""

Names = tuple[str, ...]
"""What one donor is called."""


class Donors:
    """Donors by the words of their names."""

    def __init__(self, donors: Iterable[Names]) -> None:
        self._plain: dict[tuple[Names, int], str] = {
            (names, place): plain_name(name)
            for names in dict.fromkeys(donors)
            for place, name in enumerate(names)
        }
        self._sorted = {place: _sorted_words(name) for place, name in self._plain.items()}
        self._by_word: dict[str, list[tuple[Names, int]]] = {}
        for place, name in self._plain.items():
            for word in set(name.split()):
                self._by_word.setdefault(word, []).append(place)

    def resembling(self, sender: str) -> Mapping[Names, bool]:
        """The donors that the sender may be, and of each whether it has the same name."""
        plain = plain_name(sender)
        alike: dict[Names, bool] = {}
        if len(plain) >= 3:
            for names, same in self._compare_names(plain, self._worth_comparing(plain)):
                alike[names] = alike.get(names, False) or same
        return alike

    def _worth_comparing(self, plain: str) -> Collection[tuple[Names, int]]:
        """Names with a common word; a name that resembles without one is nearly the same."""
        near = process.extract(
            _sorted_words(plain),
            self._sorted,
            scorer=fuzz.ratio,
            score_cutoff=LIKE_IT,
            limit=None,
        )
        places = {place for _name, _score, place in near}
        return places.union(*(self._by_word.get(word, ()) for word in plain.split()))

    def _compare_names(
        self, plain: str, places: Iterable[tuple[Names, int]]
    ) -> Iterator[tuple[Names, bool]]:
        alike = process.extract(
            plain,
            {place: self._plain[place] for place in places},
            scorer=fuzz.token_set_ratio,
            score_cutoff=LIKE_IT,
            limit=None,
        )
        for name, _score, (names, _place) in alike:
            yield names, fuzz.token_sort_ratio(plain, name) >= CALLED_SO


def _sorted_words(name: str) -> str:
    return " ".join(sorted(set(name.split())))
