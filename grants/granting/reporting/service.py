"""Reports begin with the agreement, are written, sent, and answered part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import AgeBand, Exploitation, Service, Sex, Term
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.queries import people_of_fund, people_of_organisation
from grants.core.people.viewer import keep_apart
from grants.core.texts.formats import plain_day
from grants.core.texts.marks import spaced
from grants.deciding.awards.locking import lock_award
from grants.deciding.awards.models import Award
from grants.deciding.awards.notices import facts_of_grant
from grants.granting.reporting import content as contents
from grants.granting.reporting.agreeing import (
    require_agreeing_lines,
    require_answers,
    require_results,
)
from grants.granting.reporting.answers import typed_again
from grants.granting.reporting.budget import RequestedLine, asked_for
from grants.granting.reporting.content import CIRCUMSTANCES, Content
from grants.granting.reporting.differences import require_explanations
from grants.granting.reporting.models import BudgetLine, Report, ReturnedSection
from grants.granting.reporting.projects import form_of
from grants.granting.reporting.queries import draft_of, figures, reports_of
from grants.granting.reporting.questions import part_of_section
from grants.granting.reporting.schedule import PlannedReport
from grants.granting.reporting.workflow import ANSWERED, OPEN, REPORT, PartAnswer, ReportPart
from grants.platform.messages.service import tell
from grants.platform.questionnaires.form import Section


def set_budget(
    session: Session, award: Award, revised: Sequence[RequestedLine] | None = None
) -> None:
    """Fix what the grant reports its spending against, when its agreement is signed.

    The budget that the grantee revised; without one what was asked for is brought to the awarded
    sum in proportion, to the cent.
    """
    lines = revised or asked_for(session, award.application)
    amounts = [line.amount for line in lines]
    if any(amounts):
        amounts = award.amount.allocate([amount.minor for amount in amounts])
    session.add_all(
        BudgetLine(
            award_id=award.id,
            category=line.category,
            position=at,
            label=line.label,
            amount_minor=amount.minor,
            lines=[
                {"number": own.number, "description": own.words, "amount": str(own.amount)}
                for own in line.lines
            ],
        )
        for at, (line, amount) in enumerate(zip(lines, amounts, strict=True), 1)
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


def drop_drafts(session: Session, report: Report) -> None:
    """A report that is not asked for any more leaves nothing of what was typed."""
    for draft in draft_of(session, report.id).values():
        session.delete(draft)
    session.flush()


def submit(session: Session, report: Report, content: Content, act: Act) -> None:
    """The grantee sends its report: complete, and with totals that agree."""
    _lock_reports(session, report)
    require(session, report, REPORT, "submit", act)
    if not report.award.is_running:
        raise Conflict(_("The grant is not active."))
    _period_is_over(report)
    _earlier_were_sent(session, report)
    _require_known_codes(content)
    require_answers(report, content)
    require_results(report, content)
    require_agreeing_lines(session, report, content)
    totals = figures(session, report, content.expenditure)
    contents.check(content, totals, report.award.amount)
    require_explanations(session, report, content)
    _write_content(report, content)
    report.submitted_at, report.times_sent = act.at, report.times_sent + 1
    for part in ReportPart:
        if report.answer_to(part) is PartAnswer.RETURNED:
            report.set_answer(part, PartAnswer.NONE)
    advance(
        session,
        report,
        REPORT,
        "submit",
        act,
        people=content.people,
        spent=str(content.spent),
    )
    _send_notice(session, report, _readers_of(session, report), "submitted", act)
    _send_notice(session, report, _people_of_grantee(session, report), "received", act)


def accept(session: Session, report: Report, part: ReportPart, act: Act) -> None:
    """The fund accepts the narrative or the finances. With both the report is accepted, and its
    figures count from now on.
    """
    _lock_reports(session, report)
    require_acceptable(session, report, part, act)
    report.set_answer(part, PartAnswer.ACCEPTED)
    record(session, report, f"accept_{part.value}", act)
    if all(report.answer_to(each) is PartAnswer.ACCEPTED for each in ReportPart):
        report.decided_at = act.at
        advance(session, report, REPORT, "accept", act)
        _send_notice(session, report, _people_of_grantee(session, report), "accepted", act)


def require_acceptable(session: Session, report: Report, part: ReportPart, act: Act) -> None:
    """Refuse as `accept` would."""
    act.demand(part.permission, report.scope)
    keep_apart(act.actor, report.award.organisation_id)
    _require_unanswered(report, part)
    earlier = _earlier_reports(session, report)
    if any(other.answer_to(part) is not PartAnswer.ACCEPTED for other in earlier):
        raise DomainError(_("Accept the earlier report first."))


def send_back(session: Session, report: Report, corrections: Mapping[str, str], act: Act) -> None:
    """The fund returns sections of the report, each with what is to be corrected. What they said
    is kept; the other sections stay as they were submitted.
    """
    _lock_reports(session, report)
    keep_apart(act.actor, report.award.organisation_id)
    form = form_of(session, report)
    returned = [section for section in form.sections if corrections.get(section.key, "").strip()]
    if not returned:
        raise DomainError(_("Say in at least one section what is to be corrected."))
    require(session, report, REPORT, "send_back", _act_of_return(returned, corrections, act))
    parts = {part_of_section(section.key) for section in returned}
    for part in sorted(parts):
        act.demand(part.permission, report.scope)
        _require_unanswered(report, part)
        report.set_answer(part, PartAnswer.RETURNED)
    _keep_returned(session, report, [section.key for section in returned], corrections, act)
    because = _act_of_return(returned, corrections, act)
    advance(session, report, REPORT, "send_back", because)
    _send_notice(session, report, _people_of_grantee(session, report), "sent_back", because)


def _act_of_return(returned: Sequence[Section], corrections: Mapping[str, str], act: Act) -> Act:
    """The act with all corrections as its reason, each with the name of its section."""
    lines = (
        f"{section.name}{spaced(':')}{corrections[section.key].strip()}" for section in returned
    )
    return replace(act, reason="\n".join(lines))


def _keep_returned(
    session: Session, report: Report, keys: Sequence[str], corrections: Mapping[str, str], act: Act
) -> None:
    session.add_all(
        ReturnedSection(
            report_id=report.id,
            times_sent=report.times_sent,
            section=key,
            correction=corrections[key].strip(),
            typed=typed_again(report, key),
            returned_at=act.at,
        )
        for key in keys
    )


def _require_unanswered(report: Report, part: ReportPart) -> None:
    """A part is accepted or returned once for each time that it is submitted."""
    if report.state not in ANSWERED:
        raise Conflict(
            _(
                "This is no longer possible: the status is now “%(state)s”. Reload the page.",
                state=REPORT.names[report.state].staff,
            )
        )
    answer = report.answer_to(part)
    if answer is not PartAnswer.NONE:
        raise Conflict(
            _(
                "%(part)s: the answer is already “%(answer)s”. Reload the page.",
                part=part.label,
                answer=answer.label,
            )
        )


def _readers_of(session: Session, report: Report) -> Sequence[Person]:
    """Those who answer what of the report is not answered yet."""
    people = {
        person.id: person
        for part in ReportPart
        if report.answer_to(part) is PartAnswer.NONE
        for person in people_of_fund(session, part.permission, report.award.fund_id)
    }
    return list(people.values())


def _lock_reports(session: Session, report: Report) -> None:
    """The reports of a grant change one after the other: their figures build on each other."""
    lock_award(session, report.award_id)
    session.refresh(report)


def _earlier_reports(session: Session, report: Report) -> list[Report]:
    return [r for r in reports_of(session, report.award_id) if r.number < report.number]


def _earlier_were_sent(session: Session, report: Report) -> None:
    if any(r.state in OPEN for r in _earlier_reports(session, report)):
        raise DomainError(
            _("Submit the earlier report first, because this one builds on its figures.")
        )


def _period_is_over(report: Report) -> None:
    if not report.may_be_submitted:
        raise DomainError(
            _(
                "This report covers the period to %(day)s. It can be submitted from that day.",
                day=plain_day(report.covers_to),
            )
        )


def _require_known_codes(content: Content) -> None:
    """A fault of the program, not of a person: pages offer the known codes only."""
    vocabularies: tuple[tuple[Mapping[str, Any], type[Term]], ...] = (
        (content.beneficiaries, Sex),
        (content.exploitation, Exploitation),
        (content.services, Service),
        *((counts, CIRCUMSTANCES[name]) for name, counts in content.circumstances.items()),
        ({b: 0 for bands in content.beneficiaries.values() for b in bands}, AgeBand),
    )
    for used, terms in vocabularies:
        if unknown := set(used) - {term.value for term in terms}:
            raise ValueError(f"unknown codes in a report: {sorted(unknown)}")


def _write_content(report: Report, content: Content) -> None:
    report.narrative, report.challenges = content.narrative, content.challenges
    report.answers = {
        section: {name: list(texts) for name, texts in typed.items()}
        for section, typed in content.answers.items()
    }
    report.explanation, report.explanations = content.explanation, dict(content.explanations)
    report.line_spending = {key: str(amount) for key, amount in content.lines.items()}
    report.exchange = content.exchange.as_json() if content.exchange else {}
    report.results = {number: dict(reached) for number, reached in content.results.items()}
    report.beneficiaries = {sex: dict(bands) for sex, bands in content.beneficiaries.items()}
    report.exploitation = dict(content.exploitation)
    report.services = dict(content.services)
    report.circumstances = {name: dict(counts) for name, counts in content.circumstances.items()}
    report.expenditure = {code: str(amount) for code, amount in content.expenditure.items()}
    report.people, report.spent_minor = content.people, content.spent.minor


def _people_of_grantee(session: Session, report: Report) -> Sequence[Any]:
    return people_of_organisation(session, report.award.organisation_id, Permission.REPORT_WRITE)


def _send_notice(
    session: Session, report: Report, people: Sequence[Any], what: str, act: Act
) -> None:
    """`version` tells apart the rounds of a report that goes back and forth."""
    tell(
        session,
        people,
        f"granting/reporting/{what}",
        act,
        event=f"report:{report.id}:{what}:{report.version}",
        **facts_of_grant(report.award, f"/reports/{report.number}"),
        number=report.number,
        kind=report.kind.label,
        reason=act.reason,
    )
