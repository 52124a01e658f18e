"""The one table that joins roles and permissions."""

from types import MappingProxyType

from grants.core.people.permissions import Permission, Role

P = Permission
_READERS = frozenset(
    {
        P.ORGANISATION_SEE,
        P.LEDGER_SEE,
        P.DONOR_SEE,
        P.DUE_DILIGENCE_SEE,
        P.BANK_SEE,
        P.OUTREACH_SEE,
        P.PLEDGE_SEE,
        P.CONTRIBUTION_SEE,
        P.CALL_SEE,
        P.APPLICATION_SEE,
        P.REVIEW_SEE,
        P.AWARD_SEE,
        P.DISBURSEMENT_SEE,
        P.REPORT_SEE,
        P.STATEMENT_ISSUE,
        P.DASHBOARD_SEE,
    }
)

_WRITER = frozenset(
    {
        P.APPLICATION_READ,
        P.APPLICATION_WRITE,
        P.APPLICATION_TRANSLATE,
        P.REPORT_WRITE,
        P.FINDING_ANSWER,
        P.ALLEGATION_ENTER,
    }
)
"""Of an organisation: who writes its applications and reports."""

_SIGNATORY = _WRITER | {
    P.APPLICATION_SUBMIT,
    P.APPLICATION_SIGN,
    P.PAYEE_REQUEST,
    P.INSTALMENT_CONFIRM,
    P.GRANT_CHANGE_REQUEST,
}
"""Of an organisation: who binds it, beside writing."""

_COLLEAGUES = frozenset({P.CASEWORK_SEE, P.CASEWORK_WRITE})

