"""Donors who do not want to be named: everything that outsiders can fetch is searched for a name.

An odd name is given to an anonymous donor of each kind, in each way a donor can be anonymous. Then
every address that the application knows is asked for, with every reference there is, by a visitor,
by another donor, by an applicant; pages, files, data and PDFs are opened and read.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation, Person
from grants.core.people.permissions import Role
from grants.fundraising.appeals.models import MailingLine, Post
from grants.fundraising.appeals.sending import carry_out
from grants.giving.contributions.models import Receipt
from grants.giving.outreach import service as outreach
from grants.giving.outreach.models import Campaign
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledges.service import Agreement, acknowledge, sign_agreement
from grants.giving.pledging.service import propose
from grants.papers.statements.catalogue import CATALOGUE
from grants.platform.tables.exports import FORMATS
from tests.factories import (
    a_campaign,
    a_card,
    a_cleared_donor,
    a_closed_call,
    a_contact,
    a_deposit,
    a_donor,
    a_mailing,
    a_pledge,
    a_submitted_application,
    act_of,
    an_appeal,
    an_organisation,
    member,
    staff,
)
from tests.platform.documents.files import pdf
from tests.platform.web.client import SignInAs, StrictClient

ODD = "Zyzzyva"
"""In every name, code and address of the anonymous, and nowhere else."""
SKIPPED = ("static", "gallery", "outbox.")
"""Files of the look; and the outbox, which shows every e-mail while the application is tried out
and is not there in production.
"""
PERIOD = {"from": "2020-01-01", "to": "2035-12-31", "lang": "en"}


@dataclass
class Scene:
    """Everything that happened, and whom it happened to."""

    anonymous: list[Organisation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    named: Organisation | None = None


def an_anonymous_donor(
    session: Session, fund: Fund, kind: DonorKind, *, wholly: bool
) -> Organisation:
    """One that never is named (`wholly`), or whose pledge is not."""
    name = f"{ODD} <i>{kind.value}</i> & Ωmega {'W' if wholly else 'P'}"
    country = None if kind is DonorKind.IGO else "GR"
    if kind is DonorKind.MEMBER_STATE:
        donor = a_donor(session, name, kind, country)
    else:
        donor = a_cleared_donor(session, fund, name, kind, country)
    donor.public_name = not wholly
    donor.address = f"{ODD} Street 1"
    return donor


def gave(session: Session, fund: Fund, donor: Organisation, campaign: Campaign) -> None:
    """A pledge from its first day to its receipt, with everything around it."""
    manager = act_of(session, staff(session, Role.FUND_MANAGER))
    a_card(session, donor, f"{ODD} Contact")
    a_contact(session, fund, donor, campaign, note=f"{ODD} said so.")
    pledge = a_pledge(
        session,
        fund,
        usd(77_700),
        donor,
        public_name=not donor.public_name,
        message=f"From {ODD}",
        source_note=f"Note of {ODD}",
    )
    outreach.join(session, campaign, pledge, manager)
    acknowledge(session, pledge, manager)
    sign_agreement(session, pledge, Agreement(clock.today()), manager)
    a_deposit(session, fund, pledge, usd(33_300), value_on=clock.today())


@pytest.fixture
def scene(session: Session, fund: Fund, database: Database) -> Scene:
    made, campaign = Scene(), a_campaign(session, fund, kinds=list(DonorKind))
    for kind, wholly in product(DonorKind, (True, False)):
        donor = an_anonymous_donor(session, fund, kind, wholly=wholly)
        made.anonymous.append(donor)
        made.people.append(member(session, donor, Role.DONOR, f"{ODD} {kind.value} {wholly}"))
    giver = Giver(f"{ODD} Visitor", DonorKind.INDIVIDUAL, "GR")
    contact = Contact(f"{ODD} Visitor", "visitor@zyzzyva.example")
    propose(session, fund, Offer(usd(100), public_name=False), giver, contact, Act.by_system("t"))
    made.named = a_donor(session, "Republic of Named")
    an_appeal(session, campaign)
    mailing = a_mailing(session, campaign, Post.LETTER)
    for donor in made.anonymous:
        gave(session, fund, donor, campaign)
    pledge = a_pledge(session, fund, usd(55_500), made.named)
    a_deposit(session, fund, pledge, usd(22_200), value_on=clock.today())
    a_submitted_application(session, a_closed_call(session, fund))
    session.commit()
    carry_out(database, lambda _d, r: (f"{r}.pdf", pdf(int(r[-4:]))), mailing.id)
    session.expire_all()
    return made


def candidates(session: Session) -> Mapping[str, list[Any]]:
    """Values an address may hold, by the name of the argument: of each kind of record the first
    two, which are of an anonymous donor of either way.
    """

    def every(column: Any) -> list[Any]:
        return list(session.scalars(select(column).order_by(column.class_.id).limit(2)))

    first = select(Receipt).order_by(Receipt.id).limit(2)
    receipts = [receipt.reference for receipt in session.scalars(first)]
    references = [
        *(*every(Pledge.reference), *receipts, *every(Call.reference)),
        *(*every(Organisation.code), *every(MailingLine.reference), *every(Fund.code)),
    ]
    return {
        "code": [*every(Fund.code), *every(Organisation.code), *every(Campaign.code)],
        "fund": every(Fund.code),
        "reference": references,
        "document": list(CATALOGUE),
        "name": ["kind", "amount", "words"],
        "year": [clock.today().year, clock.today().year - 1],
        "month": [f"{clock.today():%Y-%m}"],
        "": [1, 2],
    }


def addresses(app: Flask, session: Session) -> Iterator[tuple[Rule, str]]:
    """Every address of the application that can be fetched, as far as values are known."""
    known = candidates(session)
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith(SKIPPED):
            continue
        names = sorted(rule.arguments)
        values = [known.get(name, known[""] if name.endswith("_id") else ["x"]) for name in names]
        for chosen in product(*values):
            try:
                yield rule, adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))
            except ValueError:
                continue


def told(answer: Response) -> str:
    """All that an answer says to a human or a machine, headers and inner files included."""
    content, headers = answer.get_data(), " ".join(f"{k}: {v}" for k, v in answer.headers)
    if answer.mimetype == "application/pdf":
        return headers + " ".join(in_pdf(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            inside = [file.read(name).decode("utf-8", "ignore") for name in file.namelist()]
        return headers + " ".join(inside)
    return headers + content.decode("utf-8", "ignore")


def in_pdf(content: bytes) -> Iterator[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    yield str(reader.metadata)
    for page in reader.pages:
        yield page.extract_text()
    for name, files in reader.attachments.items():
        yield name + " ".join(file.decode("utf-8", "ignore") for file in files)


@dataclass
class Read:
    """What a person could read, and where the odd name stood."""

    pages: int = 0
    pdfs: int = 0
    files: int = 0
    rules: set[str] = field(default_factory=set)
    named_at: list[str] = field(default_factory=list)
    text: str = ""


def read_all(browser: StrictClient, where: Iterable[tuple[Rule, str]]) -> Read:
    """Fetch every address, each list as a file too, and search it."""
    read, waiting = Read(), [(rule, address, PERIOD) for rule, address in where]
    while waiting:
        rule, address, query = waiting.pop()
        with browser.get(address, query_string=query) as answer:
            if answer.status_code != 200:
                continue
            said, html = told(answer), answer.mimetype == "text/html"
            read.pdfs += answer.mimetype == "application/pdf"
        read.pages += html
        read.files += not html
        read.rules.add(rule.rule)
        read.text += said if rule.rule == "/funds/<code>" else ""
        if ODD.lower() in said.lower():
            read.named_at.append(f"{address}?{query}")
        if html and "format=csv" in said:
            waiting += [(rule, address, {**PERIOD, "format": kind}) for kind in FORMATS]
    return read


def an_outsider(session: Session, scene: Scene) -> Person:
    """A person who speaks for another donor, and for an applicant too."""
    assert scene.named is not None
    member(session, scene.named, Role.DONOR, "Luz Reyes")
    return member(session, an_organisation(session, "Nova Vita"), name="Luz Reyes")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("signed_in", [False, True], ids=["a visitor", "another donor"])
def test_nothing_that_outsiders_can_fetch_names_who_does_not_want_to_be_named(
    app: Flask,
    client: StrictClient,
    sign_in_as: SignInAs,
    session: Session,
    scene: Scene,
    signed_in: bool,
) -> None:
    browser = sign_in_as(an_outsider(session, scene)) if signed_in else client
    read = read_all(browser, addresses(app, session))
    assert read.named_at == []
    assert read.pages > 15
    assert read.pdfs > 0
    assert read.files > read.pdfs
    assert {"/funds/<code>", "/funds/<code>/need", "/calls"} <= read.rules
    assert "Republic of Named" in read.text
    assert "12 anonymous donors" in read.text
    assert "9,324.00" in read.text


@pytest.mark.timeout(300)
def test_the_anonymous_themselves_and_the_fund_do_read_the_name(
    sign_in_as: SignInAs, session: Session, app: Flask, scene: Scene
) -> None:
    """The search finds what there is to find: in pages, files and PDFs alike."""
    places = [
        (rule, address)
        for rule, address in addresses(app, session)
        if address.startswith(("/giving", "/documents/receipt", "/documents/appeal"))
    ]
    own = read_all(sign_in_as(scene.people[0]), places)
    assert any(".pdf" in address for address in own.named_at)
    assert any("/giving" in address for address in own.named_at)
    fund = sign_in_as(staff(session, Role.FUND_MANAGER))
    shown = ["/pledges?", "/pledges?format=csv", "/pledges?format=xlsx", "/outreach/contacts?"]
    for address in shown:
        with fund.get(address) as answer:
            assert ODD in told(answer), address
