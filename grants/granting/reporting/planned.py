"""The people whom a grant planned to reach, beside those whom its reports counted.

An application may count a person under several forms of exploitation; a report counts each once,
under the main form. So the two are shown side by side, and the difference is said in words: no
figure is scaled to make them agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from grants.applying.applications.models import Application
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, total
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Sex
from grants.deciding.awards.models import Award
from grants.granting.reporting.models import Report
from grants.granting.reporting.projects import answers_of, promise_of, spending_lines
from grants.granting.reporting.queries import reports_of
from grants.granting.reporting.questions import PlannedResult
from grants.granting.reporting.workflow import SENT
from grants.platform.questions import Beneficiaries, ByExploitation, PeopleByGroup
from grants.platform.questions.groups import OF_NONE
from grants.platform.questions.people import people_counted

PREFERRED = ("direct_beneficiaries", "forms")
"""The questions of the standard form. A form without them tells the plan in its first question of
the kind."""

Counts = Mapping[str, Any]
"""Sex → age band → people, or form of exploitation → people."""


@dataclass(frozen=True, slots=True)
class Line:
    """One group of people: planned, counted by earlier reports, and by this one."""

    label: str
    planned: int
    before: int
    now: int

    @property
    def so_far(self) -> int:
        return self.before + self.now


@dataclass(frozen=True, slots=True)
class Reached:
    """Planned and actual, by form of exploitation and by sex and age."""

    by_form: tuple[Line, ...]
    by_person: tuple[Line, ...]

    @property
    def planned_people(self) -> int:
        return sum(line.planned for line in self.by_person)

    @property
    def planned_by_form(self) -> int:
        """More than the people where the plan counts some under several forms."""
        return sum(line.planned for line in self.by_form)

    @property
    def counts_several(self) -> bool:
        """Does the plan count some people under several forms?"""
        return 0 < self.planned_people < self.planned_by_form

    @property
    def counts_fewer(self) -> bool:
        """Does the plan name no form for some people?"""
        return 0 < self.planned_by_form < self.planned_people


def reached_in(session: Session, report: Report, people: Counts, forms: Counts) -> Reached | None:
    """Planned and actual as a report tells it: what earlier reports counted, and what it says
    itself. None where the grant has no plan here.
    """
    earlier = [
        other
        for other in reports_of(session, report.award_id)
        if other.number < report.number and other.state in SENT
    ]
    return _reached_so_far(report.award.application, earlier, people, forms)


def reached_by(session: Session, award: Award, reports: Sequence[Report]) -> Reached | None:
    """Planned and actual of a grant, by the accepted ones of its reports."""
    accepted = [report for report in reports if report.is_accepted]
    application = (
        session.get(
            Application,
            award.application_id,
            options=[joinedload(Application.submission), joinedload(Application.call)],
        )
        if award.application_id
        else None
    )
    set_committed_value(award, "application", application)  # else read again by the page
    return _reached_so_far(application, accepted, {}, {})


@dataclass(frozen=True, slots=True)
class ReportedResult:
    """A planned result, what earlier reports had reached of it, and what this one tells."""

    number: int
    plan: PlannedResult
    before: str
    now: str
    so_far: str
    why: str


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A budget line of the organisation itself: its budget, and what was spent of it. USD."""

    name: str
    budget: Money
    before: Money
    now: Money

    @property
    def so_far(self) -> Money:
        return self.before + self.now


def reported_lines(
    session: Session, report: Report, reported: Mapping[str, str]
) -> list[ReportedLine]:
    """The spending by the organisation's own lines; none where it tells whole categories."""
    earlier = [
        other
        for other in reports_of(session, report.award_id)
        if other.number < report.number and other.state in SENT
    ]
    return [
        ReportedLine(
            line.name,
            line.budget,
            total(_in_usd(other.line_spending, line.key) for other in earlier),
            _in_usd(reported, line.key),
        )
        for line in spending_lines(session, report.award)
        if reported and not line.is_category
    ]


