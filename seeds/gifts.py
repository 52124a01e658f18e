"""Gifts of private persons in the demonstration: paid by transfer and by card, awaited, cancelled,
and one kept apart.
"""

from grants.banking.payouts.reading import store_balances, store_payouts
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.cards.mandates.models import CardMandate
from grants.giving.cards.mandates.service import (
    settle_mandate,
    start_mandate,
    stop_for_giver,
)
from grants.giving.cards.providers import (
    HostedPage,
    MandateProgress,
    MandateStatus,
    Moved,
    Movement,
    Notice,
    Paid,
    Payout,
    PayoutState,
    Progress,
    Returned,
    ReturnKind,
    Status,
)
from grants.giving.cards.returns import ask_refund, close, refuse
from grants.giving.cards.service import note_page, receive_notice, settle, start
from grants.giving.contributions.service import Arrival, record_deposit
from grants.giving.outreach.consents import give_consent, leaving_token, unsubscribe
from grants.giving.pledges.gifts import cancel_gift
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledging.gift import as_paid
from grants.giving.pledging.service import propose
from seeds.cast import address
from seeds.company import Company, days_after, on
from seeds.outreach import close_address

AGREES = "Beatrice Rossi"
"""Who consents to appeals."""
PAID_AFTER = 4
"""Days from the gift to its transfer."""


def plant_gifts(company: Company, fund: Fund, other: Fund) -> None:
    """What the page of gifts brought in the last weeks. One fund takes francs, the other one their
    worth in euro.
    """
    paid = _give(company, fund, AGREES, "IT", Money(20_000, "EUR"), -22)
    _agree(company, paid, -22)
    _pay(company, fund, paid, -22 + PAID_AFTER)
    listed = _give(company, fund, "Nadeem Velkarov", "AT", Money(15_000, "USD"), -15)
    _pay(company, fund, listed, -15 + PAID_AFTER)
    awaited = _give(company, fund, "Hanna Lindqvist", "SE", Money(10_000, "EUR"), -2)
    _leave_the_card(company, awaited, -2)
    _give(company, fund, "Reto Zbinden", "CH", Money(10_000, "CHF"), -3)
    _give(company, other, "Ladina Caduff", "CH", Money(25_000, "CHF"), -4)
    _leave(company, address("Paulo Mendes"), -9)
    cancelled = _give(company, fund, "Paulo Mendes", "BR", Money(5_000, "USD"), -11)
    with on(days_after(company.today, -10)):
        cancel_gift(company.session, cancelled)
    by_card = _give(company, fund, "Mirjam de Wit", "NL", Money(8_000, "EUR"), -6)
    _pay_by_card(company, by_card, -6, Money(265, "EUR"))
    with on(days_after(company.today, -1), 7):
        close_address(company, address(AGREES))
    _give_every_month(company, fund)


def _give(
    company: Company, fund: Fund, name: str, country: str, amount: Money, days: int
) -> Pledge:
    giver = Giver(name, DonorKind.INDIVIDUAL, country)
    with on(days_after(company.today, days), 20):
        contact = Contact(name, address(name), takes_appeals=name == AGREES)
        chosen = Offer(amount, public_name=False, gift=True)
        offer = as_paid(company.session, fund, chosen)
        return propose(company.session, fund, offer, giver, contact, Act(VISITOR))


def _agree(company: Company, pledge: Pledge, days: int) -> None:
    words = (
        "Write to me about the work of the fund and how I can help. I can stop "
        "these messages at any time."
    )
    with on(days_after(company.today, days), 20):
        give_consent(
            company.session, pledge.promise["email"], words, pledge.reference, Act(VISITOR)
        )


def _leave(company: Company, email: str, days: int) -> None:
    """A reader of an appeal has had enough."""
    with on(days_after(company.today, days)):
        unsubscribe(company.session, leaving_token(company.session, email), Act(VISITOR))


def _leave_the_card(company: Company, pledge: Pledge, days: int) -> None:
    """The giver opens the page for cards and leaves it unpaid."""
    with on(days_after(company.today, days), 21):
        payment = start(company.session, pledge, "stripe", Act(VISITOR))
        settle(company.session, payment, Status(Progress.CLOSED))


