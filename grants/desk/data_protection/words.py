"""What a person is told of the data that are kept about them: what, why, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p


@dataclass(frozen=True, slots=True)
class KindOfData:
    """One kind of data: what it is called, why it is kept, for how long."""

    title: str
    why: str
    until: str


ACCOUNT = _l("So that you can sign in, and only you")
REACH = _l("So that we can write to you")
SHOW = _l("So that it can be shown who decided on public money, and why")
WORK = _l("So that colleagues know who looks after a case")
EASE = _l("So that the pages work as you prefer")

WHILE_ACCOUNT = _l("As long as you have an account")
WHILE_BOOKS = _l("As long as the fund must keep its accounts; your name is removed when you ask")
WHILE_WORK = _l("Until it has been used or has expired")

KEPT: Mapping[str, KindOfData] = {
    "person": KindOfData(_p("signing in", "Account"), REACH, WHILE_ACCOUNT),
    "membership": KindOfData(_l("Roles"), SHOW, WHILE_BOOKS),
    "appointment": KindOfData(_l("Appointments to roles"), SHOW, WHILE_BOOKS),
    "expertise": KindOfData(_l("Subjects as a reviewer"), SHOW, WHILE_ACCOUNT),
    "sign_in": KindOfData(_l("Browsers of signed-in sessions"), ACCOUNT, WHILE_ACCOUNT),
    "sign_in_attempt": KindOfData(_l("Failed attempts to sign in"), ACCOUNT, WHILE_WORK),
    "factor": KindOfData(_l("Second factors"), ACCOUNT, WHILE_ACCOUNT),
    "factor_loss": KindOfData(_l("Lost second factors"), ACCOUNT, WHILE_ACCOUNT),
    "recovery_code": KindOfData(_l("Recovery codes"), ACCOUNT, WHILE_ACCOUNT),
    "provider_account": KindOfData(_l("Accounts at a provider"), ACCOUNT, WHILE_ACCOUNT),
    "link": KindOfData(_l("Links sent by e-mail"), ACCOUNT, WHILE_WORK),
    "signing_code": KindOfData(_l("Codes sent for signing"), ACCOUNT, WHILE_WORK),
    "message": KindOfData(
        _l("E-mails from the funds"), _l("So that we can show what we told you"), WHILE_BOOKS
    ),
    "undelivered_email": KindOfData(_l("Returned e-mails"), REACH, WHILE_BOOKS),
    "donor_contact": KindOfData(_l("Contact details held for a donor"), REACH, WHILE_BOOKS),
    "appeal_consent": KindOfData(
        _l("Consent to appeals"), _l("So that we can show that you agreed"), WHILE_BOOKS
    ),
    "mailing_line": KindOfData(_l("Appeals received"), REACH, WHILE_BOOKS),
    "thanks_letter": KindOfData(_l("Thanks received"), REACH, WHILE_BOOKS),
    "outside_contribution": KindOfData(_l("Contributions outside the fund"), REACH, WHILE_BOOKS),
    "public_question": KindOfData(_l("Questions about calls"), REACH, WHILE_BOOKS),
    "letter_request": KindOfData(_l("Letters of reference"), REACH, WHILE_BOOKS),
    "review": KindOfData(_l("Reviews"), SHOW, WHILE_BOOKS),
    "interest": KindOfData(_l("Declared interests"), SHOW, WHILE_BOOKS),
    "board_seat": KindOfData(_l("Seats in sessions of the Board"), SHOW, WHILE_BOOKS),
    "board_opinion": KindOfData(_l("Opinions before sessions of the Board"), SHOW, WHILE_BOOKS),
    "board_vote": KindOfData(_l("Votes in the Board"), SHOW, WHILE_BOOKS),
    "visit_person": KindOfData(_l("Interviews and visits"), SHOW, WHILE_BOOKS),
    "answer_translation": KindOfData(_l("Translations of answers"), SHOW, WHILE_BOOKS),
    "section_comment": KindOfData(_l("Comments on applications"), SHOW, WHILE_BOOKS),
    "trial_application": KindOfData(_l("Trials of application forms"), EASE, WHILE_WORK),
    "signature": KindOfData(_l("Signed documents"), SHOW, WHILE_BOOKS),
    "agreement_signature": KindOfData(_l("Signed contribution agreements"), SHOW, WHILE_BOOKS),
    "allegation_reader": KindOfData(_l("Access to allegations"), SHOW, WHILE_BOOKS),
    "document_opening": KindOfData(
        _l("Opened files"), _l("So that it can be shown who saw them"), WHILE_BOOKS
    ),
    "legal_hold": KindOfData(
        _l("Legal holds"),
        _l("So that nothing is lost that an audit or a dispute needs"),
        WHILE_BOOKS,
    ),
    "trail_value": KindOfData(_l("Addresses recorded with actions"), SHOW, WHILE_ACCOUNT),
    "erasure_request": KindOfData(
        _l("Requests for erasure"), _l("So that we can show how we answered"), WHILE_BOOKS
    ),
    "case_owner": KindOfData(_l("Cases you own"), WORK, WHILE_BOOKS),
    "case_follower": KindOfData(_l("Cases you follow"), EASE, WHILE_ACCOUNT),
    "saved_view": KindOfData(_l("Saved views of lists"), EASE, WHILE_ACCOUNT),
    "large_file": KindOfData(_l("Prepared files"), EASE, WHILE_WORK),
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
