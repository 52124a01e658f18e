"""A call whose applications the signatory of the organisation signs off before they are sent."""

from dataclasses import replace

from sqlalchemy import select

from grants.applying.submissions.signing_off import ask_sign_off
from grants.core.funds.models import Fund
from grants.core.people.models import Membership, Organisation
from seeds import applying
from seeds.company import EDITOR, GRANTEE, Company, days_after, on
from seeds.projects import proposal


def plant_signed_call(company: Company, fund: Fund) -> None:
    """It is open; the application of the organisation with a signatory is complete and waits."""
    today = company.today
    call = applying.plant_call(
        company,
        fund,
        "SPECIAL",
        "Legal aid to survivors who claim compensation",
        days_after(today, -16),
        days_after(today, 30),
        highest=20_000,
        months=8,
        envelope=100_000,
        signatory_signs=True,
        experience_years=2,
        years_in_a_row=4,
        applications_per_organisation=2,
        earliest_start_on=days_after(today, 31),
    )
    idea = proposal(GRANTEE)
    idea = replace(idea, usd=6_000 + idea.usd % 13_000, months=min(idea.months, 8))
    person = company.enter(idea.contact)
    organisation = company.session.scalars(
        select(Organisation).join(Membership).where(Membership.person_id == person.id)
    ).one()
    draft = applying.write_for(organisation, person, company, call, idea, days_after(today, -4))
    with on(days_after(today, -2), 11):
        ask_sign_off(company.session, draft, company.act_of(company.enter(EDITOR)))
