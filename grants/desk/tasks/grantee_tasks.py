"""What applicants and grantees have to do: from the draft of an application to the last report."""

from sqlalchemy import Select, func, select

from grants.applying.applications.models import Application
from grants.applying.applications.queries import clarifications_to_answer, owned_by
from grants.applying.calls.queries import taking_at
from grants.applying.organisations.papers.queries import to_renew_count as papers_to_renew
from grants.applying.organisations.verification import queries as verification
from grants.applying.submissions.signing_off import to_sign_count
from grants.core.database.moments import NOW
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.desk.tasks import kinds
from grants.desk.tasks.cases import CODED, NUMBERED, Case, by_number
from grants.desk.tasks.task import Task
from grants.desk.tasks.verbs import Verb
from grants.granting.agreements import with_fund
from grants.granting.bank_details.lasting import letters_to_renew
from grants.granting.changes import queries as changes
from grants.granting.closure import queries as closure
from grants.granting.findings import queries as findings
from grants.granting.monitoring import queries as monitoring
from grants.granting.payments import queries as payments
from grants.granting.payments import todo as disbursements
from grants.granting.preparing import queries as preparing
from grants.granting.recovery import queries as recovery
from grants.granting.reporting import queries as reporting
from grants.granting.signing import queries as signing

P = Permission


def drafts(viewer: Viewer) -> Select[int]:
    """Applications begun that can still be submitted, of the person's own organisations."""
    query = select(func.count()).select_from(Application).join(Application.call)
    return query.where(owned_by(viewer), Application.is_draft, taking_at(NOW))


