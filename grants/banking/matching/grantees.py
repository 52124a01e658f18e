"""What a line of the bank could be of grants: an instalment that was paid, a refund that came."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from grants.banking.bank.models import BankLine
from grants.banking.bank.service import WIDEST_RATE
from grants.banking.matching.open_grants import (
    OpenInstalment,
    PaidGrant,
    open_instalments,
    paid_grants,
)
from grants.banking.matching.scoring import (
    FULL_SUM,
    LIKE_NAME,
    NEARLY,
    SAME_NAME,
    SURE,
    WORTH_SHOWING,
    Fit,
    Reason,
    bare,
    is_called,
    quoted_in,
)
from grants.banking.matching.stated import LARGEST_FEE, Stated
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money
from grants.core.texts.marks import spaced
from grants.granting.bank_details.queries import in_force
from grants.granting.payments.workflow import PAYABLE

OWN_REFERENCE, QUOTED, ANOTHER_QUOTED, SAME_ACCOUNT = 70, 55, 20, 25
"""What our own reference of a payment is worth, the grant's reference, the same with another
instalment's number, and the bank account.
"""
RESEMBLES = 55
"""From here on a line is not offered as something else."""

SameAccount = Callable[[int, int], bool | None]
"""Is the bank account of the line the one confirmed for this organisation? None: not known."""


@dataclass(frozen=True, slots=True)
class InstalmentProposal:
    """This debit could be the payment of this instalment."""

    instalment: OpenInstalment
    same_sum: bool
    """Is the line that sum, or about it where the bank converted?"""
    fee: Money | None
    """What the bank debited besides, if it can be a fee."""
    elsewhere: bool
    """Did the money go to another account than the confirmed one?"""
    fit: Fit

    @property
    def payable(self) -> bool:
        """Do three persons agree that it is paid?"""
        return self.instalment.state in PAYABLE

    @property
    def recordable(self) -> bool:
        """Can it be recorded as paid from this line, a fee of the bank aside?"""
        return (self.same_sum or bool(self.fee)) and self.payable

    @property
    def sure(self) -> bool:
        """Fits so well that one press of a button does."""
        return self.recordable and not self.elsewhere and self.fit.score >= SURE

    @property
    def resembles(self) -> bool:
        return self.fit.score >= RESEMBLES


@dataclass(frozen=True, slots=True)
class RefundProposal:
    """This credit could be a refund on this grant."""

    grant: PaidGrant
    fit: Fit
    amount: Money
    """What the line counts as, in USD."""

    @property
    def sure(self) -> bool:
        return self.fit.score >= SURE and self.amount.minor <= self.grant.not_refunded.minor

    @property
    def resembles(self) -> bool:
        return self.fit.score >= RESEMBLES


def instalments_for(session: Session, line: BankLine, most: int = 3) -> list[InstalmentProposal]:
    """The instalments that a debit could pay, the best first."""
    (instalments,) = open_instalments(session, [Stated.of(line)])
    return fitting_instalments(Stated.of(line), instalments, most, _account_of(session, line))


def refunds_for(session: Session, line: BankLine, most: int = 3) -> list[RefundProposal]:
    """The grants on which a credit could be a refund, the best first."""
    (grants,) = paid_grants(session, [Stated.of(line)])
    return fitting_refunds(Stated.of(line), grants, most, _account_of(session, line))


def _account_of(session: Session, line: BankLine) -> SameAccount:
    stated = bare(line.counterparty_account)

    def same(fund_id: int, organisation_id: int) -> bool | None:
        details = in_force(session, fund_id, organisation_id) if stated else None
        if details is None or not details.is_readable:
            return None
        return bare(details.number) == stated

    return same


def _unknown_account(_fund_id: int, _organisation_id: int) -> bool | None:
    return None


def fitting_instalments(
    line: Stated,
    instalments: Iterable[OpenInstalment],
    most: int,
    same_account: SameAccount = _unknown_account,
) -> list[InstalmentProposal]:
    """Of each grant the instalment that fits a debit best, and the best of them first; payable
    ones before others.
    """
    proposals = [_instalment_proposal(line, instalment, same_account) for instalment in instalments]
    worth = [proposal for proposal in proposals if proposal.fit.score >= WORTH_SHOWING]
    worth.sort(key=lambda p: (-p.fit.score, not p.payable, p.instalment.id))
    of_grants = {proposal.instalment.grant: proposal for proposal in reversed(worth)}
    return [proposal for proposal in worth if proposal is of_grants[proposal.instalment.grant]][
        :most
    ]


def _instalment_proposal(
    line: Stated, instalment: OpenInstalment, same_account: SameAccount
) -> InstalmentProposal:
    due = instalment.transfer or instalment.amount
    same_sum = (line.currency, -line.amount_minor) == (due.currency, due.minor)
    converted = line.currency == FUNCTIONAL_CURRENCY != due.currency and _is_near(line, instalment)
    fee = _fee_beside(line, instalment, due)
    account = same_account(instalment.fund_id, instalment.organisation_id)
    reasons = [
        _quotes_instalment(line, instalment),
        (FULL_SUM, _("The amount is the same as the instalment.")) if same_sum else None,
        (NEARLY, _("The amount is that of the instalment and a fee.")) if fee else None,
        (NEARLY, _("The bank converted it: the amount is about that of the instalment."))
        if converted
        else None,
        _payee_reason(line, instalment.names),
        (SAME_ACCOUNT, _("The payee’s account is the confirmed one.")) if account else None,
    ]
    if account is False:
        reasons.append((0, _("The payee’s account is not the confirmed one.")))
    fit = _fit_of(reasons)
    return InstalmentProposal(instalment, same_sum or converted, fee, account is False, fit)


def _is_near(line: Stated, instalment: OpenInstalment) -> bool:
    """Could the bank’s own rate have made the line of it?"""
    beside = abs(-line.amount_minor - instalment.minor)
    return beside * WIDEST_RATE <= instalment.minor


def _fee_beside(line: Stated, instalment: OpenInstalment, due: Money) -> Money | None:
    """A fee is known only where the line says which payment it is."""
    fee = Money(-line.amount_minor - due.minor, due.currency)
    known = line.end_to_end and line.end_to_end == instalment.end_to_end
    quoted = known or quoted_in(line.texts).has(instalment.grant)
    same_currency = line.currency == due.currency
    return fee if same_currency and quoted and 0 < fee.minor <= LARGEST_FEE else None


def _quotes_instalment(line: Stated, instalment: OpenInstalment) -> Reason | None:
    if line.end_to_end and line.end_to_end == instalment.end_to_end:
        return OWN_REFERENCE, _("The line carries our reference of this payment.")
    if not quoted_in(line.texts).has(instalment.grant):
        return None
    numbers = {
        int(number)
        for text in line.texts
        for number in re.findall(rf"{re.escape(instalment.grant)}\D{{1,20}}(\d{{1,3}})\b", text)
    }
    if numbers and instalment.number not in numbers:
        listed = spaced(",").join(str(number) for number in sorted(numbers))
        words = _("The line quotes the grant, and instalment %(numbers)s of it.", numbers=listed)
        return ANOTHER_QUOTED, words
    if numbers:
        return QUOTED, _("The line quotes the grant and this instalment.")
    return QUOTED, _("The line quotes the grant’s reference.")


def _payee_reason(line: Stated, names: Sequence[str]) -> Reason | None:
    same = is_called(line.counterparty, names)
    if same is None:
        return None
    if same:
        return SAME_NAME, _("The bank names the grantee.")
    words = _("The name at the bank, “%(name)s”, resembles the grantee’s.", name=line.counterparty)
    return LIKE_NAME, words


def _fit_of(reasons: Iterable[Reason | None]) -> Fit:
    present = [reason for reason in reasons if reason is not None]
    score = min(sum(points for points, _words in present), 100)
    return Fit(score, tuple(words for _points, words in present))


def fitting_refunds(
    line: Stated,
    grants: Iterable[PaidGrant],
    most: int,
    same_account: SameAccount = _unknown_account,
) -> list[RefundProposal]:
    """The grants on which a credit could be a refund, the best first."""
    came = Money(line.amount_minor, line.currency)
    counted = [(grant, grant.counts_as(came)) for grant in grants]
    proposals = [
        _refund_proposal(line, grant, amount, same_account) for grant, amount in counted if amount
    ]
    worth = [proposal for proposal in proposals if proposal.fit.score >= WORTH_SHOWING]
    return sorted(worth, key=lambda p: (-p.fit.score, p.grant.id))[:most]


def _refund_proposal(
    line: Stated, grant: PaidGrant, amount: Money, same_account: SameAccount
) -> RefundProposal:
    quotes = quoted_in(line.texts).has(grant.grant)
    is_due = amount in grant.expected
    same = same_account(grant.fund_id, grant.organisation_id)
    reasons = (
        (QUOTED, _("The line quotes the grant’s reference.")) if quotes else None,
        (FULL_SUM, _("The amount is what is due back on the grant.")) if is_due else None,
        _payee_reason(line, grant.names),
        (SAME_ACCOUNT, _("It comes from the grantee’s confirmed account.")) if same else None,
    )
    return RefundProposal(grant, _fit_of(reasons), amount)
