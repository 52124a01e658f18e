"""Filters offer what occurs in their list."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.platform.forms.fields import CountryField, SelectField
from grants.platform.forms.forms import QueryForm
from grants.platform.tables.occurring import offer_occurring
from tests.factories import a_donor


class Filter(QueryForm):
    country = CountryField("Country")
    kind = SelectField("Kind", lambda: [("late", "Overdue"), *((k.value, k) for k in DonorKind)])


def offered(app: Flask, session: Session, query: str = "") -> tuple[list[str], list[str]]:
    with app.test_request_context(f"/list?{query}"):
        form = Filter()
        columns = {"country": Organisation.country, "kind": Organisation.kind}
        offer_occurring(session, form, select(Organisation), **columns)
        country, kind = form.country.options, form.kind.options
        return [value for value, *_words in country], [value for value, *_words in kind]


def test_only_what_occurs_is_offered_and_what_no_record_can_be(
    app: Flask, session: Session
) -> None:
    a_donor(session).country = "AT"
    session.flush()
    occurring = {(row.country, row.kind.value) for row in session.scalars(select(Organisation))}
    countries, kinds = offered(app, session)
    assert countries == sorted({country for country, _kind in occurring if country})
    assert set(kinds) == {"late", *(kind for _country, kind in occurring)}


def test_what_is_chosen_stays_though_it_occurs_no_more(app: Flask, session: Session) -> None:
    countries, _kinds = offered(app, session, "country=PE")
    assert "PE" in countries
