"""Two people write one section: their answers are merged question by question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.platform.questionnaires.form import Section
from grants.platform.questionnaires.merging import (
    Choice,
    Merged,
    Saved,
    Sheet,
    bases_of,
    marked,
    merged,
)
from grants.platform.questions import LongText, Number, ShortText
from grants.platform.questions.reading import Typed

SECTION = Section(
    key="project",
    title={"en": "The project"},
    questions=(
        ShortText(key="title", label={"en": "Title"}),
        LongText(key="aim", label={"en": "Aim"}),
        Number(key="months", label={"en": "Months"}),
    ),
)
OPENED: Typed = {"q_title": ["A house"], "q_aim": ["Safety"], "q_months": ["6"]}


def saved(given: Typed, **written: object) -> Saved:
    return Saved(given, 2, "", 0, written)  # type: ignore[arg-type]


def page(opened: Typed = OPENED, **more: str) -> Sheet:
    """A page that was made from these answers, as it posts itself."""
    marks = {"base": bases_of(SECTION, opened), "sheet": "mine", "turn": "1", **more}
    return Sheet.of({name: [text] for name, text in marks.items()})


def merge(mine: Typed, theirs: Typed, sheet: Sheet | None = None, **written: object) -> Merged:
    return merged(SECTION, mine, saved(theirs, **written), 1, sheet or page())


def test_two_people_who_change_two_questions_both_keep_their_answers() -> None:
    mine, theirs = {**OPENED, "q_title": ["A home"]}, {**OPENED, "q_aim": ["Rest"]}
    both = merge(mine, theirs)
    assert both.kept == {"q_title": ["A home"], "q_aim": ["Rest"], "q_months": ["6"]}
    assert (both.clashes, both.changed) == ([], ["title"])


def test_only_the_question_that_both_changed_has_to_be_chosen() -> None:
    mine = {**OPENED, "q_title": ["Mine"], "q_months": ["8"]}
    theirs = {**OPENED, "q_title": ["Theirs"], "q_aim": ["Rest"]}
    both = merge(mine, theirs)
    assert both.clashes == ["title"]
    assert both.kept == {"q_title": ["Mine"], "q_aim": ["Rest"], "q_months": ["8"]}


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "Mine"), ("theirs", "Theirs"), ("both", "Theirs / Mine")]
)
def test_the_choice_decides(choice: str, kept: str) -> None:
    theirs = {**OPENED, "q_title": ["Theirs"]}
    sheet = page(theirs, clashes="title", keep_title=choice)
    decided = merge({**OPENED, "q_title": ["Mine"]}, theirs, sheet)
    assert decided.kept["q_title"] == [kept]
    assert decided.clashes == []


def test_two_long_answers_stand_one_after_the_other_and_two_numbers_do_not() -> None:
    theirs = {**OPENED, "q_aim": ["Theirs"], "q_months": ["7"]}
    sheet = page(theirs, clashes="aim months", keep_aim="both", keep_months="both")
    decided = merge({**OPENED, "q_aim": ["Mine"], "q_months": ["8"]}, theirs, sheet)
    assert decided.kept["q_aim"] == ["Theirs\n\nMine"]
    assert decided.kept["q_months"] == ["8"]


def test_without_a_choice_and_after_another_change_both_are_shown_again() -> None:
    shown, newest = {**OPENED, "q_title": ["Theirs"]}, {**OPENED, "q_title": ["Newest"]}
    mine = {**OPENED, "q_title": ["Mine"]}
    assert merge(mine, shown, page(shown, clashes="title")).clashes == ["title"]
    late = page(shown, clashes="title", keep_title="mine")
    assert merge(mine, newest, late).clashes == ["title"]


def test_a_page_whose_answer_was_lost_does_not_clash_with_itself() -> None:
    sheet = page(turn="2")
    written = marked({}, ["title"], page(), by=1, at="2026-11-25T12:00:00+00:00")
    mine, stands = {**OPENED, "q_title": ["A home by the sea"]}, {**OPENED, "q_title": ["A home"]}
    assert merge(mine, stands, sheet, **written).kept["q_title"] == ["A home by the sea"]
    newer = marked({}, ["title"], page(turn="3"), by=1, at="2026-11-25T12:00:00+00:00")
    assert merge(mine, stands, sheet, **newer).kept["q_title"] == ["A home"]


def test_a_page_that_was_made_before_anything_was_written_takes_nothing_away() -> None:
    first = merged(SECTION, OPENED, Saved({}, 0, "", 0, {}), 0, page(OPENED))
    assert first.kept == OPENED


def test_a_broken_mark_is_no_mark() -> None:
    odd = Sheet.of(
        {"turn": ["9" * 40], "base": ["\x00 x"], "keep_title": ["all"], "sheet": ["x" * 99]}
    )
    assert (odd.turn, odd.base, dict(odd.choices), len(odd.mark)) == (0, {}, {}, 32)
    assert Sheet.of({"keep_aim": ["both"]}).choices == {"aim": Choice.BOTH}


texts = st.sampled_from(["", "a", "b", "c"])
answers = st.fixed_dictionaries({"q_title": texts, "q_aim": texts, "q_months": texts})


@given(opened=answers, mine=answers, theirs=answers)
def test_no_answer_is_lost_unseen(
    opened: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    base, ours, other = (
        {name: [text] for name, text in typed.items() if text} for typed in (opened, mine, theirs)
    )
    both = merge(ours, other, page(base))
    for question in SECTION.questions:
        name = question.name
        one, two, before = mine[name], theirs[name], opened[name]
        kept = both.kept.get(name, [""])[0]
        if one != before and two not in (before, one, ""):
            assert question.key in both.clashes
            assert kept == one
        else:
            assert kept == (one if one != before else two)
