"""What may be done, and what a person can be: permissions and roles. `role_permissions.py`
joins them.
"""

from enum import StrEnum

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
    CONTRIBUTION_REFUND = "contributions:refund"
    CONTRIBUTION_SEE = "contributions:see"
    CALL_SEE = "calls:see"
    CALL_EDIT = "calls:edit"
    CALL_OPEN = "calls:open"
    APPLICATION_READ = "applications:read"
    APPLICATION_WRITE = "applications:write"
    APPLICATION_SUBMIT = "applications:submit"
    APPLICATION_SIGN = "applications:sign"
    APPLICATION_SEE = "applications:see"
    APPLICATION_TRANSLATE = "applications:translate"
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
    SUMMARY_RELEASE = "summaries:release"
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
