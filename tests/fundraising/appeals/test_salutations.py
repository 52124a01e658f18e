"""How a letter addresses its reader, and thanks who has given."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.core.texts.formats import plain_money
from grants.fundraising.appeals.models import MailingLine, Post
from grants.fundraising.appeals.recipients import worded
from grants.giving.donors.models import Honorific
from grants.papers.statements.builders.donors.appeal import appeal_letter
from tests.factories import (
    a_campaign,
    a_card,
    a_deposit,
    a_donor,
    a_mailing,
    a_pledge,
    an_appeal,
)

TEXT = "{salutation},\n\nWill {country} help?\n\n{thanks}"


def worded_for(session: Session, fund: Fund, donor: Organisation, language: str = "en") -> str:
    """The only letter of an appeal with this text."""
    body = {"en": TEXT, "ar": TEXT}
    appeal = an_appeal(session, a_campaign(session, fund), body=body)
    line = next(x for x in worded(session, appeal, Post.EMAIL) if x.reader.donor.id == donor.id)
    assert line.language == language
    return line.body


@pytest.mark.parametrize(
    ("honorific", "words"),
    [
        (None, "Dear Ana Prado,"),
        (Honorific.HER_EXCELLENCY, "Excellency,"),
        (Honorific.DOCTOR, "Dear Dr Ana Prado,"),
    ],
)
def test_an_ambassador_is_addressed_as_one(
    session: Session, fund: Fund, honorific: Honorific | None, words: str
) -> None:
    donor = a_donor(session, "Foreign Ministry, Greece", DonorKind.MEMBER_STATE, "GR")
    a_card(session, donor, honorific=honorific)
    body = worded_for(session, fund, donor)
    assert body.splitlines()[0] == words
    assert "Will Greece help?" in body


def test_who_has_given_is_thanked_and_others_are_not(session: Session, fund: Fund) -> None:
    giver = a_donor(session, "Ministry", DonorKind.MEMBER_STATE, "GR")
    since = clock.today() - timedelta(40)
    pledge = a_pledge(session, fund, usd(70_000), giver, pledged_on=since)
    a_deposit(session, fund, pledge, usd(70_000), value_on=since)
    a_card(session, giver)
    other = a_donor(session, "Other", DonorKind.MEMBER_STATE, "MX")
    a_card(session, other, "Joe Doe")
    appeal = an_appeal(session, a_campaign(session, fund), body={"en": TEXT, "ar": TEXT})
    lines = {line.reader.donor.name: line for line in worded(session, appeal, Post.EMAIL)}
    assert (
        f"Thank you for your contribution of {plain_money(usd(70_000))}" in lines["Ministry"].body
    )
    assert lines["Other"].body.endswith("Will Mexico help?")


def test_a_printed_letter_has_the_form_of_address_and_says_how_to_leave(
    session: Session, fund: Fund
) -> None:
    donor = a_donor(session, "Foreign Ministry, Greece", DonorKind.MEMBER_STATE, "GR")
    a_card(session, donor, honorific=Honorific.HER_EXCELLENCY)
    campaign = a_campaign(session, fund)
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign, Post.LETTER)
    line = session.scalars(select(MailingLine).where(MailingLine.mailing_id == mailing.id)).one()
    facts = appeal_letter(session, line.reference).facts
    assert facts.contact == "Her Excellency Ana Prado"
    assert "do not want to receive further appeals" in facts.leaving
    assert line.reference in facts.leaving
