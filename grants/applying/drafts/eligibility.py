"""Whether an organisation can apply at all, known before anybody writes anything.

What the profile tells is checked by itself. For the rest, the rows of the call's checklist that
have a question ("ask") are asked. A "no" says what would make it a yes ("remedy").
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.places import allowed, begun_already
from grants.applying.applications.queries import has_submitted_beside, standing_applications
from grants.applying.calls.models import Call
from grants.core.kernel.clock import day_of
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language, ngettext
from grants.core.kernel.slots import Slot
from grants.core.people.models import Organisation
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced

GRANT_YEARS: Slot[Callable[[Session, int, int], Collection[int]]] = Slot("eligibility.GRANT_YEARS")
"""The years in which an organisation holds grants of a fund: grants are kept by rooms above."""


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report on an earlier grant that is late or was returned: in words, and its address."""

    words: str
    address: str


OWED_REPORTS: Slot[Callable[[Session, int, int], Sequence[OwedReport]]] = Slot(
    "eligibility.OWED_REPORTS"
)
"""What an organisation owes a fund: reports are kept by rooms above."""


HELD: Slot[Callable[[Session, int, int], Sequence[str]]] = Slot("eligibility.HELD")
"""What an organisation has to do before a fund takes a new application: holds are kept by rooms
beside.
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an organisation cannot apply, and what would change that."""

    reason: str
    remedy: str
    applications: Sequence[Application] = ()
    """Those of the organisation that take the place of another one."""
    reports: Sequence[OwedReport] = ()
    """Those that come first."""


def asked_before(call: Call) -> Sequence[Mapping[str, Any]]:
    """The rows of the checklist that applicants are asked about before they begin."""
    return [row for row in call.eligibility if row.get("ask")]


def obstacles(
    session: Session,
    call: Call,
    organisation: Organisation,
    answers: Mapping[str, bool] | None = None,
    application: Application | None = None,
) -> list[Obstacle]:
    """Everything that stands in the way of a new application, or of submitting one that is begun;
    `answers` are yes or no by the key of a row.
    """
    return [
        *_of_holds(session, call, organisation),
        *_of_others(session, call, organisation, application),
        *_of_profile(call, organisation),
        *_of_grants(session, call, organisation),
        *(_of_reports(session, call, organisation) if application else ()),
        *_of_answers(call, answers or {}),
    ]


def require_still_eligible(session: Session, application: Application) -> None:
    """DomainError if the organisation has submitted as many as the call allows, would hold grants
    in more years in a row than allowed, owes reports on earlier grants, or is on hold.
    """
    call, organisation = application.call, application.organisation
    beside = has_submitted_beside(session, application)
    for obstacle in (
        *_of_holds(session, call, organisation),
        *(_of_others(session, call, organisation, application) if beside else ()),
        *_of_grants(session, call, organisation),
        *_of_reports(session, call, organisation),
    ):
        sentences = obstacle.reason, obstacle.remedy
        raise DomainError(" ".join(sentences))


