"""What the fund’s people have to do about grants: from the agreement to the results."""

from grants.applying.organisations.verification.queries import pending_count as to_verify_count
from grants.applying.organisations.verification.queries import suspended_count
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.desk.data_protection.queries import to_decide_count as erasures_to_decide
from grants.desk.merging.queries import to_confirm_count as mergers_to_confirm
from grants.desk.retention.queries import to_confirm_count as purges_to_confirm
from grants.desk.tasks import kinds
from grants.desk.tasks.cases import CODED, NUMBERED, Case, by_number
from grants.desk.tasks.task import Task
from grants.desk.tasks.verbs import Verb
from grants.granting.agreements.to_sign import to_send
from grants.granting.allegations import queries as allegations
from grants.granting.bank_details import queries as payees
from grants.granting.changes import queries as changes
from grants.granting.closure import queries as closure
from grants.granting.findings import queries as findings
from grants.granting.monitoring import queries as monitoring
from grants.granting.payment_runs import queries as payment_runs
from grants.granting.payments import todo as disbursements
from grants.granting.preparing import queries as preparing
from grants.granting.recovery import queries as recovery
from grants.granting.reporting import queries as reporting
from grants.granting.results import queries as results
from grants.granting.set_offs import queries as set_offs
from grants.granting.signing import queries as signing
from grants.granting.summaries import queries as summaries

P = Permission