def _in_usd(reported: Mapping[str, str], key: str) -> Money:
    return Money.parse(reported.get(key, "0"), FUNCTIONAL_CURRENCY)


def reported_results(
    session: Session, report: Report, reported: Mapping[str, Mapping[str, str]]
) -> list[ReportedResult]:
    """The results that the application promised beside what is reported of them."""
    earlier = [
        other
        for other in reports_of(session, report.award_id)
        if other.number < report.number and other.state in SENT
    ]
    before = earlier[-1].results if earlier else {}
    empty: Mapping[str, str] = {}
    return [
        ReportedResult(
            number,
            plan,
            before.get(str(number), empty).get("so_far", ""),
            *(reported.get(str(number), empty).get(part, "") for part in ("now", "so_far", "why")),
        )
        for number, plan in enumerate(promise_of(report.award).results, 1)
    ]


def _reached_so_far(
    application: Application | None, earlier: Sequence[Report], people: Counts, forms: Counts
) -> Reached | None:
    planned = _plan_of(application) if application else None
    if planned is None:
        return None
    planned_people, planned_forms = planned
    return Reached(
        by_form=tuple(
            line
            for form in Exploitation
            if _has_figures(
                line := Line(
                    str(form.label),
                    int((planned_forms.get(form.value) or {}).get("people", 0)),
                    sum(report.exploitation.get(form.value, 0) for report in earlier),
                    forms.get(form.value, 0),
                )
            )
        ),
        by_person=tuple(_lines_by_person(planned_people, earlier, people)),
    )


def _lines_by_person(planned: Counts, earlier: Sequence[Report], now: Counts) -> Iterator[Line]:
    for sex in Sex:
        for band in AgeBand:
            line = Line(
                _("%(sex)s, %(band)s", sex=sex.label, band=band.label),
                _count_in_cell(planned, sex, band),
                sum(_count_in_cell(report.beneficiaries, sex, band) for report in earlier),
                _count_in_cell(now, sex, band),
            )
            if _has_figures(line):
                yield line
    if others := planned.get(OF_NONE, {}).get(OF_NONE, 0):
        yield Line(_("Groups not limited to one sex or age band"), others, 0, 0)


def _count_in_cell(counts: Counts, sex: Sex, band: AgeBand) -> int:
    return int(counts.get(sex.value, {}).get(band.value, 0))


def _has_figures(line: Line) -> bool:
    return bool(line.planned or line.before or line.now)


def _plan_of(application: Application) -> tuple[Counts, Counts] | None:
    """The people planned, by sex and age and by form of exploitation: as submitted, and as
    clarified since. None if the application says neither.
    """
    if application.submission is None:
        return None
    values = answers_of(application)
    people = _answer_counts(application, values, Beneficiaries, PREFERRED[0])
    people = people or _people_by_group(application, values)
    forms = _answer_counts(application, values, ByExploitation, PREFERRED[1])
    return (people, forms) if people or forms else None


def people_planned(application: Application) -> int:
    """Everyone whom a project plans to reach; 0 where its application does not say."""
    people, _forms = _plan_of(application) or ({}, {})
    return people_counted(people)


def _people_by_group(application: Application, values: Mapping[str, Any]) -> Counts:
    """The people of a form that counts them by groups of the fund's own."""
    questions = application.call.questionnaire.questions
    question = next((q for q in questions if isinstance(q, PeopleByGroup)), None)
    return question.by_sex_and_age(values.get(question.key) or {}) if question else {}


def _answer_counts(
    application: Application, values: Mapping[str, Any], kind: type[Beneficiaries], key: str
) -> Counts:
    keys = [q.key for q in application.call.questionnaire.questions if type(q) is kind]
    places = sorted(keys, key=lambda candidate: candidate != key)
    return (values.get(places[0]) or {}) if places else {}
