"""Donors, applicants and grantees find the paragraph about the page on which they are."""

from flask import Flask
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.role_permissions import GRANTED
from grants.platform.guides.places import AT_DESK, GUIDES, PARAGRAPHS, READERS, paragraph_of
from grants.platform.web.access import ENTERING, PUBLIC, SIGNED_IN, door_of
from tests.factories import an_organisation, member, staff
from tests.platform.web.client import SignInAs

WITHOUT = frozenset(
    {
        *("addresses", "demonstration", "drawings", "form_files", "gallery", "guides"),
        *("health", "outbox", "search"),
    }
)
"""For machines, fund staff and developers, and the guides themselves."""
THEIRS = frozenset({PUBLIC, ENTERING, SIGNED_IN}).union(*(GRANTED[role] for role in OUTSIDE))
"""Doors that people outside the fund pass."""


def _pages_of_theirs(app: Flask) -> set[str]:
    """Endpoints that a donor, an applicant or a grantee may open."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint != "static"
        and door_of(app.view_functions[rule.endpoint]) in THEIRS
    }


def test_every_page_of_theirs_has_its_paragraph(app: Flask) -> None:
    pages = {page: page.partition(".")[0] for page in _pages_of_theirs(app)}
    lost = {page for page, room in pages.items() if not {page, room} & {*PARAGRAPHS, *WITHOUT}}
    assert lost == set(), "name the paragraph about it in grants/platform/guides/places.py"
    assert PARAGRAPHS.keys() - pages.keys() - set(pages.values()) == set(), "there is no such page"


def test_every_page_names_a_paragraph_that_is_there() -> None:
    places = {
        place for table in (PARAGRAPHS, AT_DESK) for named in table.values() for place in named
    }
    assert all(paragraph_of(place).text for place in places)


def test_a_page_links_to_its_paragraph_in_the_guide_of_who_looks(
    app: Flask, session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    applicant = member(session, an_organisation(session), Role.ORGANISATION_ADMIN)
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    visitor = app.test_client()
    assert 'href="/guide/donor#give"' in visitor.get(f"/give/{fund.code}").text
    assert 'href="/guide/applicant#account"' in sign_in_as(applicant).get("/account").text
    desk = sign_in_as(officer)
    assert 'href="/guide/programme_officer#screening"' in desk.get("/applications").text
    assert 'href="/guide/programme_officer"' in desk.get("/account").text
    for name, guide in GUIDES.items():
        page = visitor.get(f"/guide/{name}").text
        assert all(f'id="{one.key}"' in page for one in guide.paragraphs)
        assert f'href="/guide/{name}"' in visitor.get("/guide").text


def test_each_role_has_its_guide() -> None:
    assert READERS.keys() == GUIDES.keys()
    assert {role for roles in READERS.values() for role in roles} == {*Role} - {Role.OBSERVER}
