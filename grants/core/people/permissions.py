"""What may be done, by whom: permissions, roles, and the one table that joins them."""

from enum import StrEnum
from types import MappingProxyType

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import Term


class Permission(StrEnum):
    """One kind of act or sight, named room:verb. Detached from people."""

    PEOPLE_INVITE = "people:invite"
    PEOPLE_CONFIRM = "people:confirm"
    FUND_OPEN = "funds:open"
    FUND_DESCRIBE = "funds:describe"
    MESSAGE_SEE = "messages:see"
    ACCESS_LOG_SEE = "documents:log"
    ERASURE_DECIDE = "people:erase"
    RETENTION_DECIDE = "retention:decide"
    TOKEN_MAKE = "tokens:make"  # noqa: S105 - a permission
    ORGANISATION_EDIT = "organisations:edit"
    ORGANISATION_SEE = "organisations:see"
    ORGANISATION_VERIFY = "organisations:verify"
    ORGANISATION_MERGE = "organisations:merge"
    LEDGER_SEE = "ledger:see"
    LEDGER_RATES = "ledger:rates"
    LEDGER_CLOSE = "ledger:close"
    LEDGER_REVERSE = "ledger:reverse"
    SETTING_PROPOSE = "settings:propose"
    SETTING_APPROVE = "settings:approve"
    RECEIVABLE_PROPOSE = "receivables:propose"
    RECEIVABLE_APPROVE = "receivables:approve"
    TRAIL_SEE = "trail:see"
    DONOR_SEE = "donors:see"
    DONOR_EDIT = "donors:edit"
    DUE_DILIGENCE_SEE = "diligence:see"
    DUE_DILIGENCE_RECOMMEND = "diligence:recommend"
    DUE_DILIGENCE_DECIDE = "diligence:decide"
    SANCTIONS_IMPORT = "sanctions:import"
    SANCTIONS_RESOLVE = "sanctions:resolve"
    BANK_SEE = "bank:see"
    BANK_ACCOUNT_EDIT = "bank:accounts"
    BANK_ACCOUNT_APPROVE = "bank:approve_account"
    BANK_IMPORT = "bank:import"
    BANK_MATCH = "bank:match"
    BANK_SIGN_OFF = "bank:sign_off"
    OUTREACH_SEE = "outreach:see"
    OUTREACH_RECORD = "outreach:record"
    OUTREACH_SEND = "outreach:send"
    PLEDGE_READ = "pledges:read"
    PLEDGE_MAKE = "pledges:make"
    PLEDGE_AGREE = "pledges:agree"
    PLEDGE_SEE = "pledges:see"
    PLEDGE_ENTER = "pledges:enter"
    PLEDGE_ACKNOWLEDGE = "pledges:acknowledge"
    PLEDGE_SIGN = "pledges:sign"
    PLEDGE_DECLINE = "pledges:decline"
    PLEDGE_SCHEDULE = "pledges:schedule"
    PLEDGE_REMIND = "pledges:remind"
    PLEDGE_CHANGE = "pledges:change"
    PLEDGE_APPROVE_CHANGE = "pledges:approve_change"
    CONTRIBUTION_RECORD = "contributions:record"
    CONTRIBUTION_SEE = "contributions:see"
    CALL_SEE = "calls:see"
    CALL_EDIT = "calls:edit"
    CALL_OPEN = "calls:open"
    APPLICATION_READ = "applications:read"
    APPLICATION_WRITE = "applications:write"
    APPLICATION_SUBMIT = "applications:submit"
    APPLICATION_SIGN = "applications:sign"
    APPLICATION_SEE = "applications:see"
    SCREENING_DECIDE = "screening:decide"
    REVIEW_ASSIGN = "reviews:assign"
    REVIEW_WRITE = "reviews:write"
    REVIEW_SEE = "reviews:see"
    AWARD_SEE = "awards:see"
    AWARD_RECOMMEND = "awards:recommend"
    AWARD_OVERRIDE = "awards:override"
    AWARD_ADVISE = "awards:advise"
    BOARD_SIT = "board:sit"
    AWARD_APPROVE = "awards:approve"
    AGREEMENT_SIGN = "agreements:sign"
    AGREEMENT_CLEAR = "agreements:clear"
    DISBURSEMENT_SEE = "disbursements:see"
    PAYEE_REQUEST = "payees:request"
    PAYEE_CHECK = "payees:check"
    PAYEE_APPROVE = "payees:approve"
    INSTALMENT_CERTIFY = "disbursements:certify"
    INSTALMENT_APPROVE = "disbursements:approve"
    INSTALMENT_HOLD = "disbursements:hold"
    INSTALMENT_RELEASE = "disbursements:release"
    INSTALMENT_CONFIRM = "disbursements:confirm"
    REFUND_REQUEST = "recovery:request"
    GRANT_CLOSING_PROPOSE = "closure:propose"
    GRANT_CLOSING_APPROVE = "closure:approve"
    GRANT_CHANGE_REQUEST = "changes:request"
    GRANT_CHANGE_RECOMMEND = "changes:recommend"
    GRANT_CHANGE_APPROVE = "changes:approve"
    REPORT_WRITE = "reporting:write"
    REPORT_SEE = "reporting:see"
    REPORT_ACCEPT = "reporting:accept"
    REPORT_ACCEPT_FINANCES = "reporting:accept_finances"
    REPORT_ANSWER = "reporting:answer"
    FINDING_NOTE = "findings:note"
    FINDING_ANSWER = "findings:answer"
    FINDING_CLOSE = "findings:close"
    FINDING_OVERSEE = "findings:oversee"
    MONITORING_PLAN = "monitoring:plan"
    MONITORING_CLOSE = "monitoring:close"
    ALLEGATION_ENTER = "allegations:enter"
    ALLEGATION_EXAMINE = "allegations:examine"
    ALLEGATION_NAME = "allegations:name"
    RESULTS_PUBLISH = "results:publish"
    GRANTEE_NAME = "grants:name"
    STATEMENT_ISSUE = "statements:issue"
    STATEMENT_CERTIFY = "statements:certify"
    AUDIT_SAMPLE = "audit:sample"
    DASHBOARD_SEE = "portal:dashboard"
    LIST_SHARE = "lists:share"
    CASEWORK_SEE = "casework:see"
    CASEWORK_WRITE = "casework:write"
    HISTORY_IMPORT = "history:import"


