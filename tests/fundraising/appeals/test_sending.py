"""An appeal goes out once to each, whatever happens on the way."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind, Exclusion
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.fundraising.appeals import recipients, sending, service
from grants.fundraising.appeals.foreseen import first_and_number, foreseen
from grants.fundraising.appeals.models import Appeal, LeftOut, Mailing, MailingLine, Post
from grants.fundraising.appeals.recipients import Worded, facts_of, worded
from grants.fundraising.appeals.sending import carry_out
from grants.giving.donors.models import ContactRole, Way
from grants.giving.donors.service import opt_out
from grants.giving.outreach.models import Campaign, Means, OutreachContact
from grants.giving.outreach.service import choose, take_step
from grants.giving.pledges.service import withdraw
from grants.giving.totals.figures import fund_totals
from grants.integrity.diligence.models import Outcome
from grants.integrity.diligence.service import decide
from grants.platform.documents.service import content_of
from grants.platform.messages.jobs import run_worker
from grants.platform.messages.models import Message
from grants.platform.messages.post import PostOffice
from grants.variables import Mailbox
from tests.factories import (
    BODY,
    HEADING,
    a_campaign,
    a_card,
    a_closed_call,
    a_deposit,
    a_donor,
    a_mailing,
    a_pledge,
    a_submitted_application,
    a_team,
    act_of,
    an_appeal,
    eligible,
    staff,
)
from tests.integrity.diligence.examined import a_company, approver, recommended
from tests.platform.documents.files import pdf


def rendered(_document: str, reference: str) -> tuple[str, bytes]:
    """A PDF of its own for each letter, without laying one out."""
    return f"{reference}.pdf", pdf(int(reference[-4:]))


@pytest.fixture(autouse=True)
def _donor_by_donor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Donors are read some at a time: here one, so that what was found must be remembered."""
    monkeypatch.setattr(recipients, "FIRST", 1)
    monkeypatch.setattr(recipients, "AT_ONCE", 1)


def excluded(session: Session, campaign: Campaign, post: Post) -> dict[str, LeftOut | None]:
    lines = counted_alike(session, an_appeal(session, campaign), post)
    return {line.reader.name: line.excluded for line in lines}


def counted_alike(session: Session, appeal: Appeal, post: Post) -> list[Worded]:
    """Everyone, one after another; the database counts the same, and finds the same first ones."""
    lines = worded(session, appeal, post)
    goes = [line.reader for line in lines if not line.excluded]
    left = [(line.reader, line.excluded) for line in lines if line.excluded]
    for most in (1, 2, 60):
        listed = first_and_number(session, appeal, post, facts_of(session, appeal), most)
        found = foreseen(session, appeal, listed)
        assert [line.reader for line in found.goes] == goes[:most]
        assert [(line.reader, line.excluded) for line in found.left_out] == left[:most]
        assert found.counts == Counter(line.excluded for line in lines)
        assert found.unaddressed == sum(1 for reader in goes if not reader.address)
    return lines


def test_each_reads_the_appeal_in_their_language(session: Session, fund: Fund) -> None:
    campaign, donor = a_campaign(session, fund), a_donor(session)
    a_card(session, donor, "Ana Prado")
    a_card(session, donor, "Noura", language="ar")
    ana, noura = worded(session, an_appeal(session, campaign), Post.EMAIL)
    assert ana.body.startswith("Dear Ana Prado,\n\nThe United Nations voluntary trust fund")
    assert campaign.path in ana.body
    assert (noura.language, noura.heading) == ("ar", "اليوم العالمي: Republic of Arcadia")
    only_english = {"heading": {"en": "World Day"}, "body": {"en": "Please give."}}
    _ana, noura = worded(session, an_appeal(session, campaign, **only_english), Post.EMAIL)
    assert (noura.language, noura.body) == ("en", "Please give.")


def test_who_is_left_out_is_told_why(session: Session, fund: Fund) -> None:
    campaign, donor = a_campaign(session, fund), a_donor(session)
    a_card(session, donor, "Takes it")
    a_card(session, donor, "Opted out", takes_appeals=False)
    a_card(session, donor, "By letter", way=Way.LETTER)
    a_card(session, donor, "No address", email="", way=Way.PHONE, phone="+43 1 2345")
    before = campaign.starts_on - timedelta(1)
    a_pledge(session, fund, donor=a_donor(session, "Nobody there"), pledged_on=before)
    assert excluded(session, campaign, Post.EMAIL) == {
        "Takes it": None,
        "Opted out": LeftOut.OPTED_OUT,
        "By letter": LeftOut.WANTS_LETTERS,
        "No address": LeftOut.NO_EMAIL,
        "Nobody there": LeftOut.NOBODY,
    }
    assert excluded(session, campaign, Post.LETTER) == {
        "Takes it": None,
        "Opted out": LeftOut.OPTED_OUT,
        "By letter": None,
        "No address": None,
        "Nobody there": None,
    }


