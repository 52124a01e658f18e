"""Organisations that may be the same are noticed, whatever their script and spelling."""

import pytest
from sqlalchemy.orm import Session

from grants.applying.organisations import duplicates
from grants.applying.organisations.duplicates import (
    Sign,
    host_of,
    like,
    pairs,
    plain_name,
    plain_number,
)
from grants.applying.organisations.profile import Profile
from grants.applying.organisations.queries import alike
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from tests.factories import an_organisation, member, staff
from tests.platform.web.client import SignInAs


def entered(session: Session, name: str, country: str = "HN", **facts: str) -> Organisation:
    organisation = an_organisation(session, name, country)
    for key, value in facts.items():
        setattr(organisation, key, value)
    member(session, organisation, name=f"Of {name}"[:60])
    session.flush()
    return organisation


def test_numbers_names_and_websites_are_compared_by_what_tells_them_apart() -> None:
    assert plain_number("hn-77 / 2016.") == plain_number("HN772016") == "HN772016"
    assert plain_name("Asociación Casa Segura del Norte") == plain_name("Casa Segura del Nórte")
    assert plain_name("The Foundation") == "the foundation", "a name of general words stays"
    assert host_of("https://www.casa.example/en?x") == host_of("casa.example") == "casa.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Casa Segura del Nórte", "Asociación Casa Segura del Norte"),
        ("Дом надежды", "Dom nadezhdy"),
        ("Women for Freedom", "Freedom for Women"),
    ],
)
def test_names_are_noticed_across_spellings_scripts_and_order(
    session: Session, one: str, other: str
) -> None:
    first, second = entered(session, one), entered(session, other)
    entered(session, "Refuge of the Coast")
    entered(session, other, country="GT")
    found = [pair for pair in pairs(session) if Sign.NAME in pair.signs]
    assert [(pair.one.id, pair.other.id) for pair in found] == [(first.id, second.id)]
    assert like(session, second) == [p for p in pairs(session) if p.other is second]


def test_the_same_number_website_or_domain_is_noticed(session: Session) -> None:
    one = entered(session, "Alpha", registration_number="HN-77-2016", website="https://a.example")
    two = entered(session, "Omega", registration_number="hn 77/2016")
    three = entered(session, "Kappa", country="GT", website="www.a.example/about")
    signs = {(p.one.id, p.other.id): p.signs for p in pairs(session)}
    assert Sign.NUMBER in signs[one.id, two.id]
    assert Sign.WEBSITE in signs[one.id, three.id]
    found = alike(session, Profile("Another", "HN", registration_number="HN 77 2016"))
    assert found is not None
    assert found.id in (one.id, two.id), "and a third registration is refused"


def test_the_funds_people_see_the_pairs_and_applicants_do_not(
    session: Session, sign_in_as: SignInAs
) -> None:
    one = entered(session, "Casa Segura")
    entered(session, "ONG Casa Segura")
    person = member(session, one, name="Eva")
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    page = sign_in_as(officer).get("/organisations/duplicates").text
    assert "ONG Casa Segura" in page
    assert "Possibly the same" in sign_in_as(officer).get(f"/organisations/{one.code}").text
    assert sign_in_as(person).get("/organisations/duplicates").status_code in (403, 404)
    assert "Possibly the same" not in sign_in_as(person).get(f"/organisations/{one.code}").text


def test_a_number_that_a_thousand_carry_fills_pages_of_sixty(
    session: Session, sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(15):
        name = f"{chr(65 + number) * 6} {chr(75 + number) * 7}"
        entered(session, name, registration_number="000")
    officer = staff(session, Role.PROGRAMME_OFFICER)
    session.commit()
    browser = sign_in_as(officer)
    every = len(pairs(session))
    assert every == 15 * 14 // 2
    page = browser.get("/organisations/duplicates").text
    assert page.count("Same registration number") == 60
    assert "Only the first" not in page
    later = browser.get("/organisations/duplicates?page=2").text
    assert later.count("Same registration number") == every - 60
    monkeypatch.setattr(duplicates, "MOST_PAIRS", 70)
    assert len(pairs(session)) == 70
