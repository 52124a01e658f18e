"""What waits for a person: one line for each kind of work, counted by the room it belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.agreements.queries import to_sign
from grants.amendments import queries as amendments
from grants.applications.models import Application
from grants.applications.queries import owned_by
from grants.applications.workflow import ApplicationState
from grants.awards.queries import to_approve, to_reject
from grants.bank.queries import count_open as lines_to_match
from grants.certificates.queries import funds_to_certify
from grants.contributions.queries import count_unidentified
from grants.diligence.queries import Clearance, count_in_state
from grants.diligence.workflow import DiligenceState
from grants.disbursements import queries as disbursements
from grants.donors.queries import count_standing
from grants.kernel import clock
from grants.kernel.language import ngettext as _n
from grants.moving.queries import to_confirm as imports_to_confirm
from grants.outreach.queries import steps_due
from grants.people.permissions import Permission
from grants.people.viewer import Viewer
from grants.pledges.queries import count_for_viewer
from grants.pledges.workflow import PledgeState
from grants.receivables.queries import to_approve as allowances_to_approve
from grants.recommendations.queries import to_advise, to_recommend
from grants.reconciliation.queries import to_sign_off
from grants.reporting import queries as reporting
from grants.reviews.queries import to_assign, to_declare, to_score
from grants.sanctions.queries import count_open, is_old, list_in_force
from grants.schedules.queries import to_answer
from grants.screening.queries import to_screen
from grants.settings.queries import to_approve as settings_to_approve

P = Permission


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of work: who does it, how much there is, in words, and on which page it is done."""

    permission: Permission
    count: Callable[[Session, Viewer], int]
    words: Callable[[int], str]
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False


def drafts(session: Session, viewer: Viewer) -> int:
    """Applications begun and not submitted, of the person's own organisations."""
    query = select(func.count()).select_from(Application)
    mine = query.where(owned_by(viewer), Application.state == ApplicationState.DRAFT)
    return session.scalar(mine) or 0


def payments(session: Session, viewer: Viewer) -> disbursements.Waiting:
    return disbursements.waiting(session, viewer, clock.today())


