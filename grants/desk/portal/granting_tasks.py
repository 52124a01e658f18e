"""What the way of an application asks of people: from its draft to the last report."""

from sqlalchemy import Select, func, select

from grants.applying.applications.models import Application
from grants.applying.applications.queries import clarifications_to_answer, owned_by
from grants.applying.applications.workflow import ApplicationState
from grants.applying.calls.queries import taking_at, to_close
from grants.applying.calls.ready import to_open
from grants.applying.organisations.papers.queries import to_renew_count as papers_to_renew
from grants.applying.organisations.verification.queries import pending_count as to_verify_count
from grants.applying.organisations.verification.queries import returned_count, suspended_count
from grants.applying.public_questions import queries as public_questions
from grants.applying.submissions.signing_off import to_sign_count
from grants.core.database.moments import NOW
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.deciding.awards.announcing import to_publish_count
from grants.deciding.awards.queries import to_approve, to_reject
from grants.deciding.awards.reserve import to_confirm, to_promote
from grants.deciding.board.queries import to_advise, to_invite, to_recommend
from grants.deciding.decision_lists.queries import to_sign_count as lists_to_sign
from grants.deciding.feedback.queries import to_write_count
from grants.deciding.interests import queries as interests
from grants.deciding.reviews.queries import to_assign, to_declare, to_score
from grants.deciding.screening.queries import to_screen
from grants.deciding.sessions import queries as sessions
from grants.deciding.visits.queries import to_visit
from grants.desk.data_protection.queries import to_decide_count as erasures_to_decide
from grants.desk.merging.queries import to_confirm_count as mergers_to_confirm
from grants.desk.portal.task import Task
from grants.granting.agreements.to_sign import to_send
from grants.granting.allegations import queries as allegations
from grants.granting.bank_details import queries as payees
from grants.granting.changes import queries as changes
from grants.granting.closure import queries as closure
from grants.granting.findings import queries as findings
from grants.granting.monitoring import queries as monitoring
from grants.granting.payment_runs import queries as payment_runs
from grants.granting.payments import queries as payments
from grants.granting.payments import todo as disbursements
from grants.granting.preparing import queries as preparing
from grants.granting.recovery import queries as recovery
from grants.granting.reporting import queries as reporting
from grants.granting.results import queries as results
from grants.granting.signing import queries as signing

P = Permission


def drafts(viewer: Viewer) -> Select[int]:
    """Applications begun that can still be submitted, of the person's own organisations."""
    query = select(func.count()).select_from(Application).join(Application.call)
    return query.where(
        owned_by(viewer), Application.state == ApplicationState.DRAFT, taking_at(NOW)
    )