def test_who_has_pledged_since_it_began_is_not_asked_again(session: Session, fund: Fund) -> None:
    campaign = a_campaign(session, fund)
    days = {"Before": -1, "Since": 0, "Chosen": 5, "Withdrawn": 5}
    pledges = {}
    for name, day in days.items():
        donor = a_donor(session, name)
        a_card(session, donor, name)
        on = campaign.starts_on + timedelta(day)
        pledges[name] = a_pledge(session, fund, donor=donor, pledged_on=on)
    act = replace(Act.by_system("test"), reason="A mistake.")
    chosen = pledges["Chosen"].donor
    assert chosen is not None
    choose(session, campaign, chosen, act, include=True)
    withdraw(session, pledges["Withdrawn"], act)
    assert excluded(session, campaign, Post.EMAIL) == {
        "Before": None,
        "Since": LeftOut.HAS_PLEDGED,
        "Chosen": None,
        "Withdrawn": None,
    }


def test_one_address_is_written_to_once_though_it_speaks_for_two_donors(
    session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund)
    for name in ("Arcadia", "Nubia"):
        a_card(session, a_donor(session, name), f"For {name}", email="Both@example.org")
    assert excluded(session, campaign, Post.EMAIL) == {
        "For Arcadia": None,
        "For Nubia": LeftOut.WRITTEN_TO,
    }


def test_national_rapporteurs_make_a_mailing_list(session: Session, fund: Fund) -> None:
    campaign = a_campaign(session, fund, roles=[ContactRole.RAPPORTEUR])
    donor = a_donor(session)
    a_card(session, donor, "Desk")
    a_card(session, donor, "Rapporteur", role=ContactRole.RAPPORTEUR)
    a_card(session, a_donor(session, "Nubia"), "Other desk")
    for post in Post:
        assert excluded(session, campaign, post) == {
            "Rapporteur": None,
            "Nubia": LeftOut.NOBODY,
        }


def test_a_text_about_the_last_contribution_goes_only_to_whoever_gave(
    session: Session, fund: Fund
) -> None:
    campaign, giver = a_campaign(session, fund), a_donor(session, "Giver")
    before = campaign.starts_on - timedelta(1)
    a_card(session, giver, "Gave")
    a_card(session, a_donor(session, "New"), "Has never contributed")
    for amount in (10_000, 20_000):
        pledge = a_pledge(session, fund, usd(amount), giver, pledged_on=before)
        a_deposit(session, fund, pledge, usd(amount))
    text = {"en": "You gave {last_contribution} on {last_contribution_on}."}
    appeal = an_appeal(session, campaign, heading={"en": "!"}, body=text)
    lines = counted_alike(session, appeal, Post.EMAIL)
    told = {line.reader.name: line.body or line.excluded for line in lines}
    assert told == {
        "Gave": "You gave USD\u00a0200.00 on 20 January 2026.",
        "Has never contributed": LeftOut.NEVER_GAVE,
    }
    assert fund_totals(session, fund).received == usd(30_000)


def test_whom_the_fund_takes_nothing_from_is_asked_for_nothing(
    session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund, kinds=[DonorKind.PRIVATE])
    refused, unknown = (
        a_company(session, "Meridian"),
        a_company(session, "No due diligence has been carried out yet"),
    )
    for donor in (refused, unknown):
        a_card(session, donor, f"At {donor.name}")
    examination = recommended(session, fund, refused, Exclusion.GAMBLING, outcome=Outcome.REFUSE)
    decide(session, examination, Outcome.REFUSE, approver(session, "A casino."))
    assert excluded(session, campaign, Post.EMAIL) == {
        "At Meridian": LeftOut.NOT_CLEARED,
        "At No due diligence has been carried out yet": None,
    }