class Role(Term):
    """The relation of a person to a fund or to an organisation."""

    ADMINISTRATOR = "administrator", _l("Administrator")
    FUND_MANAGER = "fund_manager", _l("Fund manager")
    PROGRAMME_OFFICER = "programme_officer", _l("Programme officer")
    FINANCE_OFFICER = "finance_officer", _l("Finance officer")
    CERTIFYING_OFFICER = "certifying_officer", _l("Certifying officer")
    APPROVING_OFFICER = "approving_officer", _l("Approving officer")
    REVIEWER = "reviewer", _l("Reviewer")
    TRUSTEE = "trustee", _l("Trustee")
    AUDITOR = "auditor", _l("Auditor")
    OBSERVER = "observer", _l("Observer")
    DONOR = "donor", _l("Donor")
    DONOR_GIVER = "donor_giver", _l("Pledging officer of the donor")
    DONOR_SIGNATORY = "donor_signatory", _l("Signatory of the donor")
    DONOR_READER = "donor_reader", _l("Reader of the donor")
    ORGANISATION_ADMIN = "organisation_admin", _l("Administrator of the organisation")
    ORGANISATION_EDITOR = "organisation_editor", _l("Editor of the organisation")
    ORGANISATION_SIGNATORY = "organisation_signatory", _l("Signatory of the organisation")
    ORGANISATION_READER = "organisation_reader", _l("Reader of the organisation")


OF_APPLICANTS = (
    Role.ORGANISATION_ADMIN,
    Role.ORGANISATION_SIGNATORY,
    Role.ORGANISATION_EDITOR,
    Role.ORGANISATION_READER,
)
"""What a person can be within an organisation that applies."""
OF_DONORS = (Role.DONOR, Role.DONOR_GIVER, Role.DONOR_SIGNATORY, Role.DONOR_READER)
"""What a person can be within a donor."""
OUTSIDE = frozenset({*OF_DONORS, *OF_APPLICANTS})
"""Roles within a donor or an applicant: they reach their own organisation's records only."""

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
            P.SCREENING_DECIDE,
            P.REVIEW_ASSIGN,
            P.REPORT_ACCEPT,
            P.GRANT_CHANGE_RECOMMEND,
            P.REFUND_REQUEST,
            P.GRANT_CLOSING_PROPOSE,
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
        Role.ORGANISATION_ADMIN: frozenset(
            {
                P.ORGANISATION_EDIT,
                P.APPLICATION_READ,
                P.APPLICATION_WRITE,
                P.APPLICATION_SUBMIT,
                P.APPLICATION_SIGN,
                P.PAYEE_REQUEST,
                P.INSTALMENT_CONFIRM,
                P.GRANT_CHANGE_REQUEST,
                P.REPORT_WRITE,
                P.FINDING_ANSWER,
                P.ALLEGATION_ENTER,
            }
        ),
        Role.ORGANISATION_EDITOR: frozenset(
            {
                P.APPLICATION_READ,
                P.APPLICATION_WRITE,
                P.REPORT_WRITE,
                P.FINDING_ANSWER,
                P.ALLEGATION_ENTER,
            }
        ),
        Role.ORGANISATION_SIGNATORY: frozenset(
            {
                P.APPLICATION_READ,
                P.APPLICATION_WRITE,
                P.APPLICATION_SUBMIT,
                P.APPLICATION_SIGN,
                P.PAYEE_REQUEST,
                P.INSTALMENT_CONFIRM,
                P.GRANT_CHANGE_REQUEST,
                P.REPORT_WRITE,
                P.FINDING_ANSWER,
                P.ALLEGATION_ENTER,
            }
        ),
        Role.ORGANISATION_READER: frozenset({P.APPLICATION_READ, P.ALLEGATION_ENTER}),
    }
)
"""The only place where a role gains or loses a permission."""