OF_THE_FUND = (
    Task(
        P.AGREEMENT_SIGN,
        to_send,
        lambda n: _n(
            "Grant agreement to send for signature", "Grant agreements to send for signature", n
        ),
        "awards.index",
        {"state": "approved"},
        case=Case(kinds.AWARD, "agreements.show"),
        verb=Verb.SEND,
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
        lambda n: _n("Document awaiting legal clearance", "Documents awaiting legal clearance", n),
        "signing.index",
        case=Case(kinds.SIGNING, "signing.show", NUMBERED),
        verb=Verb.CHECK,
    ),
    Task(
        P.AGREEMENT_SIGN,
        signing.to_sign_for_fund,
        lambda n: _n("Document to sign for the fund", "Documents to sign for the fund", n),
        "signing.index",
        case=Case(kinds.SIGNING, "signing.show", NUMBERED),
        verb=Verb.SIGN,
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
        case=Case(kinds.SIGNING, "signing.show", NUMBERED),
        others=True,
    ),
    Task(
        P.REPORT_ACCEPT,
        closure.certificates_to_check,
        lambda n: _n("Certificate of audit to check", "Certificates of audit to check", n),
        "closure.ending",
        case=Case(kinds.ENDED, "closure.show"),
        verb=Verb.CHECK,
    ),
    Task(
        P.GRANT_CLOSING_APPROVE,
        closure.closings_to_approve,
        lambda n: _n("Write-off of a grant to approve", "Write-offs of grants to approve", n),
        "closure.ending",
        case=Case(kinds.ENDED, "closure.show"),
        verb=Verb.APPROVE,
    ),
    Task(
        P.INSTALMENT_APPROVE,
        set_offs.to_approve,
        lambda n: _n("Set-off of a refund to approve", "Set-offs of refunds to approve", n),
        "set_offs.index",
        case=Case(kinds.SET_OFF, "set_offs.show", NUMBERED),
        verb=Verb.APPROVE,
    ),
    Task(
        P.REFUND_REQUEST,
        closure.refunds_to_ask,
        lambda n: _n(
            "Grant with unspent money to reclaim", "Grants with unspent money to reclaim", n
        ),
        "closure.ending",
        case=Case(kinds.ENDED, "closure.show"),
        verb=Verb.DECIDE,
    ),
    Task(
        P.REFUND_REQUEST,
        recovery.to_answer,
        lambda n: _n(
            "Refund reported as paid, or asked about: to answer",
            "Refunds reported as paid, or asked about: to answer",
            n,
        ),
        "recovery.index",
        case=Case(kinds.REFUND_REPLY, "recovery.show", NUMBERED),
    ),
    Task(
        P.REFUND_REQUEST,
        recovery.late_for,
        lambda n: _n("Refund by a grantee overdue", "Refunds by grantees overdue", n),
        "recovery.index",
        urgent=True,
        case=Case(kinds.REFUND, "recovery.show", NUMBERED),
        others=True,
    ),
    Task(
        P.AWARD_APPROVE,
        preparing.starts_to_answer,
        lambda n: _n(
            "Another start of a grant to decide on", "Other starts of grants to decide on", n
        ),
        "awards.index",
        {"state": "approved"},
        case=Case(kinds.AWARD_REPLY, "preparing.acceptance"),
        verb=Verb.DECIDE,
    ),
    Task(
        P.GRANT_CHANGE_RECOMMEND,
        changes.to_examine,
        lambda n: _n("Change to a grant to examine", "Changes to grants to examine", n),
        "changes.index",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.REVIEW,
    ),
    Task(
        P.GRANT_CHANGE_APPROVE,
        changes.to_approve,
        lambda n: _n("Change to a grant to approve", "Changes to grants to approve", n),
        "changes.index",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.APPROVE,
    ),
    Task(
        P.GRANT_CHANGE_RECOMMEND,
        changes.not_in_force,
        lambda n: _n(
            "Change to a grant that could not take effect",
            "Changes to grants that could not take effect",
            n,
        ),
        "changes.index",
        urgent=True,
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.CORRECT,
    ),
    Task(
        P.AGREEMENT_SIGN,
        changes.to_record,
        lambda n: _n(
            "Signed amendment to check and record", "Signed amendments to check and record", n
        ),
        "changes.index",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.RECORD,
    ),
    Task(
        P.AGREEMENT_SIGN,
        changes.to_follow,
        lambda n: _n("Amendment to send for signature", "Amendments to send for signature", n),
        "changes.index",
        case=Case(kinds.CHANGE, "changes.show", NUMBERED),
        verb=Verb.SEND,
    ),
    Task(
        P.ORGANISATION_VERIFY,
        to_verify_count,
        lambda n: _n("Organisation to verify", "Organisations to verify", n),
        "organisations.verifications",
        {"state": "pending"},
        case=Case(kinds.VERIFICATION, "organisations.verification", CODED),
        verb=Verb.VERIFY,
    ),
    Task(
        P.ORGANISATION_VERIFY,
        suspended_count,
        lambda n: _n(
            "Suspended verification to decide on", "Suspended verifications to decide on", n
        ),
        "organisations.verifications",
        {"state": "suspended"},
        case=Case(kinds.VERIFICATION, "organisations.verification", CODED),
        verb=Verb.DECIDE,
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
        P.RETENTION_DECIDE,
        purges_to_confirm,
        lambda n: _n("Purge of data to confirm", "Purges of data to confirm", n),
        "retention.index",
    ),
    Task(
        P.ORGANISATION_MERGE,
        mergers_to_confirm,
        lambda n: _n("Merge of records to confirm", "Merges of records to confirm", n),
        "merging.index",
    ),
    Task(
        P.PAYEE_CHECK,
        payees.waiting_count,
        lambda n: _n("Bank details to check by telephone", "Bank details to check by telephone", n),
        "bank_details.index",
        case=Case(kinds.DETAILS, "bank_details.show", by_number("number")),
        verb=Verb.CHECK,
    ),
    Task(
        P.PAYEE_APPROVE,
        payees.waiting_count,
        lambda n: _n("Bank details to approve", "Bank details to approve", n),
        "bank_details.index",
        case=Case(kinds.DETAILS, "bank_details.show", by_number("number")),
        verb=Verb.APPROVE,
    ),
    Task(
        P.INSTALMENT_CERTIFY,
        disbursements.to_certify,
        lambda n: _n("Instalment to certify", "Instalments to certify", n),
        "payments.index",
        case=Case(kinds.INSTALMENT, "payments.show", NUMBERED),
        verb=Verb.CERTIFY,
    ),
    Task(
        P.INSTALMENT_APPROVE,
        disbursements.to_approve,
        lambda n: _n("Payment to approve", "Payments to approve", n),
        "payments.index",
        {"state": "certified"},
        case=Case(kinds.INSTALMENT, "payments.show", NUMBERED),
        verb=Verb.APPROVE,
    ),
    Task(
        P.INSTALMENT_RELEASE,
        disbursements.to_release,
        lambda n: _n("Approved instalment to pay", "Approved instalments to pay", n),
        "payments.index",
        {"state": "approved"},
        case=Case(kinds.INSTALMENT, "payments.show", NUMBERED),
        verb=Verb.PAY,
    ),
    Task(
        P.INSTALMENT_RELEASE,
        payment_runs.to_send,
        lambda n: _n("Payment run to send", "Payment runs to send", n),
        "payment_runs.index",
        case=Case(kinds.RUN, "payment_runs.show"),
        verb=Verb.SEND,
    ),
    Task(
        P.INSTALMENT_RELEASE,
        disbursements.to_follow,
        lambda n: _n("Sent payment to follow up", "Sent payments to follow up", n),
        "payments.index",
        {"state": "sent"},
        case=Case(kinds.INSTALMENT, "payments.show", NUMBERED),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.INSTALMENT_RELEASE,
        disbursements.receipts_to_check,
        lambda n: _n(
            "Payment reported as not received in full: to answer",
            "Payments reported as not received in full: to answer",
            n,
        ),
        "payments.index",
        {"state": ""},
        urgent=True,
        case=Case(kinds.PAID, "payments.show", NUMBERED),
        verb=Verb.ANSWER,
    ),
    Task(
        P.INSTALMENT_HOLD,
        disbursements.on_hold,
        lambda n: _n("Payment on hold to decide on", "Payments on hold to decide on", n),
        "payments.index",
        {"state": "held"},
        case=Case(kinds.INSTALMENT, "payments.show", NUMBERED),
        verb=Verb.DECIDE,
    ),
    Task(
        P.REPORT_ACCEPT,
        reporting.narratives_to_read,
        lambda n: _n("Narrative report to check", "Narrative reports to check", n),
        "reporting.index",
        case=Case(kinds.REPORT, "reporting.show", NUMBERED),
        verb=Verb.CHECK,
    ),
    Task(
        P.REPORT_ACCEPT_FINANCES,
        reporting.finances_to_read,
        lambda n: _n("Financial report to check", "Financial reports to check", n),
        "reporting.index",
        case=Case(kinds.REPORT, "reporting.show", NUMBERED),
        verb=Verb.CHECK,
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
        case=Case(kinds.FINDING, "findings.show"),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.FINDING_CLOSE,
        findings.to_close,
        lambda n: _n("Answer to a finding to check", "Answers to findings to check", n),
        "findings.index",
        {"state": "answered"},
        case=Case(kinds.FINDING, "findings.show"),
        verb=Verb.CHECK,
    ),
    Task(
        P.FINDING_NOTE,
        findings.to_answer_in_fund,
        lambda n: _n("Finding for you to answer", "Findings for you to answer", n),
        "findings.index",
        case=Case(kinds.FINDING, "findings.show"),
        verb=Verb.ANSWER,
    ),
    Task(
        P.FINDING_CLOSE,
        findings.to_settle,
        lambda n: _n(
            "Refund of an ineligible amount awaited", "Refunds of ineligible amounts awaited", n
        ),
        "findings.index",
        {"state": "to_recover"},
        case=Case(kinds.FINDING, "findings.show"),
        others=True,
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
            "Fund with no one to read allegations", "Funds with no one to read allegations", n
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
        case=Case(kinds.ACTIVITY, "monitoring.show"),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_hold,
        lambda n: _n(
            "Visit, spot check or audit for you to carry out",
            "Visits, spot checks or audits for you to carry out",
            n,
        ),
        "monitoring.index",
        case=Case(kinds.ACTIVITY, "monitoring.show"),
        verb=Verb.RECORD,
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_report,
        lambda n: _n(
            "Report on a visit or audit to write", "Reports on visits or audits to write", n
        ),
        "monitoring.index",
        {"state": "held"},
        case=Case(kinds.ACTIVITY, "monitoring.show"),
        verb=Verb.WRITE,
    ),
    Task(
        P.MONITORING_CLOSE,
        monitoring.to_close,
        lambda n: _n(
            "Report on a visit or audit to close", "Reports on visits or audits to close", n
        ),
        "monitoring.index",
        {"state": "reported"},
        case=Case(kinds.ACTIVITY, "monitoring.show"),
        verb=Verb.CLOSE,
    ),
    Task(
        P.MONITORING_PLAN,
        monitoring.to_plan,
        lambda n: _n("Grant without an assurance plan", "Grants without an assurance plan", n),
        "monitoring.to_plan",
        case=Case(kinds.AWARD, "monitoring.of_grant"),
        verb=Verb.PLAN,
    ),
    Task(
        P.RESULTS_PUBLISH,
        results.to_publish_count,
        lambda n: _n("Fund with results to publish", "Funds with results to publish", n),
        "results.to_publish",
    ),
    Task(
        P.SUMMARY_RELEASE,
        summaries.to_decide_count,
        lambda n: _n("Public summary to release", "Public summaries to release", n),
        "summaries.index",
        case=Case(kinds.ENDED, "summaries.decide"),
        verb=Verb.PUBLISH,
    ),
    Task(
        P.REPORT_ACCEPT,
        closure.finished_count,
        lambda n: _n("Finished grant to close", "Finished grants to close", n),
        "closure.index",
        case=Case(kinds.ENDED, "closure.close"),
        verb=Verb.CLOSE,
    ),
    Task(
        P.REPORT_ACCEPT,
        reporting.late_with_us,
        lambda n: _n("Grantee report overdue", "Grantee reports overdue", n),
        "reporting.index",
        urgent=True,
        case=Case(kinds.REPORT_DUE, "reporting.show", NUMBERED),
        others=True,
    ),
)
"""What waits in the secretariat, with reviewers, trustees and those who decide and pay."""
