"""What changes of the demonstration's pledges: less of some, other days of payment, reminders."""

from datetime import timedelta

from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking, RegionalGroup, Service, Window
from grants.core.people.permissions import Role
from grants.core.people.viewer import VISITOR
from grants.giving.pledges import service
from grants.giving.pledges.agreements import return_agreement
from grants.giving.pledges.changes.service import RequestedChange, approve, refuse, request_change
from grants.giving.pledges.dates.service import accept, ask
from grants.giving.pledges.dates.service import refuse as refuse_date
from grants.giving.pledges.making import Contact, Giver, Offer, enter, pledge_for
from grants.giving.pledges.models import ChangeKind, Pledge, PledgeChange, Source
from grants.giving.pledges.negotiating import service as negotiating
from grants.giving.pledges.notes import attach_note
from grants.giving.pledges.queries import outstanding, received
from grants.giving.pledges.schedule import Due, payments
from grants.giving.pledges.signing import service as signing
from grants.giving.pledges.workflow import STANDING, PledgeState
from grants.giving.pledging.service import become_donor, propose
from grants.giving.reminders.service import hold, remind
from grants.platform.documents.models import Document
from grants.platform.documents.service import keep
from grants.platform.file_checks.checks import Upload
from grants.platform.signatures.stamps import Signed, Way
from seeds.cast import address
from seeds.company import Company, days_after, on
from seeds.giving import Known
from seeds.scans import page_saying

MORNINGS = (-45, -31, -17, -10, -3)
"""Days from today on which the demonstration's reminders went out."""


def plant_changes(company: Company, fund: Fund, donors: list[Known]) -> None:
    """A write-off and reductions, decided and waiting; days of payment; reminders on the way."""
    announced = _announced(company, fund, donors[5])
    _moved(company, announced, donors[5])
    _kept(company, announced, donors[5])
    unpaid = _unpaid(company, fund, announced)
    _written_off(company, unpaid[0])
    _reduced(company, unpaid[1])
    _waiting(company, unpaid[2])
    _refused(company, unpaid[3])
    for days in MORNINGS:
        with on(days_after(company.today, days), 7):
            remind(company.session, days_after(company.today, days), Act.by_system("reminders"))
    _spared(company, unpaid[4])
    _asks_again(company, announced, donors[5])
    _handed_in(company, announced, donors[5])
    _claimed(company, fund)
    _to_sign(company, fund)
    _promised_anew(company, fund, donors[0])
    _signed_online(company, fund, donors)
    _taken_back(company, fund, donors[22])
    _not_confirmed(company, fund)
    _negotiated(company, fund, donors)


def _announced(company: Company, fund: Fund, known: Known) -> Pledge:
    """Announced at a conference, in three payments, and bound to a window, a region and a theme."""
    day = days_after(company.today, -100)
    amount = Money(9_000_000, "USD")
    days = (-20, 5, 200)
    offer = Offer(
        amount,
        tuple(
            Due(days_after(company.today, later), part)
            for later, part in zip(days, amount.allocate([1, 1, 1]), strict=True)
        ),
        earmarking=Earmarking.EARMARKED,
        window=Window.SGP1,
        region=RegionalGroup.AFRICAN,
        theme=Service.SHELTER,
        earmarked_for="For girls under eighteen",
        source=Source.CONFERENCE,
        source_note="Pledging conference on victims of trafficking, Vienna",
        pledged_on=day,
    )
    with on(days_after(day, 1)):
        by = company.act(Role.FUND_MANAGER)
        pledge = enter(company.session, fund, offer, known.organisation, by)
        attach_note(company.session, pledge, _paper(company, by, "Note verbale"), by)
        service.acknowledge(company.session, pledge, by)
        signing.offer(company.session, pledge, "", by)
    return pledge


def _negotiated(company: Company, fund: Fund, donors: list[Known]) -> None:
    """Earmarks that the fund would like wider: one donor agreed by letter, one declined, one
    proposal was withdrawn and one waits.
    """
    why = "Few organisations apply from these countries. A wider purpose helps more people."
    givers = {donor.organisation.id: donor for donor in donors}
    earmarked = company.session.scalars(
        select(Pledge)
        .where(
            Pledge.fund_id == fund.id,
            Pledge.earmarking == Earmarking.EARMARKED,
            Pledge.state.in_(STANDING),
            Pledge.donor_id.in_(givers),
        )
        .order_by(Pledge.id)
    ).all()
    endings = ("letter", "declined", "withdrawn", "waiting")
    for place, (pledge, ending) in enumerate(zip(earmarked, endings, strict=False)):
        with on(days_after(company.today, -12 + place)):
            by = company.act(Role.FUND_MANAGER, why)
            wider = Offer(pledge.amount, (), Earmarking.SOFT, region=RegionalGroup.AFRICAN)
            proposal = negotiating.propose(company.session, pledge, wider, by)
        with on(days_after(company.today, -6 + place)):
            if ending == "letter":
                letter = _paper(company, by, why)
                negotiating.record_letter(company.session, proposal, letter, by)
            elif ending == "declined":
                words = "Our parliament voted the money for these countries."
                act = company.act_of(givers[pledge.donor_id or 0].contact, words)
                negotiating.decline(company.session, proposal, act)
            elif ending == "withdrawn":
                negotiating.withdraw(company.session, proposal, by)


