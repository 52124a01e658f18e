"""People and firms who would like to give, and how far the fund's examination of each has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from grants.core.funds.models import Fund
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.core.people.service import enter_organisation
from grants.giving.donors.service import welcome
from grants.giving.pledges.making import Offer, enter
from grants.giving.pledges.models import Pledge, Source
from grants.giving.pledges.service import decline
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.queries import examinations
from grants.integrity.diligence.service import Answer, answer, attach, decide, open_case, revoke
from grants.integrity.sanctions.matching import confirm, propose, tell_apart
from grants.integrity.sanctions.queries import hits_of
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.examining import NOTHING, examined, recommended
from seeds.scans import page_saying


@dataclass(frozen=True)
class Prospect:
    """Somebody new who pledges, and how far the examination has come."""

    name: str
    kind: DonorKind
    country: str
    usd: int
    far: str


PROSPECTS = (
    Prospect("Blue Harbour Textiles", DonorKind.PRIVATE, "PT", 15_000, "not begun"),
    Prospect("Kestrel Logistics", DonorKind.PRIVATE, "NL", 8_000, "begun"),
    Prospect("Fondation Rive Claire", DonorKind.FOUNDATION, "FR", 60_000, "recommended"),
    Prospect("Ashgrove Leaf Holding", DonorKind.PRIVATE, "GB", 90_000, "refused"),
    Prospect("Orion Relief Trust", DonorKind.FOUNDATION, "US", 5_000, "held"),
    Prospect("Nadim Velkarov", DonorKind.INDIVIDUAL, "IT", 200, "told apart"),
    Prospect("Kasem Tazari", DonorKind.INDIVIDUAL, "GB", 300, "to be told apart"),
    Prospect("Palisade Ventures", DonorKind.PRIVATE, "LU", 12_000, "revoked"),
    Prospect("Tazari Trading House Ltd", DonorKind.PRIVATE, "CY", 20_000, "listed"),
)
NAMESAKE = "Dravenko Shipping Bureau of Trieste"


def plant_namesake(company: Company, day: date) -> None:
    """A firm asked how to give and never did. It was named like an entry that later left."""
    with on(day, 7):
        by = company.act(Role.FUND_MANAGER)
        firm = enter_organisation(company.session, NAMESAKE, DonorKind.PRIVATE, "IT")
        welcome(company.session, firm, by)
    why = "A family firm since 1911; the listed bureau sat in another country."
    _tell_apart(company, firm, day, why)


def plant_prospects(company: Company, fund: Fund) -> None:
    """New donors of the last weeks, each at another point of the way."""
    for number, prospect in enumerate(PROSPECTS):
        day = days_after(company.today, -20 + 2 * number)
        with on(day):
            by = company.act(Role.FUND_MANAGER)
            organisation = enter_organisation(
                company.session, prospect.name, prospect.kind, prospect.country
            )
            offer = Offer(Money(prospect.usd * 100, "USD"), source=Source.LETTER)
            enter(company.session, fund, offer, organisation, by)
        if go := WAYS.get(prospect.far):
            go(company, fund, organisation, days_after(day, 2))


def _begin(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    with on(day):
        by = company.act(Role.PROGRAMME_OFFICER)
        examination = open_case(company.session, organisation, fund, by)
        some = {one.value: Answer(found=False, evidence=NOTHING) for one in list(Exclusion)[:5]}
        answer(company.session, examination, some, ["Pieter van Aalst", "Joke Hendriks"], by)
    with on(day, 11):
        page = page_saying(f"{organisation.name}: extract of the register (demonstration)")
        extract = Upload("Register of companies.pdf", page)
        about = "Extract of the register of companies"
        attach(company.session, examination, extract, about, by)


def _recommend(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    recommended(company, fund, organisation, day, None, Outcome.CLEAR)


def _refuse(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    session, found = company.session, Exclusion.TOBACCO
    examination = recommended(company, fund, organisation, day, found, Outcome.REFUSE)
    with on(days_after(day, 1)):
        why = "It lives from the sale of tobacco."
        decide(session, examination, Outcome.REFUSE, company.act(Role.APPROVING_OFFICER, why))
    with on(days_after(day, 2)):
        by = company.act(Role.FUND_MANAGER, "The fund takes no money from the sale of tobacco.")
        for pledge in session.scalars(select(Pledge).where(Pledge.donor_id == organisation.id)):
            decline(session, pledge, by)


def _clear_and_revoke(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    examined(company, fund, organisation, day, None)
    with on(days_after(day, 2)):
        why = "A newspaper reports forced labour at a supplier; the firm has not answered."
        found = examinations(company.session, organisation.id)[0]
        revoke(company.session, found, company.act(Role.APPROVING_OFFICER, why))


def _confirm_match(company: Company, _fund: Fund, organisation: Organisation, day: date) -> None:
    with on(day, 8):
        by = company.act(Role.PROGRAMME_OFFICER, "Same name, same address, same directors.")
        for hit in hits_of(company.session, organisation.id):
            confirm(company.session, hit, by)


def _clear_namesake(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    _tell_apart(company, organisation, day, "Born in 1994, and has never left Bologna.")
    examined(company, fund, organisation, day, None)


def _tell_apart(company: Company, organisation: Organisation, day: date, why: str) -> None:
    with on(day, 8):
        for hit in hits_of(company.session, organisation.id):
            propose(company.session, hit, company.act(Role.PROGRAMME_OFFICER, why))
            tell_apart(company.session, hit, company.act(Role.FUND_MANAGER, why))


def _propose_to_tell_apart(
    company: Company, _fund: Fund, organisation: Organisation, day: date
) -> None:
    """One person has found that it is another man; a second has not confirmed it."""
    with on(day, 8):
        why = "A dentist in Leeds since 1998; the one on the list was born in 1969 elsewhere."
        for hit in hits_of(company.session, organisation.id):
            propose(company.session, hit, company.act(Role.PROGRAMME_OFFICER, why))


WAYS: Mapping[str, Callable[[Company, Fund, Organisation, date], None]] = {
    "begun": _begin,
    "recommended": _recommend,
    "refused": _refuse,
    "revoked": _clear_and_revoke,
    "listed": _confirm_match,
    "told apart": _clear_namesake,
    "to be told apart": _propose_to_tell_apart,
}
"""What is done about a prospect; nothing, where it is new or a match holds it up."""