OF_GRANTEES = (
    Task(
        P.REPORT_WRITE,
        reporting.overdue,
        lambda n: _n("Report is overdue", "Reports are overdue", n),
        "agreements.mine",
        urgent=True,
    ),
    Task(
        P.APPLICATION_SIGN,
        signing.to_sign_for_grantee,
        lambda n: _n("Document to sign for a grant", "Documents to sign for grants", n),
        "agreements.mine",
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
    ),
    Task(
        P.REPORT_WRITE,
        recovery.to_refund,
        lambda n: _n("Refund to make to the fund", "Refunds to make to the fund", n),
        "agreements.mine",
        urgent=True,
    ),
    Task(
        P.REPORT_WRITE,
        closure.statements_to_write,
        lambda n: _n(
            "Assets and lessons of a grant to state", "Assets and lessons of grants to state", n
        ),
        "agreements.mine",
    ),
    Task(
        P.REPORT_WRITE,
        closure.certificates_to_submit,
        lambda n: _n("Certificate of audit to submit", "Certificates of audit to submit", n),
        "agreements.mine",
    ),
    Task(
        P.APPLICATION_SIGN,
        changes.to_sign,
        lambda n: _n("Amendment to sign and return", "Amendments to sign and return", n),
        "agreements.mine",
    ),
    Task(
        P.GRANT_CHANGE_REQUEST,
        changes.to_correct,
        lambda n: _n(
            "Request for a change of a grant to correct",
            "Requests for changes of grants to correct",
            n,
        ),
        "agreements.mine",
    ),
    Task(
        P.PAYEE_REQUEST,
        payments.accounts_to_give,
        lambda n: _n("Bank details to give", "Bank details to give", n),
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
    ),
    Task(
        P.APPLICATION_WRITE,
        drafts,
        lambda n: _n("Application to finish and submit", "Applications to finish and submit", n),
        "applications.mine",
    ),
    Task(
        P.INSTALMENT_CONFIRM,
        disbursements.to_confirm,
        lambda n: _n("Payment to confirm", "Payments to confirm", n),
        "agreements.mine",
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
    ),
    Task(
        P.REPORT_WRITE,
        reporting.to_correct,
        lambda n: _n("Returned report to correct", "Returned reports to correct", n),
        "agreements.mine",
    ),
    Task(
        P.APPLICATION_READ,
        findings.to_answer,
        lambda n: _n("Finding on a grant to answer", "Findings on grants to answer", n),
        "findings.own",
    ),
    Task(
        P.APPLICATION_READ,
        findings.to_refund,
        lambda n: _n("Ineligible amount to refund", "Ineligible amounts to refund", n),
        "findings.own",
        urgent=True,
    ),
    Task(
        P.APPLICATION_READ,
        monitoring.announced_to,
        lambda n: _n(
            "Visit or audit of the fund to expect", "Visits or audits of the fund to expect", n
        ),
        "agreements.mine",
    ),
    Task(
        P.REPORT_WRITE,
        closure.refunds_to_make,
        lambda n: _n("Unspent grant money to refund", "Unspent grant money to refund", n),
        "agreements.mine",
    ),
    Task(
        P.APPLICATION_WRITE,
        clarifications_to_answer,
        lambda n: _n("Question of the fund to answer", "Questions of the fund to answer", n),
        "applications.mine",
    ),
    Task(
        P.APPLICATION_SUBMIT,
        returned_count,
        lambda n: _n(
            "Verification of your organisation to complete",
            "Verifications of your organisations to complete",
            n,
        ),
        "organisations.index",
    ),
)
"""What waits for those who apply and for those who were given a grant."""