OF_GRANTEES = (
    Task(
        P.REPORT_WRITE,
        reporting.overdue,
        lambda n: _n("Report is overdue", "Reports are overdue", n),
        "agreements.mine",
        urgent=True,
        case=Case(kinds.REPORT_DUE, "reporting.show", NUMBERED),
        verb=Verb.WRITE,
    ),
    Task(
        P.APPLICATION_SIGN,
        signing.to_sign_for_grantee,
        lambda n: _n("Document to sign for a grant", "Documents to sign for grants", n),
        "agreements.mine",
        case=Case(kinds.TO_SIGN, "signing.show", NUMBERED),
        verb=Verb.SIGN,
    ),
    Task(
        P.GRANT_CHANGE_REQUEST,
        preparing.to_accept,
        lambda n: _n(
            "Congratulations: a grant is awarded to you. Please accept it",
            "Congratulations: grants are awarded to you. Please accept them",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.AWARD, "preparing.acceptance"),
        verb=Verb.ACCEPT,
    ),
    Task(
        P.REPORT_WRITE,
        preparing.to_prepare,
        lambda n: _n(
            "Grant agreement to prepare: budget or finances",
            "Grant agreements to prepare: budget or finances",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.AWARD, "agreements.before"),
        verb=Verb.PREPARE,
    ),
    Task(
        P.REPORT_WRITE,
        recovery.to_refund,
        lambda n: _n("Refund to make to the fund", "Refunds to make to the fund", n),
        "agreements.mine",
        urgent=True,
        case=Case(kinds.REFUND, "recovery.show", NUMBERED),
        verb=Verb.REFUND,
    ),
    Task(
        P.REPORT_WRITE,
        closure.statements_to_write,
        lambda n: _n(
            "Assets and lessons of a grant to state", "Assets and lessons of grants to state", n
        ),
        "agreements.mine",
        case=Case(kinds.ENDED, "closure.state"),
        verb=Verb.WRITE,
    ),
    Task(
        P.REPORT_WRITE,
        closure.certificates_to_submit,
        lambda n: _n("Certificate of audit to submit", "Certificates of audit to submit", n),
        "agreements.mine",
        case=Case(kinds.ENDED, "closure.submit_certificate"),
        verb=Verb.SUBMIT,
    ),
    Task(
        P.GRANT_CHANGE_REQUEST,
        changes.to_correct,
        lambda n: _n(
            "Request for a change to a grant to correct",
            "Requests for changes to grants to correct",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.CORRECT,
    ),
    Task(
        P.PAYEE_REQUEST,
        payments.accounts_to_give,
        lambda n: _n("Bank details to give", "Bank details to give", n),
        "agreements.mine",
        case=Case(kinds.AWARD, "bank_details.of_grant"),
        verb=Verb.GIVE,
    ),
    Task(
        P.PAYEE_REQUEST,
        letters_to_renew,
        lambda n: _n("Letter from your bank to renew", "Letters from your banks to renew", n),
        "agreements.mine",
    ),
    Task(
        P.PAYEE_REQUEST,
        disbursements.accounts_to_correct,
        lambda n: _n(
            "Payment refused: bank details to correct",
            "Payments refused: bank details to correct",
            n,
        ),
        "agreements.mine",
        urgent=True,
        case=Case(kinds.REFUSED, "bank_details.of_grant"),
        verb=Verb.CORRECT,
    ),
    Task(
        P.APPLICATION_WRITE,
        drafts,
        lambda n: _n("Application to finish and submit", "Applications to finish and submit", n),
        "applications.mine",
        case=Case(kinds.DRAFT, "applications.standing"),
        verb=Verb.FINISH,
    ),
    Task(
        P.INSTALMENT_CONFIRM,
        disbursements.to_confirm,
        lambda n: _n("Payment to confirm", "Payments to confirm", n),
        "agreements.mine",
        case=Case(kinds.TO_CONFIRM, "payments.show", NUMBERED),
        verb=Verb.CONFIRM,
    ),
    Task(
        P.APPLICATION_SIGN,
        to_sign_count,
        lambda n: _n("Application to sign off", "Applications to sign off", n),
        "applications.to_sign",
    ),
    Task(
        P.APPLICATION_WRITE,
        papers_to_renew,
        lambda n: _n(
            "Document of your organisation to renew", "Documents of your organisation to renew", n
        ),
        "organisations.papers_to_renew",
    ),
    Task(
        P.REPORT_WRITE,
        reporting.to_write,
        lambda n: _n("Report to write", "Reports to write", n),
        "agreements.mine",
        case=Case(kinds.REPORT_DUE, "reporting.show", NUMBERED),
        verb=Verb.WRITE,
    ),
    Task(
        P.REPORT_WRITE,
        reporting.to_correct,
        lambda n: _n("Returned report to correct", "Returned reports to correct", n),
        "agreements.mine",
        case=Case(kinds.REPORT_DUE, "reporting.show", NUMBERED),
        verb=Verb.CORRECT,
    ),
    Task(
        P.APPLICATION_READ,
        findings.to_answer,
        lambda n: _n("Finding on a grant to answer", "Findings on grants to answer", n),
        "findings.own",
        case=Case(kinds.FINDING, "findings.show"),
        verb=Verb.ANSWER,
    ),
    Task(
        P.APPLICATION_READ,
        findings.to_refund,
        lambda n: _n("Ineligible amount to refund", "Ineligible amounts to refund", n),
        "findings.own",
        urgent=True,
        case=Case(kinds.FINDING, "findings.show"),
        verb=Verb.REFUND,
    ),
    Task(
        P.APPLICATION_READ,
        monitoring.announced_to,
        lambda n: _n(
            "Visit or audit by the fund to prepare for",
            "Visits or audits by the fund to prepare for",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.ANNOUNCED, "monitoring.show"),
    ),
    Task(
        P.REPORT_WRITE,
        closure.refunds_to_make,
        lambda n: _n("Unspent grant money to refund", "Unspent grant money to refund", n),
        "agreements.mine",
        case=Case(kinds.ENDED, "closure.show"),
    ),
    Task(
        P.APPLICATION_WRITE,
        clarifications_to_answer,
        lambda n: _n("Question from the fund to answer", "Questions from the fund to answer", n),
        "applications.mine",
        case=Case(kinds.QUESTION, "applications.clarification"),
        verb=Verb.ANSWER,
    ),
    Task(
        P.APPLICATION_SUBMIT,
        verification.returned_count,
        lambda n: _n(
            "Verification of your organisation to complete",
            "Verifications of your organisations to complete",
            n,
        ),
        "organisations.index",
    ),
    Task(
        P.APPLICATION_READ,
        verification.with_fund_count,
        lambda n: _n(
            "With the fund: verification of your organisation",
            "With the fund: verifications of your organisations",
            n,
        ),
        "organisations.index",
        case=Case(kinds.VERIFICATION, "organisations.show", CODED),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.reports,
        lambda n: _n(
            "With the fund: report being checked", "With the fund: reports being checked", n
        ),
        "agreements.mine",
        case=Case(kinds.REPORT, "reporting.show", NUMBERED),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.preparations,
        lambda n: _n(
            "With the fund: budget or finance questionnaire being checked",
            "With the fund: budgets and finance questionnaires being checked",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.PREPARATION, "agreements.before"),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        preparing.starts_with_fund,
        lambda n: _n(
            "With the fund: another start of a grant asked for",
            "With the fund: other starts of grants asked for",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.AWARD_REPLY, "preparing.acceptance"),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.documents,
        lambda n: _n(
            "With the fund: document being cleared or signed",
            "With the fund: documents being cleared or signed",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.SIGNING, "agreements.show"),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.changes,
        lambda n: _n(
            "With the fund: change to a grant being decided or drawn up",
            "With the fund: changes to grants being decided or drawn up",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.findings,
        lambda n: _n(
            "With the fund: answer to a finding being checked",
            "With the fund: answers to findings being checked",
            n,
        ),
        "findings.own",
        case=Case(kinds.ANSWERED, "findings.show"),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        with_fund.certificates,
        lambda n: _n(
            "With the fund: certificate of audit being checked",
            "With the fund: certificates of audit being checked",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.CERTIFICATE, "closure.show"),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        disbursements.receipts_with_fund,
        lambda n: _n(
            "With the fund: payment that did not arrive in full",
            "With the fund: payments that did not arrive in full",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.PAID, "payments.show", NUMBERED),
        others=True,
    ),
    Task(
        P.APPLICATION_READ,
        recovery.with_fund,
        lambda n: _n(
            "With the fund: refund reported as paid, or asked about",
            "With the fund: refunds reported as paid, or asked about",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.REFUND_REPLY, "recovery.show", NUMBERED),
        others=True,
    ),
    Task(
        P.REPORT_WRITE,
        with_fund.accounts,
        lambda n: _n(
            "With the fund: bank details being checked",
            "With the fund: bank details being checked",
            n,
        ),
        "agreements.mine",
        case=Case(kinds.DETAILS, "bank_details.show", by_number("number")),
        others=True,
    ),
)
"""What waits for those who apply and for those who were given a grant; and what waits for the fund.
"""
