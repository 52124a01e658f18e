"""Pages of steps, asked for with a record from whose state the step does not begin."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from grants.applying.applications.models import Application, Clarification
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.models import Call
from grants.applying.calls.workflow import CallState
from grants.applying.organisations.verification.models import Verification
from grants.banking.accounts.models import AccountChange
from grants.banking.bank.models import BankLine
from grants.books.settings.models import SettingChange
from grants.books.settings.workflow import ChangeState
from grants.core.kernel import clock
from grants.core.kernel.workflow import Step, Workflow
from grants.core.people.models import Membership, Person
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.role_permissions import GRANTED
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.deciding.board.models import Advice
from grants.deciding.reviews.models import Review
from grants.deciding.sessions.models import BoardSession
from grants.deciding.sessions.workflow import SessionState
from grants.deciding.visits.models import Visit
from grants.desk.data_protection.models import ErasureRequest
from grants.desk.merging.models import OrganisationMerge
from grants.desk.retention.models import Purge
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.models import CardReturn
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.workflow import CampaignState
from grants.giving.outside.models import OutsideContribution
from grants.giving.pledges.dates.models import NewDate
from grants.giving.pledges.models import Pledge, PledgeChange
from grants.giving.pledges.proposals.models import EarmarkProposal
from grants.giving.pledges.signatures.models import AgreementSigning
from grants.giving.pledges.workflow import PledgeState
from grants.giving.receivables.models import AllowanceRun
from grants.granting.allegations.models import Allegation
from grants.granting.bank_details.models import BankDetails
from grants.granting.changes.models import GrantChange
from grants.granting.closure.models import AuditCertificate, ForcedClosing
from grants.granting.findings.models import Finding
from grants.granting.monitoring.models import Activity
from grants.granting.payment_runs.models import PaymentRun
from grants.granting.payments.models import Instalment
from grants.granting.preparing.models import Preparation
from grants.granting.recovery.models import RefundRequest
from grants.granting.reporting.models import Report
from grants.granting.set_offs.models import SetOff
from grants.granting.signing.models import Signing
from grants.integrity.diligence.models import DueDiligence
from grants.integrity.diligence.workflow import DiligenceState
from grants.integrity.holds.models import OrganisationHold
from grants.integrity.risk.models import Flag
from grants.integrity.sanctions.models import SanctionsHit
from grants.platform.staff.models import Appointment
from grants.platform.web.steps import all_workflows
from seeds.cast import STAFF
from tests.rules.demonstration import Demonstration, browser_of

By = Callable[[Any], dict[str, Any]]


def _reference(record: Any) -> dict[str, Any]:
    return {"reference": record.reference}


def _of_grant(record: Any) -> dict[str, Any]:
    return {"reference": record.award.reference, "number": record.number}


def _of_application(record: Any) -> dict[str, Any]:
    return {"reference": record.application.reference, "number": record.id}


def _an_instalment(line: Any) -> dict[str, Any]:
    """One that a debit could pay, if the line were open."""
    session = object_session(line)
    assert session is not None
    one = session.scalars(select(Instalment).order_by(Instalment.id).limit(1)).one()
    run = session.scalars(select(PaymentRun).order_by(PaymentRun.id).limit(1)).one()
    return {"grant": one.award.reference, "number": one.number, "run": run.reference}


RECORDS: Mapping[str, tuple[type[Any], By]] = {
    "application": (Application, _reference),
    "call": (Call, _reference),
    "clarification": (Clarification, _of_application),
    "erasure_request": (ErasureRequest, lambda r: {"number": r.id}),
    "purge": (Purge, lambda r: {"number": r.id}),
    "organisation_merge": (OrganisationMerge, lambda r: {"number": r.id}),
    "organisation_verification": (Verification, lambda r: {"code": r.organisation.code}),
    "visit": (Visit, _of_application),
    "account_change": (AccountChange, lambda r: {"number": r.id}),
    "bank_line": (BankLine, lambda r: {"line_id": r.id, **_an_instalment(r)}),
    "setting_change": (SettingChange, lambda r: {"number": r.id}),
    "award": (Award, _reference),
    "board_session": (BoardSession, _reference),
    "review": (Review, lambda r: {"reference": r.application.reference, "review_id": r.id}),
    "campaign": (Campaign, lambda r: {"code": r.code}),
    "earmark proposal": (
        EarmarkProposal,
        lambda r: {"number": r.id, "reference": r.pledge.reference},
    ),
    "agreement signing": (AgreementSigning, lambda r: {"number": r.id}),
    "new date": (NewDate, lambda r: {"request_id": r.id}),
    "outside_contribution": (OutsideContribution, _reference),
    "card_mandate": (CardMandate, lambda r: {"number": r.id}),
    "card_return": (CardReturn, lambda r: {"number": r.id}),
    "pledge": (Pledge, _reference),
    "pledge change": (PledgeChange, lambda r: {"change_id": r.id}),
    "allowance_run": (AllowanceRun, lambda r: {"number": r.id}),
    "bank_details": (BankDetails, lambda r: {"number": r.id}),
    "grant_change": (GrantChange, _of_grant),
    "preparation": (
        Preparation,
        lambda r: {"reference": r.award.reference, "part": r.part.value},
    ),
    "signing": (Signing, lambda r: {"reference": r.award.reference, "number": r.id}),
    "refund_request": (RefundRequest, _of_grant),
    "audit_certificate": (AuditCertificate, lambda r: {"reference": r.award.reference}),
    "allegation": (Allegation, _reference),
    "finding": (Finding, _reference),
    "monitoring": (Activity, _reference),
    "forced_closing": (ForcedClosing, lambda r: {"reference": r.award.reference}),
    "instalment": (Instalment, _of_grant),
    "set_off": (SetOff, _of_grant),
    "payment_run": (PaymentRun, _reference),
    "report": (Report, _of_grant),
    "due_diligence": (DueDiligence, lambda r: {"case_id": r.id}),
    "sanctions_hit": (SanctionsHit, lambda r: {"hit_id": r.id}),
    "flag": (Flag, lambda r: {"number": r.id}),
    "organisation_hold": (OrganisationHold, lambda r: {"number": r.id}),
    "appointment": (Appointment, lambda r: {"number": r.id}),
}
"""Subject of a workflow → its table, and the parts of the addresses of a record's pages."""