OF_THE_FUND = (
    Task(
        P.CALL_EDIT,
        public_questions.to_answer,
        lambda n: _n("Question about a call to answer", "Questions about calls to answer", n),
        "public_questions.waiting",
    ),
    Task(
        P.CALL_OPEN,
        to_open,
        lambda n: _n("Call ready to be opened", "Calls ready to be opened", n),
        "calls.manage",
    ),
    Task(
        P.CALL_OPEN,
        to_close,
        lambda n: _n("Call past its deadline to close", "Calls past their deadlines to close", n),
        "calls.manage",
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
        lambda n: _n("Application needing reviewers", "Applications needing reviewers", n),
        "assigning.queue",
    ),
    Task(
        P.REVIEW_WRITE,
        to_declare,
        lambda n: _n(
            "Review awaiting your declaration of interests",
            "Reviews awaiting your declaration of interests",
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
        P.SCREENING_DECIDE,
        to_visit,
        lambda n: _n("Interview or site visit to hold", "Interviews or site visits to hold", n),
        "visits.queue",
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_recommend,
        lambda n: _n("Application to recommend or not", "Applications to recommend or not", n),
        "decisions.index",
        {"stage": "recommend"},
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_invite,
        lambda n: _n("Concept note to decide on", "Concept notes to decide on", n),
        "decisions.index",
        {"stage": "invite"},
    ),
    Task(
        P.REVIEW_ASSIGN,
        to_write_count,
        lambda n: _n("Feedback to an applicant to write", "Feedback to applicants to write", n),
        "feedback.index",
    ),
    Task(
        P.AWARD_RECOMMEND,
        to_promote,
        lambda n: _n(
            "Application on the reserve list can be funded now",
            "Applications on the reserve list can be funded now",
            n,
        ),
        "decisions.index",
        {"stage": "promote"},
    ),
    Task(
        P.AWARD_ADVISE,
        to_advise,
        lambda n: _n(
            "Recommendation awaiting the Board’s advice",
            "Recommendations awaiting the Board’s advice",
            n,
        ),
        "decisions.index",
        {"stage": "advise"},
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_invite,
        lambda n: _n("Session of the Board to invite to", "Sessions of the Board to invite to", n),
        "sessions.index",
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_hold,
        lambda n: _n(
            "Session of the Board to open or close", "Sessions of the Board to open or close", n
        ),
        "sessions.index",
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.unanswered,
        lambda n: _n(
            "Trustee who has not answered before the session",
            "Trustees who have not answered before the session",
            n,
        ),
        "sessions.index",
    ),
    Task(
        P.AWARD_ADVISE,
        sessions.to_sign,
        lambda n: _n("Minutes of the Board to sign", "Minutes of the Board to sign", n),
        "sessions.index",
    ),
    Task(
        P.AWARD_ADVISE,
        lists_to_sign,
        lambda n: _n(
            "List of decisions awaiting its signed copy",
            "Lists of decisions awaiting their signed copies",
            n,
        ),
        "decision_lists.to_sign",
    ),
    Task(
        P.BOARD_SIT,
        interests.to_declare,
        lambda n: _n(
            "Application awaiting your declaration of interests",
            "Applications awaiting your declaration of interests",
            n,
        ),
        "dossiers.index",
    ),
    Task(
        P.BOARD_SIT,
        sessions.to_answer,
        lambda n: _n(
            "Recommendation to read and give your opinion on",
            "Recommendations to read and give your opinion on",
            n,
        ),
        "dossiers.index",
    ),
    Task(
        P.BOARD_SIT,
        sessions.to_attend,
        lambda n: _n(
            "Session of the Board to come or open", "Sessions of the Board to come or open", n
        ),
        "sessions.index",
    ),
    Task(
        P.AWARD_APPROVE,
        to_approve,
        lambda n: _n("Award to approve", "Awards to approve", n),
        "decisions.index",
        {"stage": "approve"},
    ),
    Task(
        P.AWARD_APPROVE,
        to_reject,
        lambda n: _n("Application to reject", "Applications to reject", n),
        "decisions.index",
        {"stage": "reject"},
    ),
    Task(
        P.AWARD_APPROVE,
        to_confirm,
        lambda n: _n(
            "Place on the reserve list to confirm", "Places on the reserve list to confirm", n
        ),
        "decisions.index",
        {"stage": "confirm"},
    ),
    Task(
        P.CALL_OPEN,
        to_publish_count,
        lambda n: _n("Call with results to publish", "Calls with results to publish", n),
        "publishing.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        to_send,
        lambda n: _n(
            "Grant agreement to send for signature", "Grant agreements to send for signature", n
        ),
        "awards.index",
        {"state": "approved"},
    ),
    Task(
        P.REPORT_ACCEPT,
        preparing.to_check,
        lambda n: _n(
            "Revised budget or finance questionnaire to check",
            "Revised budgets and finance questionnaires to check",
            n,
        ),
        "preparing.index",
    ),
    Task(
        P.AGREEMENT_CLEAR,
        signing.to_clear,
        lambda n: _n("Document to give legal clearance", "Documents to give legal clearance", n),
        "signing.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        signing.to_sign_for_fund,
        lambda n: _n("Document to sign for the fund", "Documents to sign for the fund", n),
        "signing.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        signing.with_grantees,
        lambda n: _n(
            "Document awaiting its organisation’s signature",
            "Documents awaiting their organisations’ signatures",
            n,
        ),
        "signing.index",
    ),
    Task(
        P.REPORT_ACCEPT,
        closure.certificates_to_check,
        lambda n: _n("Certificate of audit to check", "Certificates of audit to check", n),
        "closure.ending",
    ),
    Task(
        P.GRANT_CLOSING_APPROVE,
        closure.closings_to_approve,
        lambda n: _n("Write-off of a grant to approve", "Write-offs of grants to approve", n),
        "closure.ending",
    ),
    Task(
        P.REFUND_REQUEST,
        closure.refunds_to_ask,
        lambda n: _n(
            "Grant with unspent money to ask back", "Grants with unspent money to ask back", n
        ),
        "closure.ending",
    ),
    Task(
        P.REFUND_REQUEST,
        recovery.late_for,
        lambda n: _n("Refund by a grantee overdue", "Refunds by grantees overdue", n),
        "recovery.index",
        urgent=True,
    ),
    Task(
        P.GRANT_CHANGE_RECOMMEND,
        changes.to_examine,
        lambda n: _n("Change of a grant to examine", "Changes of grants to examine", n),
        "changes.index",
    ),
    Task(
        P.GRANT_CHANGE_APPROVE,
        changes.to_approve,
        lambda n: _n("Change of a grant to approve", "Changes of grants to approve", n),
        "changes.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        changes.to_record,
        lambda n: _n(
            "Signed amendment to check and record", "Signed amendments to check and record", n
        ),
        "changes.index",
    ),
    Task(
        P.AGREEMENT_SIGN,
        changes.to_follow,
        lambda n: _n("Amendment to send for signature", "Amendments to send for signature", n),
        "changes.index",
    ),
    Task(
        P.ORGANISATION_VERIFY,
        to_verify_count,
        lambda n: _n("Organisation to verify", "Organisations to verify", n),
        "organisations.verifications",
        {"state": "pending"},
    ),
    Task(
        P.ORGANISATION_VERIFY,
        suspended_count,
        lambda n: _n(
            "Suspended verification to decide on", "Suspended verifications to decide on", n
        ),
        "organisations.verifications",
        {"state": "suspended"},
    ),
    Task(
        Permission.ERASURE_DECIDE,
        erasures_to_decide,
        lambda number: _n(
            "Request for erasure to decide on", "Requests for erasure to decide on", number
        ),
        "data_protection.index",
    ),
    Task(
        P.ORGANISATION_MERGE,
        mergers_to_confirm,
        lambda n: _n("Merge of organisations to confirm", "Merges of organisations to confirm", n),
        "merging.index",
    ),
    Task(
        P.PAYEE_CHECK,
        payees.waiting_count,
        lambda n: _n("Bank details to check by a call", "Bank details to check by a call", n),
        "bank_details.index",
    ),
    Task(
        P.PAYEE_APPROVE,
        payees.waiting_count,
        lambda n: _n("Bank details to approve", "Bank details to approve", n),
        "bank_details.index",
    ),
    Task(
        P.INSTALMENT_CERTIFY,
        disbursements.to_certify,
        lambda n: _n("Instalment to certify", "Instalments to certify", n),
        "payments.index",
    ),
    Task(
        P.INSTALMENT_APPROVE,
        disbursements.to_approve,
        lambda n: _n("Payment to approve", "Payments to approve", n),
        "payments.index",
        {"state": "certified"},
    ),
    Task(
        P.INSTALMENT_RELEASE,
        disbursements.to_release,
        lambda n: _n("Approved instalment to pay", "Approved instalments to pay", n),
        "payments.index",
        {"state": "approved"},
    ),
    Task(
        P.INSTALMENT_RELEASE,
        payment_runs.to_send,
        lambda n: _n("Payment run to send", "Payment runs to send", n),
        "payment_runs.index",
    ),
    Task(
        P.INSTALMENT_RELEASE,
        disbursements.to_follow,
        lambda n: _n("Sent payment to follow up", "Sent payments to follow up", n),
        "payments.index",
        {"state": "sent"},
    ),
    Task(
        P.INSTALMENT_HOLD,
        disbursements.on_hold,
        lambda n: _n("Payment on hold to decide on", "Payments on hold to decide on", n),
        "payments.index",
        {"state": "held"},
    ),
    Task(
        P.REPORT_ACCEPT,
        reporting.narratives_to_read,
        lambda n: _n("Narrative report to check", "Narrative reports to check", n),
        "reporting.index",
    ),
    Task(
        P.REPORT_ACCEPT_FINANCES,
        reporting.finances_to_read,
        lambda n: _n("Financial report to check", "Financial reports to check", n),
        "reporting.index",
    ),
    Task(
        P.FINDING_OVERSEE,
        findings.escalated,
        lambda n: _n(
            "Finding without an answer, escalated", "Findings without an answer, escalated", n
        ),
        "findings.index",
        {"state": "late"},
        urgent=True,
    ),
    Task(
        P.FINDING_CLOSE,
        findings.to_close,
        lambda n: _n("Answer to a finding to check", "Answers to findings to check", n),
        "findings.index",
        {"state": "answered"},
    ),
    Task(
        P.FINDING_NOTE,
        findings.to_answer_in_fund,
        lambda n: _n("Finding for you to answer", "Findings for you to answer", n),
        "findings.index",
    ),
    Task(
        P.FINDING_CLOSE,
        findings.to_settle,
        lambda n: _n(
            "Refund of an ineligible amount to come", "Refunds of ineligible amounts to come", n
        ),
        "findings.index",
        {"state": "to_recover"},
    ),
    Task(
        P.ALLEGATION_EXAMINE,
        allegations.to_examine,
        lambda n: _n("Allegation to examine", "Allegations to examine", n),
        "allegations.index",
        urgent=True,
    ),
    Task(
        P.ALLEGATION_NAME,
        allegations.without_readers,
        lambda n: _n(
            "Fund in which no one reads allegations", "Funds in which no one reads allegations", n
        ),
        "allegations.index",
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.late_count,
        lambda n: _n(
            "Visit, spot check or audit overdue", "Visits, spot checks or audits overdue", n
        ),
        "monitoring.index",
        {"state": "late"},
        urgent=True,
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_hold,
        lambda n: _n(
            "Visit, spot check or audit for you to hold",
            "Visits, spot checks or audits for you to hold",
            n,
        ),
        "monitoring.index",
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_report,
        lambda n: _n(
            "Report of a visit or audit to write", "Reports of visits or audits to write", n
        ),
        "monitoring.index",
        {"state": "held"},
    ),
    Task(
        P.MONITORING_CLOSE,
        monitoring.to_close,
        lambda n: _n(
            "Report of a visit or audit to close", "Reports of visits or audits to close", n
        ),
        "monitoring.index",
        {"state": "reported"},
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_plan,
        lambda n: _n("Grant without an assurance plan", "Grants without an assurance plan", n),
        "monitoring.to_plan",
    ),
    Task(
        P.RESULTS_PUBLISH,
        results.to_publish_count,
        lambda n: _n("Fund with results to publish", "Funds with results to publish", n),
        "results.to_publish",
    ),
    Task(
        P.REPORT_ACCEPT,
        closure.finished_count,
        lambda n: _n("Finished grant to close", "Finished grants to close", n),
        "closure.index",
    ),
    Task(
        P.REPORT_ACCEPT,
        reporting.late_with_us,
        lambda n: _n("Grantee report overdue", "Grantee reports overdue", n),
        "reporting.index",
        urgent=True,
    ),
)
"""What waits in the secretariat, with reviewers, trustees and those who decide and pay."""
