"""What the way of a contribution asks of people: from its donor to the certified statement."""

from grants.banking.bank.queries import count_open as lines_to_match
from grants.banking.reconciliation.queries import to_sign_off
from grants.books.certificates.queries import funds_to_certify
from grants.books.settings.queries import to_approve as settings_to_approve
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.desk.moving_in.queries import to_confirm as imports_to_confirm
from grants.desk.portal.task import Task
from grants.giving.contributions.queries import count_unidentified
from grants.giving.donors.queries import count_standing
from grants.giving.donors.senders import to_confirm as senders_to_confirm
from grants.giving.outreach.queries import steps_due
from grants.giving.pledges.agreements import to_check as agreements_to_check
from grants.giving.pledges.changes import queries as amendments
from grants.giving.pledges.dates.queries import to_answer
from grants.giving.pledges.queries import count_for_viewer
from grants.giving.pledges.workflow import PledgeState
from grants.giving.receivables.queries import to_approve as allowances_to_approve
from grants.integrity.diligence.queries import Clearance, count_in_state
from grants.integrity.diligence.workflow import DiligenceState
from grants.integrity.sanctions.queries import count_open, is_old, list_in_force

P = Permission

OF_THE_FUND = (
    Task(
        P.HISTORY_IMPORT,
        lambda s, v: s.scalar(imports_to_confirm(v)) or 0,
        lambda n: _n("Data import to confirm", "Data imports to confirm", n),
        "moving_in.index",
    ),
    Task(
        P.PLEDGE_ACKNOWLEDGE,
        lambda s, v: count_for_viewer(s, v, PledgeState.PLEDGED),
        lambda n: _n("New pledge to acknowledge", "New pledges to acknowledge", n),
        "pledges.index",
        {"state": "pledged"},
    ),
    Task(
        P.DONOR_EDIT,
        lambda s, _v: senders_to_confirm(s),
        lambda n: _n("Sender of a pledge to confirm", "Senders of pledges to confirm", n),
        "donors.index",
        {"unconfirmed": "yes"},
    ),
    Task(
        P.PLEDGE_SIGN,
        agreements_to_check,
        lambda n: _n(
            "Signed agreement from a donor to check", "Signed agreements from donors to check", n
        ),
        "pledges.index",
        {"returned": "yes"},
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        lambda s, _v: count_standing(s, Clearance.NOT_BEGUN),
        lambda n: _n("Due diligence to start", "Due diligence to start", n),
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
        lambda n: _n("New sanctions list to upload", "New sanctions lists to upload", n),
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
        lambda n: _n("Request to change a payment date", "Requests to change payment dates", n),
        "payment_dates.index",
    ),
    Task(
        P.PLEDGE_APPROVE_CHANGE,
        amendments.to_approve,
        lambda n: _n("Change of a pledge to decide on", "Changes of pledges to decide on", n),
        "pledge_changes.index",
    ),
    Task(
        P.CONTRIBUTION_RECORD,
        count_unidentified,
        lambda n: _n("Unidentified deposit", "Unidentified deposits", n),
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
        "certification.index",
    ),
    Task(
        P.BANK_MATCH,
        lambda s, v: s.scalar(lines_to_match(v)) or 0,
        lambda n: _n("Bank statement line to match", "Bank statement lines to match", n),
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
)
"""What waits in the secretariat: donors, pledges, money that arrived, the books."""