TASKS = (
    Task(
        P.REPORT_WRITE,
        lambda s, v: reporting.waiting(s, v).overdue,
        lambda n: _n("Report is overdue", "Reports are overdue", n),
        "agreements.mine",
        urgent=True,
    ),
    Task(
        P.APPLICATION_WRITE,
        drafts,
        lambda n: _n("Application to finish and submit", "Applications to finish and submit", n),
        "applications.mine",
    ),
    Task(
        P.INSTALMENT_CONFIRM,
        lambda s, v: payments(s, v).to_confirm,
        lambda n: _n("Payment to confirm", "Payments to confirm", n),
        "agreements.mine",
    ),
    Task(
        P.REPORT_WRITE,
        lambda s, v: reporting.waiting(s, v).to_write,
        lambda n: _n("Report to write", "Reports to write", n),
        "agreements.mine",
    ),
    Task(
        P.HISTORY_IMPORT,
        imports_to_confirm,
        lambda n: _n("Import of a history to confirm", "Imports of histories to confirm", n),
        "moving.index",
    ),
    Task(
        P.PLEDGE_ACKNOWLEDGE,
        lambda s, v: count_for_viewer(s, v, PledgeState.PLEDGED),
        lambda n: _n("New pledge to acknowledge", "New pledges to acknowledge", n),
        "pledges.index",
        {"state": "pledged"},
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        lambda s, _v: count_standing(s, Clearance.NOT_BEGUN),
        lambda n: _n("Donor to examine", "Donors to examine", n),
        "donors.index",
        {"clearance": "not_begun"},
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        lambda s, _v: count_standing(s, Clearance.EXPIRED),
        lambda n: _n("Donor to examine again", "Donors to examine again", n),
        "donors.index",
        {"clearance": "expired"},
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        lambda s, v: count_in_state(s, v, DiligenceState.OPEN),
        lambda n: _n("Examination of a donor to finish", "Examinations of donors to finish", n),
        "diligence.index",
        {"state": "open"},
    ),
    Task(
        P.DUE_DILIGENCE_DECIDE,
        lambda s, v: count_in_state(s, v, DiligenceState.RECOMMENDED),
        lambda n: _n("Donor to decide on", "Donors to decide on", n),
        "diligence.index",
        {"state": "recommended"},
    ),
    Task(
        P.SANCTIONS_RESOLVE,
        lambda s, _v: count_open(s),
        lambda n: _n(
            "Possible match with the sanctions list",
            "Possible matches with the sanctions list",
            n,
        ),
        "sanctions.matches",
        {"state": "open"},
        urgent=True,
    ),
    Task(
        P.SANCTIONS_IMPORT,
        lambda s, _v: int(is_old(list_in_force(s))),
        lambda n: _n("Newer sanctions list to take", "Newer sanctions lists to take", n),
        "sanctions.index",
        urgent=True,
    ),
    Task(
        P.PLEDGE_SIGN,
        lambda s, v: count_for_viewer(s, v, PledgeState.ACKNOWLEDGED),
        lambda n: _n("Pledge awaits its agreement", "Pledges await their agreements", n),
        "pledges.index",
        {"state": "acknowledged"},
    ),
    Task(
        P.OUTREACH_RECORD,
        lambda s, v: steps_due(s, v, late=True),
        lambda n: _n("Next step with a donor is late", "Next steps with donors are late", n),
        "outreach.contacts",
        {"steps": "mine"},
        urgent=True,
    ),
    Task(
        P.OUTREACH_RECORD,
        lambda s, v: steps_due(s, v, late=False),
        lambda n: _n("Next step with a donor this week", "Next steps with donors this week", n),
        "outreach.contacts",
        {"steps": "mine"},
    ),
    Task(
        P.PLEDGE_SCHEDULE,
        to_answer,
        lambda n: _n(
            "Donor asks for another day of payment", "Donors ask for other days of payment", n
        ),
        "schedules.index",
    ),
    Task(
        P.PLEDGE_APPROVE_CHANGE,
        amendments.to_approve,
        lambda n: _n("Change of a pledge to decide on", "Changes of pledges to decide on", n),
        "amendments.index",
    ),
    Task(
        P.CONTRIBUTION_RECORD,
        count_unidentified,
        lambda n: _n("Payment from an unknown sender", "Payments from unknown senders", n),
        "contributions.index",
        {"unidentified": "yes"},
    ),
    Task(
        P.RECEIVABLE_APPROVE,
        allowances_to_approve,
        lambda n: _n("Allowance to approve", "Allowances to approve", n),
        "receivables.allowances",
    ),
    Task(
        P.STATEMENT_CERTIFY,
        funds_to_certify,
        lambda n: _n(
            "Fund whose statements of last year are to be certified",
            "Funds whose statements of last year are to be certified",
            n,
        ),
        "assurance.index",
    ),
    Task(
        P.BANK_MATCH,
        lines_to_match,
        lambda n: _n("Line of the bank to match", "Lines of the bank to match", n),
        "bank.index",
        {"state": "unmatched"},
    ),
    Task(
        P.BANK_SIGN_OFF,
        to_sign_off,
        lambda n: _n("Bank reconciliation to sign", "Bank reconciliations to sign", n),
        "reconciliation.index",
    ),
    Task(
        P.SETTING_APPROVE,
        settings_to_approve,
        lambda n: _n("Change of a setting to approve", "Changes of settings to approve", n),
        "settings.waiting",
    ),
    Task(
        P.SCREENING_DECIDE,
        to_screen,
        lambda n: _n("Application to screen", "Applications to screen", n),
        "screening.index",
    ),
    Task(
        P.REVIEW_ASSIGN,
        to_assign,
        lambda n: _n("Application needs reviewers", "Applications need reviewers", n),
        "assigning.queue",
    ),
    Task(
        P.REVIEW_WRITE,
        to_declare,
        lambda n: _n(
            "Review awaits your declaration of interests",
            "Reviews await your declaration of interests",
            n,
        ),
        "reviews.index",
    ),
    Task(
        P.REVIEW_WRITE,
        to_score,
        lambda n: _n("Application to score", "Applications to score", n),
        "reviews.index",
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_recommend,
        lambda n: _n("Application to recommend or not", "Applications to recommend or not", n),
        "decisions.index",
    ),
    Task(
        P.AWARD_ADVISE,
        to_advise,
        lambda n: _n(
            "Recommendation awaits the Board's advice",
            "Recommendations await the Board's advice",
            n,
        ),
        "decisions.index",
    ),
    Task(
        P.AWARD_APPROVE,
        to_approve,
        lambda n: _n("Award to approve", "Awards to approve", n),
        "decisions.index",
    ),
    Task(
        P.AWARD_APPROVE,
        to_reject,
        lambda n: _n("Application to decide against", "Applications to decide against", n),
        "decisions.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        to_sign,
        lambda n: _n("Grant agreement to sign", "Grant agreements to sign", n),
        "awards.index",
        {"state": "approved"},
    ),
    Task(
        P.INSTALMENT_CERTIFY,
        lambda s, v: payments(s, v).to_certify,
        lambda n: _n("Instalment to certify", "Instalments to certify", n),
        "disbursements.index",
    ),
    Task(
        P.INSTALMENT_RELEASE,
        lambda s, v: payments(s, v).to_release,
        lambda n: _n("Payment to release", "Payments to release", n),
        "disbursements.index",
    ),
    Task(
        P.REPORT_ACCEPT,
        lambda s, v: reporting.waiting(s, v).to_read,
        lambda n: _n("Report to read", "Reports to read", n),
        "reporting.index",
    ),
    Task(
        P.REPORT_ACCEPT,
        lambda s, v: reporting.waiting(s, v).late_with_us,
        lambda n: _n("Report of a grantee is late", "Reports of grantees are late", n),
        "reporting.index",
        urgent=True,
    ),
)
"""Every kind of work, along the way of an application and of a contribution."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work of one kind that waits for somebody."""

    task: Task
    count: int

    @property
    def text(self) -> str:
        return self.task.words(self.count)


def waiting_for(session: Session, viewer: Viewer) -> list[Waiting]:
    """Everything that waits for this person, what is late first."""
    held = [task for task in TASKS if viewer.may(task.permission)]
    counted = [Waiting(task, task.count(session, viewer)) for task in held]
    return sorted((line for line in counted if line.count), key=lambda line: not line.task.urgent)