DECISIONS = frozenset(
    {
        P.TOKEN_MAKE,
        P.RETENTION_DECIDE,
        P.ERASURE_DECIDE,
        P.PEOPLE_CONFIRM,
        P.ORGANISATION_VERIFY,
        P.ORGANISATION_MERGE,
        P.LEDGER_CLOSE,
        P.SETTING_APPROVE,
        P.RECEIVABLE_APPROVE,
        P.DUE_DILIGENCE_DECIDE,
        P.BANK_ACCOUNT_EDIT,
        P.BANK_ACCOUNT_APPROVE,
        P.BANK_SIGN_OFF,
        P.PLEDGE_SIGN,
        P.PLEDGE_APPROVE_CHANGE,
        P.CONTRIBUTION_RECORD,
        P.SCREENING_DECIDE,
        P.AWARD_RECOMMEND,
        P.BOARD_SIT,
        P.AWARD_APPROVE,
        P.AGREEMENT_SIGN,
        P.GRANT_CHANGE_RECOMMEND,
        P.GRANT_CHANGE_APPROVE,
        P.AGREEMENT_CLEAR,
        P.PAYEE_CHECK,
        P.PAYEE_APPROVE,
        P.REFUND_REQUEST,
        P.GRANT_CLOSING_PROPOSE,
        P.GRANT_CLOSING_APPROVE,
        P.INSTALMENT_CERTIFY,
        P.INSTALMENT_APPROVE,
        P.INSTALMENT_HOLD,
        P.INSTALMENT_RELEASE,
        P.REPORT_ACCEPT,
        P.REPORT_ACCEPT_FINANCES,
        P.REPORT_ANSWER,
        P.FINDING_CLOSE,
        P.FINDING_OVERSEE,
        P.MONITORING_CLOSE,
        P.ALLEGATION_EXAMINE,
        P.ALLEGATION_NAME,
        P.STATEMENT_CERTIFY,
        P.TRAIL_SEE,
    }
)
"""What decides, advises, certifies, moves money or audits, or lets others do so."""


if without := set(Role) - GRANTED.keys():
    raise ValueError(f"give them permissions in GRANTED: {', '.join(sorted(without))}")


def decides(role: Role) -> bool:
    """Does this role of the fund decide, pay or audit? A second person confirms who gets it, and
    when it ends.
    """
    return role not in OUTSIDE and not DECISIONS.isdisjoint(GRANTED[role])


