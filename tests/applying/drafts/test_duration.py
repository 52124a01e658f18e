"""How long a project lasts, from what the form asks, and what the call allows."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.drafts.work import Work
from grants.core.funds.models import Fund
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json
from tests.applying.writing.test_conditions import save
from tests.factories import a_call, a_draft

END = "Last day of the project"


def dated_form() -> Form:
    """The first day and the last day, each in a section of its own."""

    def section(key: str, *questions: dict[str, Any]) -> dict[str, Any]:
        return {"key": key, "title": {"en": key}, "questions": list(questions)}

    return from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "sum", "starts_on": "start", "ends_on": "end"},
            "sections": [
                section(
                    "project",
                    {"kind": "short_text", "key": "title", "label": {"en": "Title"}},
                    {"kind": "amount", "key": "sum", "label": {"en": "Sum"}},
                    {"kind": "day", "key": "start", "label": {"en": "First day"}},
                ),
                section("end", {"kind": "day", "key": "end", "label": {"en": END}}),
            ],
        }
    )


@pytest.fixture
def draft(session: Session, fund: Fund) -> Application:
    call = a_call(session, fund, form=dated_form(), months=18, least_months=6)
    return a_draft(session, call)


def said_of(session: Session, draft: Application, end: tuple[int, int, int]) -> list[str]:
    """What is wrong with a project from 1 April after the deadline to this day."""
    year = draft.call.latest_start_on.year
    days = {"q_start": (1, 4, year - 1), "q_end": (end[0], end[1], year - 1 + end[2])}
    for name, day in days.items():
        parts = zip(("day", "month", "year"), map(str, day), strict=True)
        section = "project" if name == "q_start" else "end"
        save(session, draft, section, **{f"{name}-{part}": text for part, text in parts})
    return [problem.message for part in Work.of(session, draft).parts for problem in part.problems]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((30, 9, 0), ""),
        ((30, 9, 1), ""),
        ((31, 8, 0), "Projects under this call last 6 months or longer."),
        ((2, 10, 1), "Projects under this call can last up to 18 months."),
    ],
)
def test_a_project_lasts_as_long_as_the_call_allows_from_its_first_day_to_its_last(
    session: Session, draft: Application, end: tuple[int, int, int], said: str
) -> None:
    assert said_of(session, draft, end) == ([said] if said else [])


def test_what_is_wrong_with_the_duration_stands_at_the_last_day(
    session: Session, draft: Application
) -> None:
    said_of(session, draft, (1, 5, 0))
    assert [one.question for one in Work.of(session, draft).part("end").problems] == ["end"]