OTHERWISE = {
    "applications.clarification": "the page shows the open request of an application, if any",
    "builder.trials": "the page on which a test begins shows the form that ends it",
    "assigning.assign": "reviewers can be added while an application is under review, too",
    "reviews.show": "the page of a review shows the form of the state that the review is in",
}
"""Pages on which another form stands in other states."""


@dataclass
class Tried:
    """What was asked for: pages that showed a form all the same, and pages that were not tried."""

    offered: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    untried: set[str] = field(default_factory=set)


def try_impossible(demonstration: Demonstration) -> Tried:
    """Each page of a step, with one record in each state from which the step does not begin."""
    app, tried = demonstration.app(FlaskClient), Tried()
    for workflow in all_workflows():
        for step in workflow.steps:
            if step.page and step.page not in OTHERWISE and _shows(app, step):
                tried.untried.add(f"{step.page}/{step.action}")
                _try(demonstration, app, workflow, step, tried)
    tried.untried -= tried.asked
    return tried


def refused_pages(session: Session) -> Iterator[tuple[str, dict[str, Any], Role]]:
    """Pages of acts that are refused whatever is typed: (page, parts of its address, who asks)."""

    def one(query: Any) -> Any:
        found = session.scalars(query.order_by(None).limit(1)).first()
        assert found is not None, f"the demonstration holds nothing for {query}"
        return found

    opened = one(select(Call).where(Call.state == CallState.OPEN))
    yield "calls.edit", _reference(opened), Role.FUND_MANAGER
    yield "calls.close", _reference(opened), Role.FUND_MANAGER
    advised = select(Advice.application_id)
    waiting = select(Application).where(Application.id.not_in(advised))
    waiting = waiting.where(Application.state == ApplicationState.RECOMMENDED)
    yield "decisions.approve", _reference(one(waiting)), Role.APPROVING_OFFICER
    signed = one(select(Award).where(Award.state == AwardState.AGREED))
    yield "agreements.terms", _reference(signed), Role.FUND_MANAGER
    unsigned = one(select(Award).where(Award.state == AwardState.APPROVED))
    yield "payments.refund", _reference(unsigned), Role.FINANCE_OFFICER
    yield from _refused_of_donors(one)
    held = one(select(BoardSession).where(BoardSession.state == SessionState.SIGNED))
    yield "sessions.attendance", _reference(held), Role.FUND_MANAGER
    setting = one(select(SettingChange).where(SettingChange.state == ChangeState.PROPOSED))
    parts = {"code": setting.fund.code, "setting": setting.setting.value}
    yield "settings.propose", parts, Role.FINANCE_OFFICER
    parts = {"code": "UNVTF", "month": clock.today().strftime("%Y-%m")}
    yield "periods.reopen_month", parts, Role.FINANCE_OFFICER