def _unpaid(company: Company, fund: Fund, but: Pledge) -> list[Pledge]:
    """Signed pledges of which something is outstanding, the oldest first."""
    signed = company.session.scalars(
        select(Pledge)
        .where(Pledge.fund_id == fund.id, Pledge.state == PledgeState.SIGNED, Pledge.id != but.id)
        .order_by(Pledge.id)
    )
    return [one for one in signed if outstanding(one, received(company.session, one))]


def _left(company: Company, pledge: Pledge) -> Money:
    return outstanding(pledge, received(company.session, pledge))


def _asked(
    company: Company, pledge: Pledge, kind: ChangeKind, days: int, amount: Money | None, why: str
) -> PledgeChange:
    with on(days_after(company.today, days)):
        act = company.act(Role.FUND_MANAGER, why)
        document = _paper(company, act, why)
        return request_change(company.session, pledge, RequestedChange(kind, document, amount), act)


def _paper(company: Company, act: Act, why: str) -> Document:
    return keep(company.session, Upload("Letter of the donor.pdf", page_saying(why)), act)


def _written_off(company: Company, pledge: Pledge) -> None:
    why = "The donor closed the programme; three letters were not answered."
    change = _asked(company, pledge, ChangeKind.WRITE_OFF, -52, None, why)
    with on(days_after(company.today, -50)):
        approve(company.session, change, company.act(Role.APPROVING_OFFICER))


def _reduced(company: Company, pledge: Pledge) -> None:
    less = _left(company, pledge).allocate([1, 2])[0]
    why = "The donor’s budget was cut: see its note of this month."
    change = _asked(company, pledge, ChangeKind.REDUCTION, -41, less, why)
    with on(days_after(company.today, -38)):
        approve(company.session, change, company.act(Role.APPROVING_OFFICER))


def _waiting(company: Company, pledge: Pledge) -> None:
    less = _left(company, pledge).allocate([1, 3])[0]
    _asked(company, pledge, ChangeKind.REDUCTION, -4, less, "Announced by telephone and in a note.")


def _refused(company: Company, pledge: Pledge) -> None:
    why = "No payment for a year."
    change = _asked(company, pledge, ChangeKind.WRITE_OFF, -33, None, why)
    with on(days_after(company.today, -30)):
        by = company.act(Role.APPROVING_OFFICER, "Write to the new minister first.")
        refuse(company.session, change, by)


def _spared(company: Company, pledge: Pledge) -> None:
    with on(days_after(company.today, -2)):
        until = days_after(company.today, 30)
        why = "The donor’s ministry is being reorganised."
        hold(company.session, pledge, until, company.act(Role.FUND_MANAGER, why))


def _moved(company: Company, pledge: Pledge, known: Known) -> None:
    """The donor asked to make the second payment later, and the fund agreed."""
    session, today = company.session, company.today
    second = payments(pledge, received(session, pledge))[1]
    with on(days_after(today, -60)):
        donor = company.act_of(known.contact, "Our quarter ends then.")
        day = second.due_on + timedelta(days=10)
        moved = ask(session, pledge, second.number, day, donor)
    with on(days_after(today, -57)):
        accept(session, moved, company.act(Role.FUND_MANAGER, "With pleasure."))


def _kept(company: Company, pledge: Pledge, known: Known) -> None:
    """It asked to move the last payment too, and the fund could not wait so long."""
    with on(days_after(company.today, -50)):
        donor = company.act_of(known.contact, "Next year’s budget opens in autumn.")
        moved = ask(company.session, pledge, 3, days_after(company.today, 420), donor)
    with on(days_after(company.today, -47)):
        why = "The grants of next spring depend on it. Could a part come by May?"
        refuse_date(company.session, moved, company.act(Role.FUND_MANAGER, why))


def _asks_again(company: Company, pledge: Pledge, known: Known) -> None:
    """The first payment is late, and the donor asks for another day."""
    with on(days_after(company.today, -1)):
        donor = company.act_of(known.contact, "The transfer awaits a signature.")
        ask(company.session, pledge, 1, days_after(company.today, 25), donor)


