"""Reports begin with the agreement, are written, sent, accepted or sent back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.audit.act import Act
from grants.audit.advance import advance, begin, require
from grants.awards.models import Award
from grants.kernel.errors import Conflict, DomainError
from grants.kernel.language import gettext as _
from grants.kernel.links import absolute
from grants.kernel.money import Money
from grants.kernel.taxonomies import AgeBand, BudgetCategory, Exploitation, Service, Sex
from grants.messages.service import tell
from grants.people.permissions import Permission
from grants.people.queries import people_of_fund, people_of_organisation
from grants.reporting import content as contents
from grants.reporting.content import Content
from grants.reporting.models import BudgetLine, Report, ReportDraft
from grants.reporting.queries import OPEN, figures, reports_of
from grants.reporting.schedule import PlannedReport
from grants.reporting.workflow import REPORT, ReportState

Budget = Sequence[tuple[str, dict[str, str], Money]]
"""Categories in order: code, name by language, USD."""


def set_budget(session: Session, award: Award, asked: Budget) -> None:
    """Fix what the grant reports its spending against, when its agreement is signed.

    What was asked for is brought to the awarded sum in proportion, to the cent. Without a budget
    the usual categories hold, and no amount.
    """
    if asked:
        parts = award.amount.allocate([amount.minor for _code, _label, amount in asked])
        lines = [
            (code, label, part.minor) for (code, label, _a), part in zip(asked, parts, strict=True)
        ]
    else:
        lines = [(item.value, {"en": str(item.label)}, 0) for item in BudgetCategory]
    session.add_all(
        BudgetLine(award_id=award.id, category=code, position=at, label=label, amount_minor=minor)
        for at, (code, label, minor) in enumerate(lines, 1)
    )
    session.flush()


def begin_reports(
    session: Session, award: Award, planned: Sequence[PlannedReport], act: Act
) -> None:
    """Enter the reports that a signed agreement asks for."""
    for number, plan in enumerate(planned, 1):
        report = Report(
            award=award,
            number=number,
            kind=plan.kind,
            covers_from=plan.covers_from,
            covers_to=plan.covers_to,
            due_on=plan.due_on,
        )
        begin(session, report, REPORT, act)


def save_section(
    session: Session,
    report: Report,
    section: str,
    typed: Mapping[str, Any],
    seen: int,
    act: Act,
) -> ReportDraft:
    """Keep a section as it was typed, whatever it is.

    `seen` is the version its writer began from (0 for none): Conflict if a colleague has saved
    other words meanwhile, so that nobody's are lost.
    """
    act.demand(Permission.REPORT_WRITE, report.scope)
    if report.state not in OPEN:
        raise Conflict(_("This report was sent. It can be changed only if it is sent back."))
    draft = session.get(ReportDraft, (report.id, section), with_for_update=True)
    if draft is not None and draft.typed == typed:
        return draft
    if (draft.version if draft else 0) != seen:
        raise Conflict(_("Somebody else changed this while you were looking at it."))
    if draft is None:
        draft = ReportDraft(report_id=report.id, section=section)
        session.add(draft)
    draft.typed = dict(typed)
    draft.saved_at = act.at
    draft.saved_by_id = act.actor.person_id
    session.flush()
    return draft


def submit(session: Session, report: Report, content: Content, act: Act) -> None:
    """The grantee sends its report: complete, and with totals that agree."""
    _lock(session, report)
    require(session, report, REPORT, "submit", act)
    _earlier_were_sent(session, report)
    _known_codes(content)
    told = figures(session, report, content.expenditure)
    contents.check(content, told, report.award.amount, final=report.kind.value == "final")
    _write(report, content)
    report.submitted_at = act.at
    advance(
        session,
        report,
        REPORT,
        "submit",
        act,
        people=content.people,
        spent=str(content.spent),
    )
    readers = people_of_fund(session, Permission.REPORT_ACCEPT, report.award.fund_id)
    _tell(session, report, readers, "submitted", act)


def accept(session: Session, report: Report, act: Act) -> None:
    """The fund accepts the report: its figures count from now on."""
    _lock(session, report)
    require(session, report, REPORT, "accept", act)
    if any(r.state is not ReportState.ACCEPTED for r in _before(session, report)):
        raise DomainError(_("Accept the earlier report first."))
    report.decided_at = act.at
    advance(session, report, REPORT, "accept", act)
    _tell(session, report, _grantees(session, report), "accepted", act)


def send_back(session: Session, report: Report, act: Act) -> None:
    """The fund asks the grantee to complete the report; the reason says what is missing."""
    _lock(session, report)
    advance(session, report, REPORT, "send_back", act)
    _tell(session, report, _grantees(session, report), "sent_back", act)


def _lock(session: Session, report: Report) -> None:
    """The reports of a grant change one after the other: their figures build on each other."""
    session.execute(select(Award.id).where(Award.id == report.award_id).with_for_update())
    session.refresh(report)


def _before(session: Session, report: Report) -> list[Report]:
    return [r for r in reports_of(session, report.award_id) if r.number < report.number]


def _earlier_were_sent(session: Session, report: Report) -> None:
    if any(r.state in OPEN for r in _before(session, report)):
        raise DomainError(_("Send the earlier report first: this one builds on its figures."))


def _known_codes(content: Content) -> None:
    """A fault of the program, not of a person: pages offer the known codes only."""
    known = (
        (content.beneficiaries, Sex),
        (content.exploitation, Exploitation),
        (content.services, Service),
        ({b: 0 for bands in content.beneficiaries.values() for b in bands}, AgeBand),
    )
    for used, terms in known:
        if unknown := set(used) - {term.value for term in terms}:
            raise ValueError(f"unknown codes in a report: {sorted(unknown)}")


def _write(report: Report, content: Content) -> None:
    report.narrative, report.challenges = content.narrative, content.challenges
    report.explanation = content.explanation
    report.beneficiaries = {sex: dict(bands) for sex, bands in content.beneficiaries.items()}
    report.exploitation = dict(content.exploitation)
    report.services = dict(content.services)
    report.expenditure = {code: str(amount) for code, amount in content.expenditure.items()}
    report.people, report.spent_minor = content.people, content.spent.minor


def _grantees(session: Session, report: Report) -> Sequence[Any]:
    return people_of_organisation(session, report.award.organisation_id, Permission.REPORT_WRITE)


def _tell(session: Session, report: Report, people: Sequence[Any], what: str, act: Act) -> None:
    """`version` tells apart the rounds of a report that goes back and forth."""
    award = report.award
    tell(
        session,
        people,
        f"reporting/{what}",
        act,
        event=f"report:{report.id}:{what}:{report.version}",
        reference=award.reference,
        title=award.title,
        organisation=award.organisation.name,
        number=report.number,
        kind=report.kind.label,
        reason=act.reason,
        url=absolute(f"/grants/{award.reference}/reports/{report.number}"),
    )