KEPT_APART: tuple[tuple[Permission, Permission, str], ...] = (
    (P.PEOPLE_CONFIRM, P.AWARD_APPROVE, _l("appoint people and approve awards")),
    (P.PEOPLE_CONFIRM, P.INSTALMENT_CERTIFY, _l("appoint people and certify payments")),
    (P.PEOPLE_CONFIRM, P.INSTALMENT_APPROVE, _l("appoint people and approve payments")),
    (P.PEOPLE_CONFIRM, P.INSTALMENT_RELEASE, _l("appoint people and make payments")),
    (P.AWARD_RECOMMEND, P.AWARD_APPROVE, _l("recommend an award and approve it")),
    (P.AWARD_OVERRIDE, P.AWARD_APPROVE, _l("depart from the ranking and approve the award")),
    (P.AWARD_ADVISE, P.AWARD_APPROVE, _l("record the Board’s advice and approve the award")),
    (P.BOARD_SIT, P.AWARD_RECOMMEND, _l("sit on the Board and recommend awards")),
    (P.BOARD_SIT, P.AWARD_APPROVE, _l("sit on the Board and approve awards")),
    (P.BOARD_SIT, P.REVIEW_WRITE, _l("sit on the Board and write reviews")),
    (P.REVIEW_ASSIGN, P.REVIEW_WRITE, _l("assign reviews and write them")),
    (P.AWARD_APPROVE, P.AGREEMENT_SIGN, _l("approve an award and sign its agreement")),
    (
        P.GRANT_CHANGE_RECOMMEND,
        P.GRANT_CHANGE_APPROVE,
        _l("recommend a change of a grant and approve it"),
    ),
    (P.AGREEMENT_SIGN, P.AGREEMENT_CLEAR, _l("send an agreement out and clear it")),
    (
        P.GRANT_CLOSING_PROPOSE,
        P.GRANT_CLOSING_APPROVE,
        _l("propose a write-off of a grant and approve it"),
    ),
    (P.SETTING_PROPOSE, P.SETTING_APPROVE, _l("propose a setting and approve it")),
    (P.RECEIVABLE_PROPOSE, P.RECEIVABLE_APPROVE, _l("propose an allowance and approve it")),
    (P.PAYEE_CHECK, P.PAYEE_APPROVE, _l("check bank details of a grantee and approve them")),
    (P.PAYEE_CHECK, P.INSTALMENT_APPROVE, _l("check bank details and approve payments to them")),
    (P.INSTALMENT_CERTIFY, P.INSTALMENT_APPROVE, _l("certify a payment and approve it")),
    (P.INSTALMENT_CERTIFY, P.INSTALMENT_RELEASE, _l("certify a payment and make it")),
    (P.INSTALMENT_APPROVE, P.INSTALMENT_RELEASE, _l("approve a payment and make it")),
    (
        P.BANK_ACCOUNT_EDIT,
        P.BANK_ACCOUNT_APPROVE,
        _l("change a bank account of the fund and approve the change"),
    ),
    (P.BANK_MATCH, P.BANK_SIGN_OFF, _l("reconcile a bank account and sign the reconciliation")),
    (P.PLEDGE_SIGN, P.CONTRIBUTION_RECORD, _l("sign for a pledge and record its payments")),
    (P.APPLICATION_WRITE, P.SCREENING_DECIDE, _l("write an application and screen it")),
    (P.REPORT_WRITE, P.REPORT_ANSWER, _l("write a report and accept it")),
    (
        P.DUE_DILIGENCE_RECOMMEND,
        P.DUE_DILIGENCE_DECIDE,
        _l("recommend a decision on due diligence and take it"),
    ),
)
"""Separation of duties: what one person may not do both of, in words."""

WITHOUT_FACTOR = frozenset(
    {
        P.ORGANISATION_EDIT,
        P.PLEDGE_READ,
        P.PLEDGE_MAKE,
        P.PLEDGE_AGREE,
        P.APPLICATION_READ,
        P.APPLICATION_WRITE,
        P.APPLICATION_SUBMIT,
        P.APPLICATION_SIGN,
        P.REPORT_WRITE,
        P.FINDING_ANSWER,
        P.ALLEGATION_ENTER,
        P.PAYEE_REQUEST,
        P.INSTALMENT_CONFIRM,
        P.GRANT_CHANGE_REQUEST,
        P.REVIEW_WRITE,
        P.CALL_SEE,
        P.REVIEW_SEE,
        P.AWARD_SEE,
        P.DASHBOARD_SEE,
    }
)
"""What a passphrase alone is enough for: one's own organisation's affairs, one's own assessments,
and reading without bank details. Everything else decides, pays, certifies, appoints or shows bank
details, and so does any permission that is added until it is named here.
"""


def needs_factor(role: Role) -> bool:
    """Has a person with this role to sign in with a second factor?"""
    return not GRANTED[role] <= WITHOUT_FACTOR


STEP_UP = frozenset(
    {
        P.TOKEN_MAKE,
        P.RETENTION_DECIDE,
        P.ERASURE_DECIDE,
        P.PEOPLE_INVITE,
        P.PEOPLE_CONFIRM,
        P.AWARD_APPROVE,
        P.GRANT_CHANGE_APPROVE,
        P.GRANT_CLOSING_APPROVE,
        P.PLEDGE_APPROVE_CHANGE,
        P.RECEIVABLE_APPROVE,
        P.SETTING_APPROVE,
        P.DUE_DILIGENCE_DECIDE,
        P.PAYEE_CHECK,
        P.PAYEE_APPROVE,
        P.INSTALMENT_CERTIFY,
        P.INSTALMENT_APPROVE,
        P.INSTALMENT_HOLD,
        P.INSTALMENT_RELEASE,
        P.STATEMENT_CERTIFY,
        P.BANK_SIGN_OFF,
        P.BANK_ACCOUNT_EDIT,
        P.BANK_ACCOUNT_APPROVE,
    }
)
"""Approving, releasing, certifying, roles and bank details: acts behind these permissions ask again
who sits there.
"""