def test_no_letter_says_that_nothing_is_missing_or_aimed_at(session: Session, fund: Fund) -> None:
    a_card(session, a_donor(session))
    for field, target in (("{funding_gap}", 50_000_000), ("{target}", 0)):
        campaign = a_campaign(session, fund, target_minor=target)
        appeal = an_appeal(session, campaign, heading={"en": "!"}, body={"en": f"Give {field}."})
        with pytest.raises(DomainError, match=r"has no funding gap|Set one in the plan"):
            worded(session, appeal, Post.EMAIL)
    asked = a_submitted_application(session, a_closed_call(session, fund))
    eligible(session, asked, a_team(session))
    campaign = a_campaign(session, fund)
    text = {"en": "Of {funding_gap} we hope for {target}."}
    (line,) = worded(session, an_appeal(session, campaign, heading=text, body=text), Post.EMAIL)
    assert line.body == "Of USD\u00a022,600.00 we hope for USD\u00a0500,000.00."


def test_an_unknown_field_is_refused_by_name(session: Session, fund: Fund) -> None:
    body = {"en": "Dear {donors}"}
    with pytest.raises(InvalidInput, match=r"Field \{donors\} not found"):
        an_appeal(session, a_campaign(session, fund), body=body, heading={"en": "World Day"})


@pytest.mark.parametrize(
    ("heading", "body"), [({"ar": "x"}, {"ar": "x"}), (HEADING, {"en": "x"}), ({"en": " "}, BODY)]
)
def test_a_language_has_both_heading_and_text_and_english_is_there(
    session: Session, fund: Fund, heading: dict[str, str], body: dict[str, str]
) -> None:
    with pytest.raises(DomainError):
        an_appeal(session, a_campaign(session, fund), heading=heading, body=body)


def test_only_whoever_may_send_sends_and_only_while_the_campaign_runs(
    session: Session, fund: Fund
) -> None:
    campaign = a_campaign(session, fund, launched=False)
    a_card(session, a_donor(session))
    with pytest.raises(Conflict):
        a_mailing(session, campaign)
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    take_step(session, campaign, "launch", manager)
    with pytest.raises(DomainError, match="Write the appeal"):
        a_mailing(session, campaign)
    an_appeal(session, campaign)
    officer = act_of(session, staff(session, Role.PROGRAMME_OFFICER))
    with pytest.raises(Forbidden):
        service.begin_mailing(session, campaign, Post.EMAIL, "k", officer)
    assert a_mailing(session, campaign).number == 1


def the_fund(session: Session) -> Fund:
    return session.get_one(Fund, 1)


@pytest.fixture
def mailing_id(real_database: Database) -> int:
    """A mailing of twelve e-mails that waits for its worker."""
    with real_database.transaction() as session:
        campaign = a_campaign(session, the_fund(session))
        for number in range(12):
            a_card(session, a_donor(session, f"State {number:02d}"))
        an_appeal(session, campaign)
        return a_mailing(session, campaign).id


def counted(database: Database) -> Counter[str]:
    with database.session() as session:
        return Counter(
            {
                "messages": session.scalar(
                    select(func.count())
                    .select_from(Message)
                    .where(Message.event.like("mailing_line:%"))
                ),
                "contacts": session.scalar(select(func.count()).select_from(OutreachContact)),
                "done": session.scalar(select(func.count(MailingLine.done_at))),
                "finished": session.scalar(select(func.count(Mailing.finished_at))),
            }
        )


ALL = Counter(messages=12, contacts=12, done=12, finished=1)


def test_two_workers_at_once_send_each_e_mail_once(
    real_database: Database, mailing_id: int
) -> None:
    start = Barrier(2)

    def work(_number: int) -> None:
        start.wait(timeout=30)
        carry_out(real_database, rendered, mailing_id)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert counted(real_database) == ALL
    carry_out(real_database, rendered, mailing_id)
    assert counted(real_database) == ALL


@pytest.mark.usefixtures("mailing_id")
def test_the_worker_sends_what_was_begun_and_delivers_it(
    real_database: Database, tmp_path: Path
) -> None:
    office = PostOffice(real_database, tmp_path, Mailbox("fund@localhost"), rendered)
    for _again in ("works the mailing off", "delivers what that queued"):
        run_worker(real_database.url, office, wait=False)
    assert counted(real_database) == ALL
    assert len(list(tmp_path.glob("*.eml"))) == 12


