"""What a donor is asked is taken up, shown before it is sent, and shown to the fund and the donor.

Whoever adds a field to the pledge form is told here where it is still missing.
"""

import inspect
import re
from dataclasses import fields

import pytest
from wtforms.fields.core import UnboundField

from grants.giving.pledges import making, queries
from grants.giving.pledges.making import Offer
from grants.giving.pledges.models import Pledge
from grants.giving.pledging import forms, steps
from grants.platform.forms.forms import Form, QueryForm
from tests.rules.source import ROOT

TEMPLATES = ROOT / "templates" / "giving"
NOT_ASKED = {"chosen", "gift", "key", "reference", "pledged_on", "source", "source_note"}
"""Facts of an offer that the page, the fund or the import fills in, not the donor."""
PURPOSE = dict.fromkeys(
    ("earmarked_for", "window", "region", "theme", "countries", "until"), "purpose"
)
"""Facts that are shown as one."""
ASKED = [field.name for field in fields(Offer) if field.name not in NOT_ASKED]
PLACES = {
    "the check page": (TEMPLATES / "pledging" / "check.html", "offer"),
    "the fund's page of the pledge": (TEMPLATES / "pledges" / "show.html", "pledge"),
    "the donor's page of the pledge": (TEMPLATES / "pledging" / "show.html", "pledge"),
}
ELSEWHERE = {
    ("the fund's page of the pledge", "payments"): "payments",
    ("the donor's page of the pledge", "payments"): "payments",
}
"""Facts that a page shows under a name of their own."""


def shown(fact: str, place: str, source: str) -> bool:
    """Does a page show a fact of the promise?"""
    name = PURPOSE.get(fact, fact)
    own = ELSEWHERE.get((place, fact))
    return bool(re.search(rf"\b{own}\b" if own else rf"\b{PLACES[place][1]}\.{name}\b", source))


@pytest.mark.parametrize("place", PLACES)
def test_what_is_pledged_is_shown(place: str) -> None:
    source = PLACES[place][0].read_text("utf-8")
    lost = [fact for fact in ASKED if not shown(fact, place, source)]
    assert lost == [], f"show them on {place}, {PLACES[place][0].relative_to(ROOT)}"


def test_what_is_pledged_twice_is_compared() -> None:
    source = inspect.getsource(making._is_same_offer) + inspect.getsource(making.purpose_of)
    lost = [fact for fact in ASKED if f"offer.{fact}" not in source]
    assert lost == [], "compare them in _same of giving/pledges/making.py"


def test_what_is_pledged_is_kept() -> None:
    source = inspect.getsource(making.drafted) + inspect.getsource(making.purpose_of)
    kept = {"payments", *PURPOSE} | set(dir(Pledge))
    assert [fact for fact in ASKED if fact not in kept] == [], "add a column to Pledge"
    lost = [fact for fact in ASKED if f"offer.{fact}" not in source]
    assert lost == [], "keep them with the pledge in drafted() of giving/pledges/making.py"


def unread(form: type[Form], source: str) -> list[str]:
    """Fields of a form that nothing reads."""
    names = [name for name in dir(form) if isinstance(getattr(form, name), UnboundField)]
    return [name for name in names if not re.search(rf"\.{name}\.data|\b{name}=", source)]


def test_every_field_of_the_pledge_forms_is_read() -> None:
    source = inspect.getsource(forms) + inspect.getsource(steps) + inspect.getsource(queries)
    asked = [
        form
        for form in vars(forms).values()
        if isinstance(form, type)
        and issubclass(form, Form)
        and not issubclass(form, QueryForm)
        and form.__module__ == forms.__name__
    ]
    assert len(asked) > 6
    source += (ROOT / "grants/giving/pledging/own_views.py").read_text("utf-8")
    source += (ROOT / "grants/giving/pledging/views.py").read_text("utf-8")
    source += " act(reason=form.reason.data)"  # the page of a step hands it to the act
    lost = {form.__name__: names for form in asked if (names := unread(form, source))}
    assert lost == {}, "read them in giving/pledging/steps.py and put them into the Offer"


def test_a_field_that_is_forgotten_is_told() -> None:
    assert "public_name" in unread(forms.WordsForm, "message=words.message.data")
    assert not shown("purchase_order", "the check page", "{{ offer.message }}")
    assert shown("region", "the check page", "{{ offer.purpose }}")
