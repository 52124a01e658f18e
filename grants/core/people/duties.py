"""What is true of a permission wherever it is granted: it decides, it is kept apart from another,
it needs a second factor, it asks again who is there.
"""

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import OUTSIDE, Permission, Role
from grants.core.people.role_permissions import GRANTED

P = Permission

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
        P.CONTRIBUTION_REFUND,
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
        _l("recommend a change to a grant and approve it"),
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
    (P.CONTRIBUTION_RECORD, P.CONTRIBUTION_REFUND, _l("record contributions and refund them")),
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
        P.APPLICATION_TRANSLATE,
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
        P.CONTRIBUTION_REFUND,
        P.STATEMENT_CERTIFY,
        P.BANK_SIGN_OFF,
        P.BANK_ACCOUNT_EDIT,
        P.BANK_ACCOUNT_APPROVE,
    }
)
"""Approving, releasing, certifying, roles and bank details: acts behind these permissions ask again
who sits there.
"""