@pytest.mark.parametrize("where", ["_send_email", "_record_sent", "finish"])
def test_killed_in_the_middle_it_goes_on_where_it_was(
    real_database: Database, mailing_id: int, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    whole, calls = getattr(sending, where), Counter[str]()

    def killed(*told: object) -> None:
        whole(*told)
        calls["n"] += 1
        if calls["n"] == (5 if where != "finish" else 1):
            raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(sending, where, killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(real_database, rendered, mailing_id)
    half = counted(real_database)
    assert half["messages"] == half["contacts"] == half["done"] == (12 if where == "finish" else 4)
    assert half["finished"] == 0
    carry_out(real_database, rendered, mailing_id)
    assert counted(real_database) == ALL


def test_the_button_pressed_by_many_at_once_begins_one_mailing(real_database: Database) -> None:
    with real_database.transaction() as session:
        campaign_id = a_campaign(session, the_fund(session)).id
        a_card(session, a_donor(session))
        an_appeal(session, session.get_one(Campaign, campaign_id))
        manager = act_of(session, session.query(Person).filter_by(name="Fund Manager").one())
    start = Barrier(8)

    def press(number: int) -> str:
        start.wait(timeout=30)
        try:
            with real_database.transaction() as session:
                campaign = session.get_one(Campaign, campaign_id)
                key = "one key" if number < 5 else f"key {number}"
                service.begin_mailing(session, campaign, Post.EMAIL, key, manager)
        except DomainError as refusal:
            return type(refusal).__name__
        return "begun"

    with ThreadPoolExecutor(8) as pool:
        said = Counter(pool.map(press, range(8)))
    with real_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Mailing)) == 1
        lines = session.scalars(select(MailingLine)).all()
        assert [line.excluded for line in lines] == [None]
    assert said["begun"] in (1, 5)
    assert said.total() == 8


def test_letters_are_kept_as_they_were_printed_and_told_as_letters(
    session: Session, fund: Fund, database: Database
) -> None:
    campaign = a_campaign(session, fund)
    donor = a_donor(session, "Arcadia")
    donor.address = "1 Harbour Road"
    a_card(session, donor, way=Way.LETTER)
    before = campaign.starts_on - timedelta(1)
    a_pledge(session, fund, donor=a_donor(session, "Nobody there"), pledged_on=before)
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign, Post.LETTER)
    session.commit()
    carry_out(database, rendered, mailing.id)
    session.expire_all()
    first, second = session.scalars(select(MailingLine).order_by(MailingLine.number)).all()
    assert (first.name, first.address, first.email) == ("Ana Prado", "1 Harbour Road", None)
    assert (second.name, second.contact_id) == ("Nobody there", None)
    assert first.document is not None
    assert second.document is not None
    assert content_of(first.document) != content_of(second.document)
    contacts = session.scalars(select(OutreachContact)).all()
    assert {contact.means for contact in contacts} == {Means.LETTER}
    assert {contact.by.name for contact in contacts if contact.by} == {"Fund Manager"}


def test_whoever_was_sent_the_e_mail_gets_no_letter_of_the_same_campaign(
    session: Session, fund: Fund, database: Database
) -> None:
    campaign, donor = a_campaign(session, fund), a_donor(session)
    card = a_card(session, donor)
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign)
    session.commit()
    carry_out(database, rendered, mailing.id)
    assert excluded(session, campaign, Post.LETTER) == {card.name: LeftOut.WRITTEN_TO}
    with pytest.raises(DomainError, match="No recipients are left"):
        a_mailing(session, campaign, Post.LETTER, "other key")
    other = a_campaign(session, fund)
    assert excluded(session, other, Post.EMAIL) == {card.name: None}
    opt_out(session, card, Act.by_system("test"))
    assert excluded(session, other, Post.EMAIL) == {card.name: LeftOut.OPTED_OUT}
    assert clock.today() == session.scalar(select(OutreachContact.held_on))


def test_an_address_that_two_donors_share_is_written_to_once_and_all_come_in_order(
    session: Session, fund: Fund, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = a_campaign(session, fund)
    for name in ("delta", "Alpha", "Echo", "bravo", "Charlie"):
        a_card(session, a_donor(session, name), f"Ana of {name}", email=f"{name[0]}@arcadia.org")
    a_card(session, a_donor(session, "Foxtrot"), "Ana again", email="A@Arcadia.org")
    appeal = an_appeal(session, campaign)
    one_by_one = worded(session, appeal, Post.EMAIL)
    told = [(line.reader.donor.name, line.excluded) for line in one_by_one]
    assert told == [
        *((name, None) for name in ("Alpha", "bravo", "Charlie", "delta", "Echo")),
        ("Foxtrot", LeftOut.WRITTEN_TO),
    ]
    for size in (2, 3, 100):
        monkeypatch.setattr(recipients, "AT_ONCE", size)
        assert worded(session, appeal, Post.EMAIL) == one_by_one
