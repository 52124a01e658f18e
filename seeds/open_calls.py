"""A call that takes applications, and one that was taken back while it did."""

from dataclasses import replace

from sqlalchemy import select

from grants.applying.calls.models import Call
from grants.applying.submissions.service import withdraw_call
from grants.core.funds.models import Fund
from grants.core.people.models import Membership, Organisation
from grants.core.people.permissions import Role
from seeds import (
    applying,
)
from seeds.company import (
    GRANTEE,
    Company,
    days_after,
    on,
)
from seeds.letters import ask_for_letters, receive_letter
from seeds.projects import Proposal, proposal


def plant_withdrawn(company: Company, fund: Fund) -> None:
    """A call that was opened in spring and taken back: the money it was made for did not come."""
    opens = days_after(company.today, -140)
    call = applying.plant_call(
        company,
        fund,
        "SGP1",
        f"Aid after the floods of spring {company.today.year}",
        opens,
        days_after(opens, 60),
        highest=25_000,
        months=8,
        envelope=100_000,
    )
    applying.hand_in(company, call, _small(proposal(142)), days_after(opens, 6))
    why = "The contributions that were announced for it go to another fund."
    with on(days_after(opens, 24)):
        withdraw_call(company.session, call, company.act(Role.FUND_MANAGER, why))


def plant_open(company: Company, fund: Fund, scale: int) -> None:
    """A call that takes applications now: some are in, some are half written."""
    opens = days_after(company.today, -21)
    call = applying.plant_call(
        company,
        fund,
        "SGP1",
        f"Short-term humanitarian aid to victims of trafficking, {company.today.year + 1}",
        opens,
        days_after(company.today, 45),
        highest=20_000,
        months=8,
        envelope=200_000,
        cycle=f"{company.today.year}–{company.today.year + 1}",
        letter=True,
    )
    for place in range(12 * scale):
        idea = _small(proposal(200 + place))
        day = days_after(opens, 2 + place)
        if place < 6:
            application = applying.hand_in(company, call, idea, day)
            if place == 0:
                receive_letter(company, application, day)
            if place == 1:
                applying.translate_problem(company, application, days_after(day, 2))
            if place == 5:
                applying.take_back(company, application, idea, days_after(day, 3))
        else:
            applying.write(company, call, idea, day, sections=place % 11)
    _grantee_applies_again(company, call)
    applying.plant_questions(company, call, days_after(company.today, -9))


def _grantee_applies_again(company: Company, call: Call) -> None:
    """A person who signs in for the grantee finds an application that is half written, too."""
    idea = proposal(GRANTEE)
    person = company.enter(idea.contact)
    organisation = company.session.scalars(
        select(Organisation).join(Membership).where(Membership.person_id == person.id)
    ).one()
    day = days_after(company.today, -3)
    draft = applying.write_for(organisation, person, company, call, _small(idea), day, sections=8)
    applying.comment_on(company, draft, person, days_after(day, 1))
    ask_for_letters(company, draft, person, day)


def _small(idea: Proposal) -> Proposal:
    """The same idea within the limits of the small call."""
    return replace(idea, usd=6_000 + idea.usd % 13_000, months=min(idea.months, 8))