def _pay_by_card(company: Company, pledge: Pledge, days: int, fee: Money) -> None:
    """The giver pays on the page of the provider, which tells of it and answers when asked; a part
    goes back to the card, at the second attempt; another part does not reach it. Nothing is sent to
    the provider.
    """
    session, page = company.session, HostedPage("cs_demonstration", "https://checkout.stripe.com/")
    with on(days_after(company.today, days), 21):
        payment = start(session, pledge, "stripe", Act(VISITOR))
        note_page(session, payment, page)
        notice = Notice("evt_demonstration", "checkout.session.completed", clock.now(), payment.key)
        receive_notice(session, pledge.fund, "stripe", notice)
        paid = Paid("pi_demonstration", payment.amount, fee, clock.now())
        settle(session, payment, Status(Progress.PAID, paid))
    why = "The giver entered EUR 80 and meant EUR 60."
    with on(days_after(company.today, days + 2)):
        by = company.act(Role.APPROVING_OFFICER, why)
        refused, taken = (
            ask_refund(session, payment, Money(part, "EUR"), by) for part in (500, 2_000)
        )
        refuse(session, refused, "The bank of the card answered too late.")
        close(session, refused, company.act(Role.APPROVING_OFFICER, "Refunded again."))
        made = Returned(ReturnKind.REFUND, "re_demonstration", taken.amount, True, key=taken.key)
        settle(session, payment, Status(Progress.PAID, paid, (made,)))
    with on(days_after(company.today, days + 4)):
        by = company.act(Role.APPROVING_OFFICER, "The giver asked for EUR 10 more.")
        failed = ask_refund(session, payment, Money(1_000, "EUR"), by)
        refuse(session, failed, "The card has expired.")
    _pay_out(company, pledge, payment.amount, fee, taken.amount)


def _give_every_month(company: Company, fund: Fund) -> None:
    """One giver pays each month, and the card was refused today; one has stopped; one left the
    page of the provider. Nothing is sent to the provider.
    """
    active, stopped, left = (
        _begin_mandate(company, _give(company, fund, name, country, amount, days), name, days)
        for name, country, amount, days in (
            ("Aisling Byrne", "IE", Money(5_000, "EUR"), -30),
            ("Kofi Asante", "GH", Money(2_500, "USD"), -28),
            ("Noa Peretz", "IL", Money(3_000, "USD"), -8),
        )
    )
    _charge(company, active, 1, -30)
    _charge(company, active, 2, 0, is_refused=True)
    _charge(company, stopped, 1, -28)
    with on(days_after(company.today, -20)):
        by = company.act(Role.FINANCE_OFFICER, "The giver asked for it by telephone.")
        stop_for_giver(company.session, stopped, by)
        ended = MandateStatus(MandateProgress.ENDED, stopped.reference or "")
        settle_mandate(company.session, stopped, ended, {})
    with on(days_after(company.today, -7)):
        settle_mandate(company.session, left, MandateStatus(MandateProgress.ENDED), {})


def _begin_mandate(company: Company, pledge: Pledge, name: str, days: int) -> CardMandate:
    with on(days_after(company.today, days), 20):
        mandate = start_mandate(company.session, pledge, "stripe", Act(VISITOR))
        page = f"cs_demonstration_{name.split(maxsplit=1)[0].lower()}"
        note_page(company.session, mandate, HostedPage(page, "https://checkout.stripe.com/"))
    return mandate


def _charge(
    company: Company, mandate: CardMandate, month: int, days: int, *, is_refused: bool = False
) -> None:
    with on(days_after(company.today, days), 21):
        name = f"in_demonstration_{mandate.id}_{month}"
        fee = Money(175, mandate.currency)
        paid = Paid(f"pi_demonstration_{mandate.id}_{month}", mandate.amount, fee, clock.now())
        charge = Status(Progress.PAID, paid)
        if is_refused:
            charge = Status(Progress.OPEN, is_refused=True)
        number = f"sub_demonstration_{mandate.id}"
        status = MandateStatus(MandateProgress.ACTIVE, number, (name,))
        settle_mandate(company.session, mandate, status, {name: charge})


def _pay_out(company: Company, pledge: Pledge, paid: Money, fee: Money, back: Money) -> None:
    """What the provider says of its payouts: the payment is on its way to the bank."""
    nothing = Money(0, fee.currency)
    movements = (
        Movement(Moved.PAYMENT, "pi_demonstration", paid, fee),
        Movement(Moved.REFUND, "pi_demonstration", -back, nothing),
    )
    arrives_on = days_after(company.today, 1)
    payout = Payout(
        "po_demonstration", paid - fee - back, PayoutState.ON_THE_WAY, arrives_on, movements
    )
    store_payouts(company.session, pledge.fund_id, "stripe", [payout])
    store_balances(company.session, pledge.fund_id, "stripe", [nothing])


def _pay(company: Company, fund: Fund, pledge: Pledge, days: int) -> None:
    day = days_after(company.today, days)
    arrival = Arrival(f"BT{day:%y%m%d}GIFT{pledge.id}", day, pledge.amount)
    with on(day):
        record_deposit(company.session, fund, pledge, arrival, company.act(Role.FINANCE_OFFICER))
