"""An organisation states its account: currencies by name, and all that is missing at once."""

import re

import pytest

from tests.grants import Scene
from tests.platform.web.client import SignInAs


@pytest.fixture
def path(scene: Scene) -> str:
    scene.organisation.country = "CO"
    scene.session.commit()
    return f"/grants/{scene.award.reference}/bank-details/new"


def test_the_currencies_of_the_books_and_of_the_country_come_first_by_name(
    scene: Scene, path: str, sign_in_as: SignInAs
) -> None:
    page = sign_in_as(scene.people.grantee).get(path).text
    chosen = re.search(r"<select[^>]*account_currency.*?</select>", page, re.DOTALL)
    assert chosen
    names = re.findall(r"<option[^>]*>([^<]+)</option>", chosen[0])
    _blank, *first = (name.strip() for name in names[:4])
    assert first == ["USD – US Dollar", "COP – Colombian Peso", "EUR – Euro"]


def test_all_that_is_missing_is_told_at_once_and_an_iban_needs_less(
    scene: Scene, path: str, sign_in_as: SignInAs
) -> None:
    grantee = sign_in_as(scene.people.grantee)
    typed = {"holder": "Casa", "number": "00 1122 33", "account_currency": "USD"}
    missing = ("BIC (SWIFT code)", "Name of the bank", "Address of the bank")
    page = grantee.submit(path, typed).text
    assert all(f"Fill in “{name}”." in page for name in missing)
    assert "BIC (SWIFT code) (optional)" not in page
    page = grantee.submit(path, typed | {"number": "AT61 1904 3002 3457 3201"}).text
    assert "Fill in “Name of the bank”." in page
    assert "Fill in “BIC (SWIFT code)”." not in page
