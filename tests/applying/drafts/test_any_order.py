"""Any order of saves by three people loses nothing in tables with rows of their own, in groups of
questions, in computed cells and in what was picked.
"""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from grants.platform.questionnaires.asking import with_asked_cells
from grants.platform.questionnaires.merging import Saved, Sheet, bases_of, merged
from grants.platform.questionnaires.picking import with_picks
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.written import from_json


def _asked(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "key": key, "label": {"en": key}, **more}


ROWS = [{"code": code, "label": {"en": code}} for code in ("first", "second")]
CELLS = [
    _asked("amount", "year_1"),
    _asked("amount", "year_2"),
    _asked("computed", "cost", formula="year_1 + year_2", money="USD"),
]
QUESTIONS = [
    _asked("table", "steps", fixed_rows=ROWS, columns=CELLS, totals=["cost"]),
    _asked(
        "table",
        "places",
        columns=[
            _asked("short_text", "name"),
            _asked("short_text", "why", show_when="not empty(name)"),
            _asked("files", "plan"),
        ],
    ),
    _asked("picked", "lead", source="places/name"),
    _asked("people_by_group", "people", groups=ROWS, bands=ROWS),
]
FORM = with_repetitions(
    from_json(
        {
            "format": 1,
            "facts": {},
            "sections": [
                {
                    "key": "partner",
                    "title": {"en": "Partner"},
                    "most_times": 2,
                    "questions": QUESTIONS,
                }
            ],
        }
    )
)
INPUTS = {
    "steps": ("-0-c_year_1", "-0-c_year_2", "-1-c_year_1", "-1-c_year_2"),
    "places": ("-0-c_name", "-1-c_name", "-4-c_name", "-0-c_why", "-1-c_why"),
    "lead": ("",),
    "people": ("-first-first", "-second-first", "-second-second"),
}
SAVES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1),
        st.sampled_from([(key, end) for key, ends in INPUTS.items() for end in ends]),
        st.integers(0, 4),
    ),
    max_size=16,
)


@given(SAVES)
@settings(max_examples=80, deadline=None)
def test_no_order_of_saves_by_three_people_loses_anything_in_the_new_kinds(
    saves: list[tuple[int, int, tuple[str, str], int]],
) -> None:
    """Each writes on a page opened before anybody saved. What is saved stands whole, or a later
    writer of the same table is told.
    """
    books: dict[str, Saved] = {}
    texts: dict[tuple[int, str], dict[str, list[str]]] = {}
    stands: dict[str, list[str]] = {}
    for person, place, (key, end), number in saves:
        section = FORM.sections[place]
        name = f"q_{key}{'__2' if place else ''}{end}"
        mine = texts.setdefault((person, section.key), {})
        mine[name] = [str(number)]
        saved = books.get(section.key) or Saved({}, 0, "", 0, {})
        sheet = Sheet.of({"base": [bases_of(section, {})], "sheet": [f"p{person}"], "turn": ["1"]})
        result = merged(section, section.kept(mine), saved, 0, sheet)
        if result.clashes:
            continue
        books[section.key] = Saved(result.kept, saved.version + 1, "", 0, {})
        stands |= mine
        owned = {n: t for n, t in stands.items() if any(q.owns(n) for q in section.questions)}
        assert result.kept == owned
    _require_whole_values(stands)


def _require_whole_values(stands: dict[str, list[str]]) -> None:
    """What stands is read with its sums, and what was picked with the words of its row."""
    form = with_asked_cells(with_picks(FORM, stands), stands)
    for section in form.sections:
        values = section.read(stands).values
        for row in values[section.questions[0].key] or ():
            years = [float(row[year]) for year in ("year_1", "year_2") if row[year] is not None]
            assert float(row["cost"]) == sum(years)
        for row in values[section.questions[1].key] or ():
            assert row["name"] or row["why"] is None
        picked = values[section.questions[2].key]
        rows = dict(section.questions[2].options)
        assert all(rows[pick["code"]] == pick["label"] for pick in picked or ())
        told = values[section.questions[3].key] or {}
        typed = [t for n, t in stands.items() if n.startswith(f"{section.questions[3].name}-")]
        assert sum(sum(cells.values()) for cells in told.values()) == sum(int(t[0]) for t in typed)