def _refused_of_donors(
    one: Callable[[Any], Any],
) -> Iterator[tuple[str, dict[str, Any], Role]]:
    agreed = one(select(Pledge).where(Pledge.state == PledgeState.SIGNED, ~Pledge.conditional))
    for page in ("offer_agreement", "send_agreement_back", "meet_condition"):
        yield f"pledges.{page}", _reference(agreed), Role.FUND_MANAGER
    yield "donors.confirm_sender", {"code": agreed.donor.code}, Role.FUND_MANAGER
    closed = one(select(Campaign).where(Campaign.state == CampaignState.CLOSED))
    for page in ("outreach.change", "appeals.write"):
        yield page, {"code": closed.code}, Role.FUND_MANAGER
    undecided = one(select(DueDiligence).where(DueDiligence.state == DiligenceState.OPEN))
    yield "diligence.new", {"code": undecided.organisation.code}, Role.FUND_MANAGER
    cleared = one(select(DueDiligence).where(DueDiligence.state == DiligenceState.CLEARED))
    yield "diligence.attach", {"case_id": cleared.id}, Role.FUND_MANAGER


def try_refused(demonstration: Demonstration) -> list[str]:
    """The pages that show the form of their act although it would be refused."""
    app, offered = demonstration.app(FlaskClient), []
    email = {actor.role: actor.email for actor in STAFF}
    with demonstration.database.session() as session:
        pages = list(refused_pages(session))
    for page, parts, role in pages:
        with app.test_request_context():
            path = app.url_for(page, **parts)
        answer = browser_of(app, demonstration, email[role]).get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if _form_to(answer.text, path):
            offered.append(path)
    return offered


def _shows(app: Flask, step: Step) -> bool:
    return any("GET" in (rule.methods or ()) for rule in app.url_map.iter_rules(step.page))


def _try(
    demonstration: Demonstration, app: Flask, workflow: Workflow, step: Step, tried: Tried
) -> None:
    model, parts = RECORDS[workflow.subject]
    rule = next(app.url_map.iter_rules(step.page))
    with demonstration.database.session() as session:
        for record in _elsewhere(session, model, workflow, step):
            known = {**parts(record), "action": step.action}
            with app.test_request_context():
                path = app.url_for(step.page, **{name: known[name] for name in rule.arguments})
            answer = _answer(session, demonstration, app, record, step, path)
            if answer is None:
                continue
            tried.asked.add(f"{step.page}/{step.action}")
            if answer.status_code == 200 and _form_to(answer.text, path):
                tried.offered.append(f"{path} ({workflow.subject} is {record.state.value})")


def _elsewhere(session: Session, model: Any, workflow: Workflow, step: Step) -> Iterator[Any]:
    """One record in each state from which no step of this page begins."""
    begins = {
        state for other in workflow.steps if other.page == step.page for state in other.sources
    }
    if "action" in _arguments(step, workflow):
        begins = set(step.sources)
    for state in type(workflow.initial):
        if state in begins:
            continue
        query = select(model).where(model.state == state).order_by(model.id.desc()).limit(1)
        if (found := session.scalars(query).first()) is not None:
            yield found


def _arguments(step: Step, workflow: Workflow) -> set[str]:
    """Pages that several steps share by a part of their address."""
    pages = [other.page for other in workflow.steps if other.page == step.page]
    shared = {"outreach.step", "sanctions.decide"}
    return {"action"} if step.page in shared and len(pages) > 1 else set()


def _answer(
    session: Session,
    demonstration: Demonstration,
    app: Flask,
    record: Any,
    step: Step,
    path: str,
) -> Any:
    """The answer to the first person who gets through the door and sees the record."""
    for email in _people(session, record, step):
        answer = browser_of(app, demonstration, email).get(path)
        if answer.status_code not in {403, 404}:
            return answer
    return None


def _people(session: Session, record: Any, step: Step) -> list[str]:
    """The addresses of those who hold the permission for the record."""
    roles = [role for role, held in GRANTED.items() if step.permission in held]
    query = select(Person.email).join(Membership, Membership.person_id == Person.id)
    query = query.where(Membership.role.in_(roles), Membership.ended_at.is_(None))
    organisation = (record.scope or record).organisation_id if set(roles) & OUTSIDE else None
    if organisation:
        query = query.where(Membership.organisation_id == organisation)
    if isinstance(record, Review) and step.permission is Permission.REVIEW_WRITE:
        query = query.where(Person.id == record.reviewer_id)
    return sorted(set(session.scalars(query.limit(8))))


def _form_to(page: str, path: str) -> bool:
    """Is there a form on the page that posts to this address?"""
    forms = html.fromstring(page).xpath("//form[@method='post']")
    return any((form.get("action") or path) == path for form in forms)