def _of_holds(session: Session, call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    (held_by,) = HELD
    if remedies := held_by(session, organisation.id, call.fund_id):
        reason = _("The fund has put new applications of your organisation on hold.")
        yield Obstacle(reason, " ".join(remedies))


def _of_others(
    session: Session, call: Call, organisation: Organisation, application: Application | None
) -> Iterator[Obstacle]:
    """Other applications of the organisation: all before one is begun, then those submitted."""
    applications_beside = [
        candidate
        for candidate in standing_applications(session, call.id, organisation.id)
        if application is None or (candidate is not application and candidate.submitted_at)
    ]
    most = allowed(session, call, organisation.id) if applications_beside else 0
    if applications_beside and len(applications_beside) >= most:
        if application is None:
            reason = begun_already(applications_beside, most)
        else:
            reason = ngettext(
                "Your organisation has already submitted %(begun)s of %(num)s application to this "
                "call.",
                "Your organisation has already submitted %(begun)s of %(num)s applications to this "
                "call.",
                most,
                begun=len(applications_beside),
            )
        remedy = _("Continue with an application that you have begun, or withdraw one first.")
        yield Obstacle(reason, remedy, applications_beside)


def _of_profile(call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    yield from _registration_obstacles(call, organisation)
    yield from _experience_obstacles(call, organisation)


def _registration_obstacles(call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    latest, registered = call.registered_by, organisation.registered_on
    if latest is None:
        return
    if registered is None:
        yield Obstacle(
            _("The profile of %(name)s has no date of registration.", name=organisation.name),
            _("Enter the date of the registration certificate in the profile, then apply."),
        )
    elif registered > latest:
        yield Obstacle(
            _(
                "Registered on %(day)s. The call requires %(latest)s or earlier.",
                day=plain_day(registered),
                latest=plain_day(latest),
            ),
            _(
                "If the date in the profile is wrong, correct it. Otherwise, an "
                "organisation that was registered earlier can apply with yours as its"
                " partner."
            ),
        )


def _experience_obstacles(call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    years_needed, since = call.experience_years, organisation.assists_since
    if years_needed is None:
        return
    if since is None:
        yield Obstacle(
            _(
                "The profile of %(name)s does not say since which year it has assisted victims.",
                name=organisation.name,
            ),
            _("Enter the year in the profile, under “Experience”, then apply."),
        )
    elif day_of(call.deadline_at, call.zone).year - since < years_needed:
        yield Obstacle(
            ngettext(
                "Your organisation has assisted victims since %(since)s. The call "
                "requires %(num)s year of experience.",
                "Your organisation has assisted victims since %(since)s. The call "
                "requires %(num)s years of experience.",
                years_needed,
                since=str(since),
            ),
            _(
                "If the year in the profile is wrong, correct it. Otherwise, an "
                "organisation with more experience can apply with yours as its "
                "partner."
            ),
        )


def _of_grants(session: Session, call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    if call.years_in_a_row is None or call.earliest_start_on is None:
        return
    (years_of,) = GRANT_YEARS
    years = years_of(session, organisation.id, call.fund_id)
    row = _years_in_a_row(call.earliest_start_on.year, years)
    if len(row) > call.years_in_a_row:
        yield Obstacle(
            ngettext(
                "With this grant, your organisation would hold grants from the fund "
                "in every year from %(first)s to %(last)s. The call allows %(num)s "
                "year in a row.",
                "With this grant, your organisation would hold grants from the fund "
                "in every year from %(first)s to %(last)s. The call allows %(num)s "
                "years in a row.",
                call.years_in_a_row,
                first=str(row[0]),
                last=str(row[-1]),
            ),
            _(
                "Your organisation can apply again after a year without a grant, in "
                "calls whose projects start in %(year)s or later.",
                year=str(max(year for year in row if year in years) + 2),
            ),
        )


def _of_reports(session: Session, call: Call, organisation: Organisation) -> Iterator[Obstacle]:
    """A draft can be written meanwhile; it is not submitted."""
    if not call.reports_first:
        return
    (owed_by,) = OWED_REPORTS
    if reports := owed_by(session, organisation.id, call.fund_id):
        yield Obstacle(
            _(
                "Reports on earlier grants come first: %(reports)s.",
                reports=spaced(";").join(report.words for report in reports),
            ),
            _("Submit these reports first. Then you can submit this application."),
            reports=reports,
        )


def _years_in_a_row(year: int, years: Collection[int]) -> range:
    """The years with a grant before and after this one without a gap, and this one."""
    first = last = year
    while first - 1 in years:
        first -= 1
    while last + 1 in years:
        last += 1
    return range(first, last + 1)


def _of_answers(call: Call, answers: Mapping[str, bool]) -> Iterator[Obstacle]:
    for row in asked_before(call):
        if answers.get(row["key"]) is False:
            remedy = in_language(row.get("remedy") or {})
            reason = _("You answered no to: %(question)s", question=in_language(row["ask"]))
            yield Obstacle(reason, remedy or _("Contact the secretariat if you are not sure."))
