"""An auditor draws payments at random; the draw is on record, and anyone can repeat it."""

import csv
import io
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.core.people.permissions import Role
from grants.desk.audit_samples.queries import payments_of, sample_for_viewer
from grants.desk.audit_samples.service import draw_sample, rank_of
from tests.factories import act_of, staff
from tests.grants import Scene, pay
from tests.platform.web.client import SignInAs


@pytest.fixture
def paid(scene: Scene) -> Scene:
    """A grant of which the first instalment was paid today."""
    running = scene.run()
    pay(running.session, running.instalments[0], running.people, clock.today())
    return running


def test_a_sample_is_drawn_by_its_seed_and_stays_on_record(paid: Scene) -> None:
    session, today = paid.session, clock.today()
    auditor = act_of(session, staff(session, Role.AUDITOR))
    sample = draw_sample(session, paid.fund, today - timedelta(30), today, 25, auditor)
    drawn = payments_of(session, sample)
    assert [payment.id for payment in drawn] == [paid.instalments[0].id]
    assert drawn == sorted(drawn, key=lambda payment: rank_of(sample.seed, payment))
    row = session.scalars(select(TrailRow).where(TrailRow.action == "draw_sample")).one()
    assert row.facts["seed"] == sample.seed
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        session.execute(text("UPDATE audit_sample SET size = 1"))


def test_every_payment_is_as_likely_as_any_other(paid: Scene) -> None:
    places = Counter(
        min(range(4), key=lambda number: rank_of(f"{seed}-{number}", paid.instalments[0]))
        for seed in range(2000)
    )
    assert all(400 < places[number] < 600 for number in range(4)), places


def test_a_draw_needs_an_auditor_of_the_fund_and_a_payment(paid: Scene) -> None:
    session, today = paid.session, clock.today()
    auditor = act_of(session, staff(session, Role.AUDITOR))
    for role in (Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.CERTIFYING_OFFICER):
        with pytest.raises(Forbidden):
            draw_sample(session, paid.fund, today, today, 1, act_of(session, staff(session, role)))
    with pytest.raises(DomainError, match="No grantee was paid"):
        draw_sample(session, paid.fund, today - timedelta(9), today - timedelta(8), 1, auditor)
    with pytest.raises(DomainError, match="on or after"):
        draw_sample(session, paid.fund, today, today - timedelta(1), 1, auditor)
    with pytest.raises(Missing):
        sample_for_viewer(session, 1, auditor.actor)


def test_the_auditor_draws_reads_and_takes_away_a_sample_by_its_pages(
    paid: Scene, sign_in_as: SignInAs
) -> None:
    auditor = staff(paid.session, Role.AUDITOR)
    paid.session.commit()
    browser, today = sign_in_as(auditor), clock.today()
    assert "/audit-samples/new" in browser.get("/audit-samples/").text
    day = {"day": today.day, "month": today.month, "year": today.year}
    ends = ("from", "until")
    typed = {f"paid_{end}-{part}": str(n) for end in ends for part, n in day.items()}
    answer = browser.submit("/audit-samples/new", {"fund": paid.fund.code, "size": "25", **typed})
    assert answer.status_code == 302
    page = browser.get(answer.location)
    assert paid.award.reference in page.text
    assert f"/documents/grant-statement/{paid.award.reference}.pdf" in page.text
    file = browser.get(f"{answer.location}?format=csv").text.lstrip("\ufeff")
    (line,) = csv.DictReader(io.StringIO(file))
    assert line["Grant"] == paid.award.reference
