"""What the way of a contribution asks of people: from its donor to the certified statement."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Select

from grants.banking.accounts.queries import to_approve as bank_details_to_approve
from grants.banking.bank.queries import to_match as lines_to_match
from grants.banking.reconciliation.queries import to_sign_off
from grants.books.certificates.queries import funds_to_certify
from grants.books.rates.queries import currencies_without_rate
from grants.books.settings.queries import to_approve as settings_to_approve
from grants.books.verification.queries import breaches_found
from grants.core.kernel.language import ngettext as _n
from grants.core.people.permissions import Permission
from grants.core.people.viewer import Viewer
from grants.core.proofs.accounts import count_requests
from grants.core.proofs.losses import count_losses
from grants.desk.moving_in.queries import to_confirm as imports_to_confirm
from grants.desk.tasks import kinds
from grants.desk.tasks.cases import CODED, Case, by_number
from grants.desk.tasks.task import Task
from grants.desk.tasks.verbs import Verb
from grants.fundraising.thanks.queries import count_to_post as letters_to_post
from grants.fundraising.thanks.uninformed import count_uninformed
from grants.giving.cards.mandates.queries import count_refused
from grants.giving.cards.queries import count_failed, count_troubled
from grants.giving.contributions.queries import count_unidentified
from grants.giving.donors.queries import count_standing
from grants.giving.donors.senders import to_confirm as senders_to_confirm
from grants.giving.donors.signatories import to_confirm as signatories_to_confirm
from grants.giving.donors.undelivered import count_to_post, count_unreached
from grants.giving.outreach.queries import steps_due
from grants.giving.outside.queries import count_in_state as count_outside
from grants.giving.outside.workflow import OutsideState
from grants.giving.pledges.agreements import to_check as agreements_to_check
from grants.giving.pledges.changes import queries as amendments
from grants.giving.pledges.dates.queries import to_answer
from grants.giving.pledges.proposals.queries import count_unanswered
from grants.giving.pledges.queries import count_in_state as pledges_in_state
from grants.giving.pledges.workflow import UNANSWERED, UNSIGNED, PledgeState
from grants.giving.receivables.queries import to_approve as allowances_to_approve
from grants.granting.earmarks.ended import count_ended
from grants.integrity.diligence.queries import Clearance, count_in_state
from grants.integrity.diligence.workflow import DiligenceState
from grants.integrity.holds.queries import to_review as holds_to_review
from grants.integrity.sanctions.failures import failures_to_settle
from grants.integrity.sanctions.queries import count_open, count_proposed, list_due
from grants.platform.messages.queries import count_delayed
from grants.platform.signing_key.service import expiring
from grants.platform.staff.queries import to_confirm as appointments_to_confirm

P = Permission


def _for_anyone(count: Select[int]) -> Callable[[Viewer], Select[int]]:
    """Work of which there is as much for all who do it: its query is worded once."""
    return lambda _viewer: count


def _of_pledges(
    permission: Permission,
    states: Iterable[PledgeState],
    words: Callable[[int], str],
    page: str,
    verb: Verb,
) -> Iterator[Task]:
    """One to-do for each of these states, which the list of pledges shows."""
    for state in states:
        yield Task(
            permission,
            lambda v, state=state: pledges_in_state(v, state),  # type: ignore[misc]
            words,
            "pledges.index",
            {"state": state.value},
            case=Case(kinds.PLEDGE, page),
            verb=verb,
        )


def _of_outside(state: OutsideState, words: Callable[[int], str]) -> Iterator[Task]:
    """One to-do for this state, which the register shows."""
    yield Task(
        P.OUTREACH_RECORD,
        lambda viewer: count_outside(viewer, state),
        words,
        "outside.index",
        {"state": state.value},
    )


OF_THE_FUND = (
    Task(
        P.BANK_ACCOUNT_APPROVE,
        bank_details_to_approve,
        lambda n: _n("Change of bank details to approve", "Changes of bank details to approve", n),
        "accounts.waiting",
        urgent=True,
    ),
    Task(
        P.TRAIL_SEE,
        _for_anyone(breaches_found()),
        lambda n: _n("Breach found by the nightly check", "Breaches found by the nightly check", n),
        "verification.index",
        urgent=True,
        risk=True,
    ),
    Task(
        P.FUND_OPEN,
        _for_anyone(expiring()),
        lambda n: _n(
            "Certificate for signing documents expires soon",
            "Certificates for signing documents expire soon",
            n,
        ),
        "signing_key.index",
        urgent=True,
        risk=True,
    ),
    Task(
        P.MESSAGE_SEE,
        _for_anyone(count_delayed()),
        lambda n: _n("E-mail that could not be sent", "E-mails that could not be sent", n),
        "messages.delayed",
        urgent=True,
        risk=True,
    ),
    Task(
        P.PEOPLE_CONFIRM,
        appointments_to_confirm,
        lambda n: _n("Appointment to confirm", "Appointments to confirm", n),
        "staff.index",
    ),
    Task(
        P.PEOPLE_CONFIRM,
        lambda v: count_losses(v.person_id),
        lambda n: _n("Lost second factor to confirm", "Lost second factors to confirm", n),
        "staff.index",
        urgent=True,
    ),
    Task(
        P.PEOPLE_CONFIRM,
        _for_anyone(count_requests()),
        lambda n: _n("Account to link to a person", "Accounts to link to people", n),
        "staff.index",
    ),
    Task(
        P.HISTORY_IMPORT,
        imports_to_confirm,
        lambda n: _n("Data import to confirm", "Data imports to confirm", n),
        "moving_in.index",
    ),
    *_of_pledges(
        P.PLEDGE_ACKNOWLEDGE,
        UNANSWERED,
        lambda n: _n(
            "New pledge or gift to acknowledge", "New pledges and gifts to acknowledge", n
        ),
        "pledges.acknowledge",
        Verb.ACKNOWLEDGE,
    ),
    Task(
        P.DONOR_EDIT,
        _for_anyone(senders_to_confirm()),
        lambda n: _n(
            "Pledge whose sender must be confirmed", "Pledges whose senders must be confirmed", n
        ),
        "donors.index",
        {"unconfirmed": "yes"},
    ),
    Task(
        P.DONOR_EDIT,
        _for_anyone(signatories_to_confirm()),
        lambda n: _n("Signatory of a Member State to confirm", "Signatories to confirm", n),
        "donors.index",
        {"signatory": "yes"},
    ),
    Task(
        P.DONOR_EDIT,
        _for_anyone(count_unreached()),
        lambda n: _n(
            "Contact person with returned e-mails",
            "Contact persons with returned e-mails",
            n,
        ),
        "donors.undelivered_emails",
    ),
    Task(
        P.DONOR_EDIT,
        count_to_post,
        lambda n: _n(
            "Document to send to a donor by post", "Documents to send to donors by post", n
        ),
        "donors.undelivered_emails",
        urgent=True,
    ),
    Task(
        P.PLEDGE_SIGN,
        agreements_to_check,
        lambda n: _n(
            "Signed agreement from a donor to check", "Signed agreements from donors to check", n
        ),
        "pledges.index",
        {"returned": "yes"},
        case=Case(kinds.PLEDGE, "pledges.show"),
        verb=Verb.CHECK,
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        _for_anyone(count_standing(Clearance.NOT_BEGUN)),
        lambda n: _n("Due diligence to start", "Due diligence to start", n),
        "donors.index",
        {"clearance": "not_begun"},
        case=Case(kinds.DONOR, "donors.show", CODED),
        verb=Verb.REVIEW,
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        _for_anyone(count_standing(Clearance.EXPIRED)),
        lambda n: _n("Due diligence to renew", "Due diligence to renew", n),
        "donors.index",
        {"clearance": "expired"},
        case=Case(kinds.DONOR, "donors.show", CODED),
        verb=Verb.REVIEW,
    ),
    Task(
        P.DUE_DILIGENCE_RECOMMEND,
        lambda v: count_in_state(v, DiligenceState.OPEN),
        lambda n: _n("Due diligence to complete", "Due diligence to complete", n),
        "diligence.index",
        {"state": "open"},
        case=Case(kinds.DILIGENCE, "diligence.show", by_number("case_id")),
        verb=Verb.REVIEW,
    ),
    Task(
        P.DUE_DILIGENCE_DECIDE,
        lambda v: count_in_state(v, DiligenceState.RECOMMENDED),
        lambda n: _n("Due diligence to decide on", "Due diligence to decide on", n),
        "diligence.index",
        {"state": "recommended"},
        case=Case(kinds.DILIGENCE, "diligence.show", by_number("case_id")),
        verb=Verb.DECIDE,
    ),
    Task(
        P.DUE_DILIGENCE_DECIDE,
        holds_to_review,
        lambda n: _n("Hold on an organisation to review", "Holds on organisations to review", n),
        "holds.index",
        case=Case(kinds.HOLD, "diligence.organisation", CODED),
        verb=Verb.REVIEW,
    ),
    Task(
        P.SANCTIONS_RESOLVE,
        _for_anyone(count_open()),
        lambda n: _n(
            "Possible match with the sanctions list",
            "Possible matches with the sanctions list",
            n,
        ),
        "sanctions.matches",
        {"state": "open"},
        urgent=True,
        risk=True,
        case=Case(kinds.HIT, "sanctions.hit", by_number("hit_id")),
        verb=Verb.REVIEW,
    ),
    Task(
        P.SANCTIONS_RESOLVE,
        count_proposed,
        lambda n: _n(
            "Match with the sanctions list to confirm as another person or entity",
            "Matches with the sanctions list to confirm as other persons or entities",
            n,
        ),
        "sanctions.matches",
        {"state": "proposed"},
        urgent=True,
        risk=True,
        case=Case(kinds.HIT, "sanctions.hit", by_number("hit_id")),
        verb=Verb.CONFIRM,
    ),
    Task(
        P.SANCTIONS_IMPORT,
        _for_anyone(failures_to_settle()),
        lambda n: _n(
            "Failed update of the sanctions list to repeat",
            "Failed updates of the sanctions list to repeat",
            n,
        ),
        "sanctions.index",
        urgent=True,
    ),
    Task(
        P.SANCTIONS_IMPORT,
        _for_anyone(list_due()),
        lambda n: _n("New sanctions list to upload", "New sanctions lists to upload", n),
        "sanctions.index",
        urgent=True,
    ),
    *_of_pledges(
        P.PLEDGE_SIGN,
        UNSIGNED,
        lambda n: _n(
            "Pledge or gift awaiting its agreement",
            "Pledges and gifts awaiting their agreements",
            n,
        ),
        "pledges.show",
        Verb.FOLLOW,
    ),
    *_of_outside(
        OutsideState.ANNOUNCED,
        lambda n: _n(
            "Contribution outside the fund to pass on",
            "Contributions outside the fund to pass on",
            n,
        ),
    ),
    *_of_outside(
        OutsideState.HANDED_ON,
        lambda n: _n(
            "Contribution outside the fund awaiting its office",
            "Contributions outside the fund awaiting their office",
            n,
        ),
    ),
    Task(
        P.OUTREACH_RECORD,
        lambda v: steps_due(v, late=True),
        lambda n: _n("Next step with a donor is overdue", "Next steps with donors are overdue", n),
        "outreach.contacts",
        {"steps": "mine"},
        urgent=True,
        case=Case(kinds.STEP, "outreach.contact", by_number("contact_id")),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.OUTREACH_RECORD,
        lambda v: steps_due(v, late=False),
        lambda n: _n("Next step with a donor this week", "Next steps with donors this week", n),
        "outreach.contacts",
        {"steps": "mine"},
        case=Case(kinds.STEP, "outreach.contact", by_number("contact_id")),
        verb=Verb.RECORD,
    ),
    Task(
        P.OUTREACH_SEND,
        count_uninformed,
        lambda n: _n(
            "Donor to inform of what their money achieved",
            "Donors to inform of what their money achieved",
            n,
        ),
        "thanks.index",
    ),
    Task(
        P.OUTREACH_SEND,
        letters_to_post,
        lambda n: _n("Letter of thanks to send by post", "Letters of thanks to send by post", n),
        "thanks.index",
    ),
    Task(
        P.PLEDGE_SCHEDULE,
        to_answer,
        lambda n: _n("Request to change a payment date", "Requests to change payment dates", n),
        "payment_dates.index",
        case=Case(kinds.NEW_DATE, "payment_dates.show", by_number("request_id")),
        verb=Verb.DECIDE,
    ),
    Task(
        P.PLEDGE_SIGN,
        count_unanswered,
        lambda n: _n(
            "Proposal on an earmark awaiting its donor",
            "Proposals on earmarks awaiting their donors",
            n,
        ),
        "earmark_proposals.index",
        others=True,
    ),
    Task(
        P.PLEDGE_SIGN,
        count_ended,
        lambda n: _n(
            "Earmark that ended with money left", "Earmarks that ended with money left", n
        ),
        "earmarks.ended",
        case=Case(kinds.PLEDGE, "pledges.show"),
        verb=Verb.DECIDE,
    ),
    Task(
        P.PLEDGE_APPROVE_CHANGE,
        amendments.to_approve,
        lambda n: _n("Change to a pledge to decide on", "Changes to pledges to decide on", n),
        "pledge_changes.index",
        case=Case(kinds.PLEDGE_CHANGE, "pledge_changes.show", by_number("change_id")),
        verb=Verb.DECIDE,
    ),
    Task(
        P.LEDGER_RATES,
        _for_anyone(currencies_without_rate()),
        lambda n: _n("Currency without an exchange rate", "Currencies without exchange rates", n),
        "rates.index",
    ),
    Task(
        P.CONTRIBUTION_RECORD,
        count_unidentified,
        lambda n: _n("Unidentified deposit", "Unidentified deposits", n),
        "contributions.index",
        {"unidentified": "yes"},
        case=Case(kinds.DEPOSIT, "contributions.show", by_number("deposit_id")),
        verb=Verb.MATCH,
    ),
    Task(
        P.CONTRIBUTION_RECORD,
        count_troubled,
        lambda n: _n(
            "Payment by card that is not in the ledger",
            "Payments by card that are not in the ledger",
            n,
        ),
        "card_payments.index",
    ),
    Task(
        P.CONTRIBUTION_RECORD,
        count_refused,
        lambda n: _n(
            "Monthly gift whose card was refused",
            "Monthly gifts whose cards were refused",
            n,
        ),
        "card_mandates.index",
        {"refused": "yes"},
        case=Case(kinds.CARD_MANDATE, "card_mandates.show", by_number("number")),
        verb=Verb.FOLLOW,
    ),
    Task(
        P.CONTRIBUTION_REFUND,
        count_failed,
        lambda n: _n(
            "Refund to a card that failed",
            "Refunds to cards that failed",
            n,
        ),
        "card_payments.index",
        case=Case(kinds.CARD_RETURN, "card_payments.close_refund", by_number("number")),
        verb=Verb.FOLLOW,
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
            "Fund with last year’s statements to certify",
            "Funds with last year’s statements to certify",
            n,
        ),
        "certification.index",
    ),
    Task(
        P.BANK_MATCH,
        lines_to_match,
        lambda n: _n("Bank statement line to match", "Bank statement lines to match", n),
        "bank.index",
        {"state": "unmatched"},
        case=Case(kinds.LINE, "bank.show", by_number("line_id")),
        verb=Verb.MATCH,
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
        lambda n: _n("Setting change to approve", "Setting changes to approve", n),
        "settings.waiting",
    ),
)
"""What waits in the secretariat: donors, pledges, money that arrived, the books."""
