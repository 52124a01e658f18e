"""Where grants went, and what was paid and returned, on the pages that everybody may read."""

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grants.core.kernel import clock
from grants.core.kernel.money import usd
from grants.core.texts.formats import whole_money, whole_units
from grants.granting.payments.refunds import record_refund
from grants.platform.charts import charts
from grants.platform.charts.meanings import Meaning
from tests.factories import act_of
from tests.grants import Scene, pay
from tests.platform.web.client import StrictClient


def test_the_front_page_shows_where_the_newest_grants_went(
    scene: Scene, client: StrictClient
) -> None:
    running, code = scene.run(), scene.fund.code
    running.session.commit()
    assert 'class="map"' not in client.get(f"/funds/{code}").text
    today = clock.today()
    pay(running.session, running.instalments[0], running.people, today)
    running.session.commit()
    page = client.get(f"/funds/{code}")
    row = f"/funds/{code}/results/{today.year}#in-{running.award.country}"
    assert f'<a href="{row}"' in page.text, "each bubble leads to its country"
    assert f'id="in-{running.award.country}"' in client.get(row.split("#", maxsplit=1)[0]).text


def test_what_was_paid_and_what_came_back_are_told_apart_and_rounded_alike(
    scene: Scene, client: StrictClient
) -> None:
    running, code, today = scene.run(), scene.fund.code, clock.today()
    first = running.instalments[0].amount
    pay(running.session, running.instalments[0], running.people, today)
    finance = act_of(running.session, running.people.finance)
    record_refund(running.session, running.award, usd(49_950), today, "BACK-1", finance)
    running.session.commit()
    whole = client.get(f"/funds/{code}").text
    page = re.sub(r"<[^>]+>", "", whole).replace("\u00a0", " ")
    paid = f"{first.decimal:,.0f}"
    assert f"USD {paid} paid in {today.year}" in page
    assert "Organisations returned USD 500." in page
    assert len(re.findall(rf"\b{paid}\b", whole)) >= 3, "sentence, map and bar say one figure"
    year = client.get(f"/funds/{code}/results/{today.year}").text
    for figure in (f"{first.decimal:,.2f}", "499.50", "Returned, USD"):
        assert figure in year


@given(st.integers(-(10**9), 10**9))
def test_a_figure_without_cents_is_rounded_in_one_way(cents: int) -> None:
    amount = usd(cents)
    digits = re.sub(r"[^0-9]", "", whole_money(amount))
    assert int(digits) == abs(whole_units(amount))
    assert abs(whole_units(amount) - amount.decimal) <= Decimal("0.5")
    drawn = charts.picture("", "", {"Paid": Meaning.PAID}, {"2026": (amount,)})
    assert drawn.rows[0][1] == (whole_units(amount),)
