"""A paper that is not signed comes back, is withdrawn, or lapses with its award."""

from datetime import timedelta

import pytest

from grants.books.ledger.queries import balances
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError
from grants.core.kernel.money import usd
from grants.deciding.awards.service import cancel_award
from grants.deciding.awards.workflow import AwardState
from grants.granting.signing import service
from grants.granting.signing.lapsing import follow, is_lapsed
from grants.granting.signing.workflow import SigningState
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import (
    SYSTEM,
    by,
    go_by,
    quick,
    sent,
    sign_for_fund,
    sign_for_grantee,
    told,
)
from tests.grants import Scene


@quick
def test_a_grantee_sends_it_back_and_a_fund_asks_again_or_withdraws(scene: Scene) -> None:
    session = scene.session
    signing = sent(scene)
    with pytest.raises(DomainError, match="reason"):
        service.send_back(session, signing, by(scene, "grantee"))
    service.send_back(session, signing, by(scene, "grantee", "Our name is misspelt."))
    assert told(scene, "sent_back") == [scene.people.manager.email]
    second = sent(scene)
    sign_for_grantee(scene, second)
    service.ask_again(session, second, by(scene, "manager", "Page 2 is not signed."))
    assert (second.state, second.standing_signatures) == (SigningState.OUT, [])
    sign_for_grantee(scene, second)
    service.withdraw(session, second, by(scene, "manager", "The period is to change."))
    assert told(scene, "withdrawn") == [scene.people.grantee.email]
    with pytest.raises(Conflict):
        sign_for_fund(scene, second)
    sent(scene)


@quick
def test_a_cancelled_award_takes_its_paper_with_it(scene: Scene) -> None:
    signing = sent(scene)
    cancel_award(scene.session, scene.award, by(scene, "approver", "The shelter has closed."))
    assert signing.state is SigningState.WITHDRAWN
    with pytest.raises(Conflict):
        sign_for_grantee(scene, signing)


@quick
def test_an_unsigned_award_lapses_after_reminders_and_its_money_is_free_to_the_cent(
    scene: Scene,
) -> None:
    session, fund = scene.session, scene.fund
    before = balances(session, fund)
    go_by(scene, days_to_sign=20)
    signing = sent(scene)
    assert signing.sign_by is not None
    reminded = []
    for day in range(1, 23):
        with clock.at(clock.now() + timedelta(day)):
            if follow(session, SYSTEM)[0]:
                reminded.append(20 - day)
        if signing.state is SigningState.LAPSED:
            break
    assert reminded == [14, 7, 3, 1]
    assert (signing.state, scene.award.state) == (SigningState.LAPSED, AwardState.CANCELLED)
    after = balances(session, fund)
    reserved = usd(2_000_000) + usd(260_000)
    assert after.available == before.available + reserved
    assert told(scene, "lapsed_for_grantee") == [scene.people.grantee.email]
    assert told(scene, "lapsed_for_fund") == [scene.people.manager.email]
    assert follow(session, SYSTEM) == (0, 0)


@quick
def test_what_the_fund_has_not_signed_does_not_lapse(scene: Scene) -> None:
    signing = sent(scene)
    sign_for_grantee(scene, signing)
    with clock.at(clock.now() + timedelta(90)):
        assert follow(scene.session, SYSTEM) == (0, 0)
        assert not is_lapsed(scene.session, signing, SYSTEM)
        sign_for_fund(scene, signing)
    assert scene.award.state is AwardState.AGREED