GRANTED: MappingProxyType[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset(
            {
                P.PEOPLE_INVITE,
                P.PEOPLE_CONFIRM,
                P.FUND_OPEN,
                P.FUND_DESCRIBE,
                P.MESSAGE_SEE,
                P.ACCESS_LOG_SEE,
                P.ERASURE_DECIDE,
                P.RETENTION_DECIDE,
                P.TOKEN_MAKE,
                P.ORGANISATION_SEE,
                P.DASHBOARD_SEE,
                P.HISTORY_IMPORT,
            }
        ),
        Role.FUND_MANAGER: _READERS
        | _COLLEAGUES
        | {
            P.PEOPLE_INVITE,
            P.ERASURE_DECIDE,
            P.RETENTION_DECIDE,
            P.FUND_DESCRIBE,
            P.MESSAGE_SEE,
            P.ORGANISATION_VERIFY,
            P.ORGANISATION_MERGE,
            P.DONOR_EDIT,
            P.DUE_DILIGENCE_RECOMMEND,
            P.SANCTIONS_IMPORT,
            P.SANCTIONS_RESOLVE,
            P.BANK_ACCOUNT_EDIT,
            P.OUTREACH_RECORD,
            P.OUTREACH_SEND,
            P.PLEDGE_ENTER,
            P.PLEDGE_ACKNOWLEDGE,
            P.PLEDGE_SIGN,
            P.PLEDGE_DECLINE,
            P.PLEDGE_SCHEDULE,
            P.PLEDGE_REMIND,
            P.PLEDGE_CHANGE,
            P.CALL_EDIT,
            P.CALL_OPEN,
            P.APPLICATION_TRANSLATE,
            P.SCREENING_DECIDE,
            P.REVIEW_ASSIGN,
            P.AWARD_RECOMMEND,
            P.AWARD_OVERRIDE,
            P.AWARD_ADVISE,
            P.AGREEMENT_SIGN,
            P.FINDING_NOTE,
            P.FINDING_ANSWER,
            P.FINDING_CLOSE,
            P.FINDING_OVERSEE,
            P.MONITORING_PLAN,
            P.MONITORING_CLOSE,
            P.ALLEGATION_ENTER,
            P.ALLEGATION_EXAMINE,
            P.ALLEGATION_NAME,
            P.RESULTS_PUBLISH,
            P.GRANTEE_NAME,
            P.GRANT_CHANGE_RECOMMEND,
            P.HISTORY_IMPORT,
            P.TRAIL_SEE,
            P.LIST_SHARE,
        },
        Role.PROGRAMME_OFFICER: _READERS
        | _COLLEAGUES
        | {
            P.CALL_EDIT,
            P.APPLICATION_TRANSLATE,
            P.SCREENING_DECIDE,
            P.REVIEW_ASSIGN,
            P.REPORT_ACCEPT,
            P.GRANT_CHANGE_RECOMMEND,
            P.REFUND_REQUEST,
            P.GRANT_CLOSING_PROPOSE,
            P.SUMMARY_RELEASE,
            P.REPORT_ANSWER,
            P.FINDING_NOTE,
            P.FINDING_ANSWER,
            P.FINDING_CLOSE,
            P.MONITORING_PLAN,
            P.MONITORING_CLOSE,
            P.ALLEGATION_ENTER,
            P.ALLEGATION_EXAMINE,
            P.ORGANISATION_VERIFY,
            P.ORGANISATION_MERGE,
            P.DONOR_EDIT,
            P.DUE_DILIGENCE_RECOMMEND,
            P.SANCTIONS_IMPORT,
            P.SANCTIONS_RESOLVE,
            P.OUTREACH_RECORD,
            P.PAYEE_CHECK,
        },
        Role.FINANCE_OFFICER: _COLLEAGUES
        | frozenset(
            {
                P.LEDGER_SEE,
                P.LEDGER_RATES,
                P.LEDGER_CLOSE,
                P.LEDGER_REVERSE,
                P.RECEIVABLE_PROPOSE,
                P.SETTING_PROPOSE,
                P.DONOR_SEE,
                P.BANK_SEE,
                P.BANK_IMPORT,
                P.BANK_MATCH,
                P.PLEDGE_SEE,
                P.CONTRIBUTION_SEE,
                P.CONTRIBUTION_RECORD,
                P.AWARD_SEE,
                P.DISBURSEMENT_SEE,
                P.PAYEE_CHECK,
                P.INSTALMENT_HOLD,
                P.INSTALMENT_RELEASE,
                P.REFUND_REQUEST,
                P.REPORT_SEE,
                P.REPORT_ACCEPT_FINANCES,
                P.REPORT_ANSWER,
                P.FINDING_NOTE,
                P.FINDING_ANSWER,
                P.ALLEGATION_ENTER,
                P.ALLEGATION_EXAMINE,
                P.HISTORY_IMPORT,
                P.STATEMENT_ISSUE,
                P.DASHBOARD_SEE,
            }
        ),
        Role.CERTIFYING_OFFICER: _COLLEAGUES
        | frozenset(
            {
                P.ALLEGATION_ENTER,
                P.LEDGER_SEE,
                P.PLEDGE_SEE,
                P.CONTRIBUTION_SEE,
                P.BANK_SEE,
                P.BANK_ACCOUNT_APPROVE,
                P.BANK_SIGN_OFF,
                P.AWARD_SEE,
                P.DISBURSEMENT_SEE,
                P.AGREEMENT_CLEAR,
                P.INSTALMENT_CERTIFY,
                P.INSTALMENT_HOLD,
                P.REPORT_SEE,
                P.STATEMENT_ISSUE,
                P.STATEMENT_CERTIFY,
                P.DASHBOARD_SEE,
            }
        ),
        Role.APPROVING_OFFICER: _READERS
        | _COLLEAGUES
        | {
            P.ALLEGATION_ENTER,
            P.ALLEGATION_EXAMINE,
            P.CONTRIBUTION_REFUND,
            P.AWARD_APPROVE,
            P.GRANT_CHANGE_APPROVE,
            P.GRANT_CLOSING_APPROVE,
            P.PAYEE_APPROVE,
            P.INSTALMENT_APPROVE,
            P.INSTALMENT_HOLD,
            P.BANK_ACCOUNT_APPROVE,
            P.BANK_SIGN_OFF,
            P.PLEDGE_APPROVE_CHANGE,
            P.DUE_DILIGENCE_DECIDE,
            P.RECEIVABLE_APPROVE,
            P.SETTING_APPROVE,
        },
        Role.REVIEWER: frozenset({P.REVIEW_WRITE}),
        Role.TRUSTEE: frozenset(
            {P.BOARD_SIT, P.CALL_SEE, P.AWARD_SEE, P.REVIEW_SEE, P.DASHBOARD_SEE}
        ),
        Role.AUDITOR: _READERS
        | {P.CASEWORK_SEE, P.TRAIL_SEE, P.ACCESS_LOG_SEE, P.AUDIT_SAMPLE, P.ALLEGATION_ENTER},
        Role.OBSERVER: frozenset({P.DASHBOARD_SEE}),
        Role.DONOR: frozenset({P.PLEDGE_READ, P.PLEDGE_MAKE, P.PLEDGE_AGREE, P.ORGANISATION_EDIT}),
        Role.DONOR_GIVER: frozenset({P.PLEDGE_READ, P.PLEDGE_MAKE, P.ORGANISATION_EDIT}),
        Role.DONOR_SIGNATORY: frozenset({P.PLEDGE_READ, P.PLEDGE_AGREE}),
        Role.DONOR_READER: frozenset({P.PLEDGE_READ}),
        Role.ORGANISATION_ADMIN: _SIGNATORY | {P.ORGANISATION_EDIT},
        Role.ORGANISATION_EDITOR: _WRITER,
        Role.ORGANISATION_SIGNATORY: _SIGNATORY,
        Role.ORGANISATION_READER: frozenset({P.APPLICATION_READ, P.ALLEGATION_ENTER}),
    }
)
"""The only place where a role gains or loses a permission."""

if without := set(Role) - GRANTED.keys():
    raise ValueError(f"give them permissions in GRANTED: {', '.join(sorted(without))}")
