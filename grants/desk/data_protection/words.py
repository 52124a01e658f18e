"""What a person is told of the data that are kept about them: what, why, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass

from grants.core.kernel.language import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: what it is called, why it is kept, for how long."""

    title: str
    why: str
    until: str


ACCOUNT = _l("So that you can sign in, and only you")
REACH = _l("So that we can write to you")
SHOW = _l("So that it can be shown who decided on public money, and why")
WORK = _l("So that colleagues know who looks after a case")
EASE = _l("So that the pages are as you like them")

WHILE_ACCOUNT = _l("As long as you have an account")
WHILE_BOOKS = _l("As long as the fund must keep its accounts; your name is removed when you ask")
WHILE_WORK = _l("Until it is used, or too old to be used")

KEPT: Mapping[str, Kept] = {
    "person": Kept(_l("Account"), REACH, WHILE_ACCOUNT),
    "membership": Kept(_l("Roles"), SHOW, WHILE_BOOKS),
    "appointment": Kept(_l("Appointments to roles"), SHOW, WHILE_BOOKS),
    "expertise": Kept(_l("Subjects as a reviewer"), SHOW, WHILE_ACCOUNT),
    "sign_in": Kept(_l("Browsers of signed-in sessions"), ACCOUNT, WHILE_ACCOUNT),
    "sign_in_attempt": Kept(_l("Failed attempts to sign in"), ACCOUNT, WHILE_WORK),
    "factor": Kept(_l("Second factors"), ACCOUNT, WHILE_ACCOUNT),
    "factor_loss": Kept(_l("Lost second factors"), ACCOUNT, WHILE_ACCOUNT),
    "recovery_code": Kept(_l("Recovery codes"), ACCOUNT, WHILE_ACCOUNT),
    "provider_account": Kept(_l("Accounts at a provider"), ACCOUNT, WHILE_ACCOUNT),
    "link": Kept(_l("Links sent by e-mail"), ACCOUNT, WHILE_WORK),
    "signing_code": Kept(_l("Codes sent for signing"), ACCOUNT, WHILE_WORK),
    "message": Kept(
        _l("E-mails from the funds"), _l("So that we can show what we told you"), WHILE_BOOKS
    ),
    "donor_contact": Kept(_l("Contact card at a donor"), REACH, WHILE_BOOKS),
    "appeal_consent": Kept(
        _l("Consent to appeals"), _l("So that we can show that you agreed"), WHILE_BOOKS
    ),
    "mailing_line": Kept(_l("Appeals received"), REACH, WHILE_BOOKS),
    "thanks_letter": Kept(_l("Thanks received"), REACH, WHILE_BOOKS),
    "outside_contribution": Kept(_l("Contributions outside the fund"), REACH, WHILE_BOOKS),
    "public_question": Kept(_l("Questions about calls"), REACH, WHILE_BOOKS),
    "review": Kept(_l("Reviews"), SHOW, WHILE_BOOKS),
    "interest": Kept(_l("Declared interests"), SHOW, WHILE_BOOKS),
    "board_seat": Kept(_l("Seats in sessions of the Board"), SHOW, WHILE_BOOKS),
    "board_opinion": Kept(_l("Opinions before sessions of the Board"), SHOW, WHILE_BOOKS),
    "board_vote": Kept(_l("Votes in the Board"), SHOW, WHILE_BOOKS),
    "visit_person": Kept(_l("Interviews and visits"), SHOW, WHILE_BOOKS),
    "section_comment": Kept(_l("Comments on applications"), SHOW, WHILE_BOOKS),
    "trial_application": Kept(_l("Trials of application forms"), EASE, WHILE_WORK),
    "signature": Kept(_l("Signed documents"), SHOW, WHILE_BOOKS),
    "agreement_signature": Kept(_l("Signed contribution agreements"), SHOW, WHILE_BOOKS),
    "allegation_reader": Kept(_l("Access to allegations"), SHOW, WHILE_BOOKS),
    "document_opening": Kept(
        _l("Opened files"), _l("So that it can be shown who saw them"), WHILE_BOOKS
    ),
    "legal_hold": Kept(
        _l("Legal holds"),
        _l("So that nothing is lost that an audit or a dispute needs"),
        WHILE_BOOKS,
    ),
    "trail_value": Kept(_l("Addresses noted with acts"), SHOW, WHILE_ACCOUNT),
    "erasure_request": Kept(
        _l("Requests for erasure"), _l("So that we can show how we answered"), WHILE_BOOKS
    ),
    "case_owner": Kept(_l("Cases you own"), WORK, WHILE_BOOKS),
    "case_follower": Kept(_l("Cases you follow"), EASE, WHILE_ACCOUNT),
    "saved_view": Kept(_l("Saved views of lists"), EASE, WHILE_ACCOUNT),
    "large_file": Kept(_l("Prepared files"), EASE, WHILE_WORK),
}
"""By the table in which it is."""

LAW: Mapping[str, str] = {
    "entry": _l("ledger entries"),
    "exchange_rate": _l("exchange rates"),
    "bank_statement": _l("bank statements"),
    "reconciliation": _l("reconciliations"),
    "certificate": _l("certified statements"),
    "receipt": _l("receipts"),
    "signature": _l("signed documents"),
    "agreement_signature": _l("signed contribution agreements"),
    "sanctions_list": _l("sanctions lists"),
    "sanctions_hit": _l("checks against sanctions lists"),
}
"""What goes on naming a person after an erasure, by its table: records of money and signatures."""