def _to_sign(company: Company, fund: Fund) -> None:
    """The newest acknowledged pledge has its agreement, with a condition, ready to be signed."""
    pledge = company.session.scalars(
        select(Pledge)
        .where(Pledge.fund_id == fund.id, Pledge.state == PledgeState.ACKNOWLEDGED)
        .order_by(Pledge.id)
        .limit(1)
    ).first()
    if pledge is not None:
        with on(days_after(company.today, -1)):
            condition = "The budget for the year has been passed."
            act = company.act(Role.FUND_MANAGER)
            signing.offer(company.session, pledge, condition, act)


def _handed_in(company: Company, pledge: Pledge, known: Known) -> None:
    """The donor has signed and uploaded the agreement, which the fund is to check."""
    with on(days_after(company.today, -1)):
        act = company.act_of(known.contact)
        document = _paper(company, act, "Contribution agreement, signed")
        return_agreement(company.session, pledge, document, act)


def _claimed(company: Company, fund: Fund) -> None:
    """Somebody pledges in the name of a Member State, and nobody has confirmed it yet."""
    claim = Giver("Government of Norway", DonorKind.MEMBER_STATE, "NO")
    offer = Offer(Money(30_000_000, "USD"))
    with on(days_after(company.today, -1)):
        person = company.enter("Kari Nordmann")
        donor, act = become_donor(company.session, claim, company.act_of(person))
        pledge_for(company.session, fund, offer, donor, act)


def _promised_anew(company: Company, fund: Fund, known: Known) -> None:
    """The donor who can be signed in as has a payment ahead, and an agreement to sign."""
    day, amount = days_after(company.today, -12), Money(6_000_000, "EUR")
    dues = (days_after(company.today, 24), days_after(company.today, 208))
    parts = zip(dues, amount.allocate([1, 1]), strict=True)
    offer = Offer(amount, tuple(Due(*part) for part in parts), source=Source.NOTE_VERBALE)
    with on(day):
        by = company.act(Role.FUND_MANAGER)
        pledge = enter(company.session, fund, offer, known.organisation, by)
    with on(days_after(day, 2)):
        by = company.act(Role.FUND_MANAGER)
        service.acknowledge(company.session, pledge, by)
        signing.offer(company.session, pledge, "", by)


def _signed_online(company: Company, fund: Fund, donors: list[Known]) -> None:
    """Agreements that are signed here: one by both, one by the donor alone, one comes back."""
    amount = Money(2_000_000, "USD")
    for known, ending in zip(donors[6:9], ("signed", "waiting", "returned"), strict=True):
        day = days_after(company.today, -9)
        with on(day):
            by = company.act(Role.FUND_MANAGER)
            due = (Due(days_after(company.today, 40), amount),)
            offer = Offer(amount, due, source=Source.LETTER)
            pledge = enter(company.session, fund, offer, known.organisation, by)
            service.acknowledge(company.session, pledge, by)
            signing.offer(company.session, pledge, "", by)
            agreement = signing.offer(company.session, pledge, "", by)
        with on(days_after(day, 3)):
            donor = company.act_of(known.contact, "The title of our ministry is not right.")
            if ending == "returned":
                signing.send_back(company.session, agreement, donor)
                continue
            theirs = Signed(known.contact.name, "Head of Division", Way.CODE)
            signing.sign(company.session, agreement, theirs, donor)
        if ending == "signed":
            with on(days_after(day, 5)):
                ours = Signed(by.actor.name, "Fund Manager", Way.FACTOR)
                signing.sign(company.session, agreement, ours, company.act(Role.FUND_MANAGER))


def _taken_back(company: Company, fund: Fund, known: Known) -> None:
    """A person pledged twice by mistake, and withdrew the second one."""
    day = days_after(company.today, -16)
    with on(day):
        donor = company.act_of(known.contact)
        offer = Offer(Money(50_000, "GBP"))
        pledge = pledge_for(company.session, fund, offer, known.organisation, donor)
    with on(days_after(day, 2)):
        why = company.act_of(known.contact, "I had pledged this already in spring.")
        service.withdraw(company.session, pledge, why)


def _not_confirmed(company: Company, fund: Fund) -> None:
    """A visitor pledged last night, and has not opened the link yet."""
    name = "Tomoko Ishii"
    giver = Giver(name, DonorKind.INDIVIDUAL, "JP")
    with on(days_after(company.today, -1), 21):
        contact = Contact(name, address(name))
        offer = Offer(Money(1_500_000, "JPY"))
        propose(company.session, fund, offer, giver, contact, Act(VISITOR))
