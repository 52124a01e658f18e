"""Noting a finding, answering it, and closing it: never by the person who answered."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import advance, begin, record, require
from grants.core.database.numbering import next_number
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.core.people.permissions import Permission
from grants.core.people.viewer import keep_apart
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.granting.findings.letters import closers_of, inform, inform_owner
from grants.granting.findings.models import Finding, FindingAnswer, FindingFile, Source
from grants.granting.findings.queries import owners_of
from grants.granting.findings.workflow import FINDING, TO_ANSWER, UNFINISHED, Severity
from grants.granting.reporting.models import Report
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload


@dataclass(frozen=True, slots=True)
class Observation:
    """What is noted: from what, how bad, who answers by when."""

    text: str
    severity: Severity
    owner: Person
    due_on: date
    source: Source = Source.OTHER
    report: Report | None = None
    ineligible: Money = Money(0, "USD")  # noqa: RUF009 - a value that never changes


def note(session: Session, award: Award, observation: Observation, act: Act) -> Finding:
    """Enter a finding on a signed grant. Its owner is told.

    DomainError where a part of it cannot be; Conflict while the grant is not signed.
    """
    act.demand(Permission.FINDING_NOTE, award.scope)
    keep_apart(act.actor, award.organisation_id)
    if award.state not in SIGNED:
        raise Conflict(_("A finding can be noted once the grant agreement is signed."))
    _require_sound(award, observation)
    owner, by_grantee = _owner_of(session, award, observation.owner)
    day = award.fund.today()
    number = next_number(session, f"finding/{award.fund.code}/{day.year}")
    finding = Finding(
        reference=f"{award.fund.code}-F-{day.year}-{number:03}",
        award=award,
        source=observation.source,
        report=observation.report,
        observation=observation.text.strip(),
        severity=observation.severity,
        ineligible_minor=observation.ineligible.minor,
        owner=owner,
        by_grantee=by_grantee,
        due_on=observation.due_on,
        noted_at=act.at,
    )
    facts = {"grant": award.reference, "severity": observation.severity.value}
    begin(session, finding, FINDING, act, owner=owner.name, **facts)
    inform_owner(session, finding, "noted", act)
    return finding


def _require_sound(award: Award, observation: Observation) -> None:
    if not observation.text.strip():
        raise DomainError(_("Say what you observed."))
    if not 0 <= observation.ineligible.minor <= award.amount_minor:
        raise DomainError(_("The ineligible amount cannot exceed the award."))
    report = observation.report
    if (observation.source is Source.REPORT) != (report is not None):
        raise DomainError(_("Choose the report that the finding comes from."))
    if report is not None and report.award_id != award.id:
        raise DomainError(_("Choose a report of this grant."))
    _require_ahead(award, observation.due_on)


def _require_ahead(award: Award, due_on: date) -> None:
    if due_on < award.fund.today():
        raise DomainError(_("Enter a due date of today or later."))


def _owner_of(session: Session, award: Award, owner: Person) -> tuple[Person, bool]:
    """The owner, and whether they act for the grantee."""
    grantee, fund = owners_of(session, award)
    for people, by_grantee in ((grantee, True), (fund, False)):
        if owner.id in {person.id for person in people}:
            return owner, by_grantee
    raise DomainError(
        _("%(name)s cannot answer findings on this grant. Choose another person.", name=owner.name)
    )


def hand_over(session: Session, finding: Finding, owner: Person, due_on: date, act: Act) -> None:
    """Give a finding to another owner, or until another day; with the reason."""
    lock_finding(session, finding)
    act.demand(Permission.FINDING_CLOSE, finding.scope)
    keep_apart(act.actor, finding.award.organisation_id)
    require_answerable(finding)
    if not (act.reason or "").strip():
        raise DomainError(_("Enter a reason. It will be kept on record."))
    _require_ahead(finding.award, due_on)
    finding.owner, finding.by_grantee = _owner_of(session, finding.award, owner)
    finding.due_on, finding.escalated_on = due_on, None
    record(session, finding, "hand_over", act, owner=owner.name, due_on=due_on.isoformat())
    inform_owner(session, finding, "noted", act)


def require_answerable(finding: Finding) -> None:
    """Conflict unless the finding waits for its owner."""
    if finding.state not in TO_ANSWER:
        state = FINDING.names[finding.state].staff
        raise Conflict(_("This cannot be done now: the status is “%(state)s”.", state=state))


def answer(
    session: Session, finding: Finding, text: str, act: Act, upload: Upload | None = None
) -> None:
    """The owner says what was done about it, with a file where there is one."""
    lock_finding(session, finding)
    require(session, finding, FINDING, "answer", act)
    require_owner(finding, act)
    if not text.strip():
        raise DomainError(_("Say what was done about the finding."))
    session.add(
        FindingAnswer(
            finding_id=finding.id,
            text=text.strip(),
            person_id=act.actor.person_id,
            answered_at=act.at,
        )
    )
    if upload is not None:
        _keep_file(session, finding, upload, act)
    advance(session, finding, FINDING, "answer", act)
    inform(session, finding, closers_of(session, finding), "answered", act)
    session.refresh(finding, ["answers", "files"])


def require_owner(finding: Finding, act: Act) -> None:
    """Forbidden to all but the owner, and their colleagues where the grantee answers."""
    if finding.by_grantee:
        is_owner = finding.award.organisation_id in act.actor.organisation_ids
    else:
        is_owner = act.actor.person_id == finding.owner_id
    if not is_owner:
        raise Forbidden(_("Only %(name)s can answer this finding.", name=finding.owner.name))


def add_file(session: Session, finding: Finding, upload: Upload, act: Act) -> None:
    """The owner adds a file, until the finding is closed."""
    lock_finding(session, finding)
    act.demand(Permission.FINDING_ANSWER, finding.scope)
    require_owner(finding, act)
    if finding.state not in UNFINISHED:
        raise Conflict(_("The finding is closed. No file can be added."))
    file = _keep_file(session, finding, upload, act)
    record(session, finding, "add_file", act, file=file.document.name)
    session.refresh(finding, ["files"])


def _keep_file(session: Session, finding: Finding, upload: Upload, act: Act) -> FindingFile:
    whose = finding.award.organisation_id if finding.by_grantee else None
    document = keep(session, upload, act, organisation_id=whose)
    file = FindingFile(finding_id=finding.id, document=document)
    session.add(file)
    session.flush()
    return file


def send_back(session: Session, finding: Finding, act: Act) -> None:
    """The answer is not enough; the reason says what is missing."""
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    advance(session, finding, FINDING, "send_back", act)
    inform_owner(session, finding, "sent_back", act)


def close(session: Session, finding: Finding, conclusion: str, act: Act) -> None:
    """The answer is enough. An amount that seemed ineligible is not asked for: the conclusion says
    why.
    """
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    conclude(session, finding, "close", conclusion, act)
    inform_owner(session, finding, "closed", act)


def conclude(
    session: Session, finding: Finding, action: str, conclusion: str, act: Act, claimed: int = 0
) -> None:
    """Take a step that ends the examination, with what the fund concludes and claims (cents)."""
    require(session, finding, FINDING, action, act)
    if not conclusion.strip():
        raise DomainError(_("Enter your conclusion."))
    finding.conclusion, finding.claimed_minor = conclusion.strip(), claimed
    advance(session, finding, FINDING, action, act)


def withdraw(session: Session, finding: Finding, act: Act) -> None:
    """Withdraw a finding that was noted by mistake: another person than the one who noted it."""
    lock_finding(session, finding)
    keep_apart(act.actor, finding.award.organisation_id)
    advance(session, finding, FINDING, "withdraw", act)
    inform_owner(session, finding, "withdrawn", act)


def lock_finding(session: Session, finding: Finding) -> None:
    """Of two people who act at once the second waits, and sees what the first has done."""
    session.refresh(finding, with_for_update={"of": Finding})
