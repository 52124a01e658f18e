"""The demonstration from its first day to yesterday, told through the fund's own acts."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from grants.books.ledger.models import Entry
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, establish
from grants.core.kernel import clock
from grants.core.people.models import Organisation, Person
from grants.core.people.queries import person_by_email
from grants.platform.messages.models import Message
from seeds import (
    alleging,
    applying,
    banking,
    books,
    certifying,
    changing,
    circulating,
    closing,
    colleagues,
    decided_calls,
    doubles,
    earlier,
    examining,
    finding,
    gifts,
    giving,
    granting,
    leaving,
    missions,
    monitoring,
    moving,
    notifying,
    open_calls,
    outreach,
    outside,
    paying,
    pledging,
    prospects,
    signing,
    two_stages,
    underway_call,
    visiting,
)
from seeds.cast import STAFF
from seeds.charters import SLAVERY_FUND, decide_names, describe, limit_earmarks
from seeds.company import (
    Company,
    days_after,
    gather,
    on,
    plant_staff,
)
from seeds.giving import Known
from seeds.rates import plant_rates

KEPT_LETTERS = 30
"""E-mails of the last days that are really delivered; the older ones are only on record."""


def is_empty(session: Session) -> bool:
    """Nobody has ever been entered, and no history taken over."""
    kinds = (Person.id, Organisation.id, Entry.id)
    return all(session.scalar(select(kind).limit(1)) is None for kind in kinds)


def is_planted(session: Session) -> bool:
    """The demonstration's people are here."""
    return person_by_email(session, STAFF[0].email) is not None


def plant(session: Session, today: date, scale: int = 1) -> None:
    """The whole demonstration; `scale` times as many applications and pledges."""
    first = date(today.year - 3, 1, 2)
    earlier.begin(session)
    with on(first):
        fund = establish(session, UNVTF)
        other = establish(session, replace(SLAVERY_FUND, time_zone=fund.time_zone))
        company = gather(session, fund, today)
        plant_rates(session, first, today, Act.by_system("demonstration"))
        describe(company, fund, other)
    banking.open_accounts(company, fund, other)
    donors = _plant_giving(company, fund, other, first)
    examining.plant_list(company, days_after(today, -26), newer=True)
    prospects.plant_prospects(company, fund)
    books.plant_books(company, fund, other)
    pledging.plant_changes(company, fund, donors)
    gifts.plant_gifts(company, fund, other)
    outreach.plant_outreach(company, fund, donors)
    outside.plant_outside(company, fund)
    _plant_calls(company, fund, scale)
    banking.plant_statements(company, fund)
    missions.plant_rotation(company, donors)
    _last_days(company, fund, other, donors)
    colleagues.plant_casework(company)
    limit_earmarks(company, fund)
    earlier.end(session)


def _plant_giving(company: Company, fund: Fund, other: Fund, first: date) -> list[Known]:
    """The donors, examined and examined again, and what they give year by year."""
    donors = giving.plant_donors(company, first)
    examining.plant_list(company, first)
    prospects.plant_namesake(company, first)
    examining.plant_contacts(company, donors, first)
    missions.plant_missions(company, donors, first)
    examining.plant_clearances(company, fund, donors, first)
    for year in range(first.year, company.today.year + 1):
        if year == company.today.year:
            examining.plant_clearances(company, fund, donors, date(year, 1, 2))
        giving.plant_pledges(company, fund, donors, year)
        giving.plant_pledges(company, other, donors[year % 2 :: 4], year)
    giving.plant_unidentified(company, fund)
    return donors


def _last_days(company: Company, fund: Fund, other: Fund, donors: list[Known]) -> None:
    """What happened lately, and last of all the certificates of last year: in January its months
    are closed only now.
    """
    with on(days_after(company.today, -2)):
        plant_staff(company, fund)
        banking.plant_change(company, fund)
    doubles.plant_doubles(company)
    doubles.plant_verifications(company)
    doubles.plant_papers(company)
    granting.leave_open(company)
    granting.publish_results(company)
    granting.draw_sample(company)
    changing.plant_changes(company)
    paying.plant_payments(company)
    circulating.leave_on_the_way(company, fund)
    closing.plant_endings(company)
    finding.plant_findings(company)
    monitoring.plant_monitoring(company)
    alleging.plant_allegations(company)
    certifying.plant_certificates(company, fund, donors)
    moving.plant_imports(company, other)
    leaving.plant_openings(company)
    leaving.plant_requests(company)
    decide_names(company)
    leaving.plant_retention(company)
    _plant_programs(company)
    _forget_old_letters(company.session)


def _plant_programs(company: Company) -> None:
    """Other systems of the fund: those that come in, and those that are notified."""
    leaving.plant_tokens(company)
    notifying.plant_webhooks(company)


def _plant_calls(company: Company, fund: Fund, scale: int) -> None:
    """One for each year: three are decided, one is being decided, and one is open."""
    year = company.today.year
    first, second, third = date(year - 3, 4, 16), date(year - 2, 1, 31), date(year - 1, 1, 31)
    oldest = decided_calls.plant_decided(company, fund, first, range(320, 326), envelope=120_000)
    decided_calls.plant_decided(
        company, fund, second, range(300, 300 + 12 * scale), envelope=250_000 * scale, keep_open=3
    )
    decided_calls.plant_decided(company, fund, third, range(24 * scale), envelope=500_000 * scale)
    underway_call.plant_underway(company, fund, scale)
    visiting.plant_blind_call(company, fund)
    open_calls.plant_withdrawn(company, fund)
    two_stages.plant_two_stages(company, fund)
    open_calls.plant_open(company, fund, scale)
    coming = applying.prepare_next(company, fund)
    applying.put_to_the_test(company, coming)
    signing.plant_signed_call(company, fund)
    applying.put_away(company, oldest, days_after(company.today, -20))


def _forget_old_letters(session: Session) -> None:
    """What the story's e-mails said is on record; only the newest go out."""
    newest = select(Message.id).order_by(Message.id.desc()).limit(KEPT_LETTERS)
    session.execute(update(Message).where(Message.id.not_in(newest)).values(sent_at=clock.now()))
    session.execute(
        text(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'messages.deliver' AND "
            "(args->>'message_id')::bigint IN (SELECT id FROM message WHERE sent_at IS NOT NULL)"
        )
    )
