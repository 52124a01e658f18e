"""New bank details wait before they are paid to, and the letter of a bank ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from grants.books.settings.service import propose_change, put_in_force
from grants.books.settings.workflow import Setting
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.people.queries import viewer_of
from grants.granting.bank_details.lasting import letters_to_renew
from grants.granting.payments.service import certify
from tests.factories import act_of
from tests.grants import Scene, account_of, paid_to, scene
from tests.platform.web.client import SignInAs

__all__ = ["scene"]


def put(scene: Scene, setting: Setting, days: int) -> None:
    session, people = scene.session, scene.people
    finance = act_of(session, people.finance, "The auditors ask for it.")
    change = propose_change(session, scene.fund, setting, days, finance)
    put_in_force(session, change, act_of(session, people.approver))


def another_account(scene: Scene) -> None:
    account = account_of(scene.organisation)
    other = replace(account, number=f"{account.number}99")
    paid_to(scene.session, scene.fund, scene.organisation, scene.people, other)


def certified(scene: Scene) -> None:
    certify(scene.session, scene.instalments[0], act_of(scene.session, scene.people.certifier))


def test_nothing_is_paid_to_an_account_shortly_after_it_replaced_another(scene: Scene) -> None:
    scene.run()
    put(scene, Setting.ACCOUNT_WAIT_DAYS, 7)
    another_account(scene)
    with pytest.raises(DomainError, match="Changed recently"):
        certified(scene)
    with clock.at(clock.now() + timedelta(6)), pytest.raises(DomainError, match="Changed recently"):
        certified(scene)
    with clock.at(clock.now() + timedelta(7)):
        certified(scene)


def test_the_first_account_of_an_organisation_does_not_wait(scene: Scene) -> None:
    scene.run()
    put(scene, Setting.ACCOUNT_WAIT_DAYS, 7)
    certified(scene)


def test_a_bank_letter_ends_and_is_asked_for_before(scene: Scene, sign_in_as: SignInAs) -> None:
    scene.run()
    put(scene, Setting.BANK_LETTER_DAYS, 40)
    viewer = viewer_of(scene.session, scene.people.grantee.id)
    assert viewer is not None
    assert scene.session.scalar(letters_to_renew(viewer)) == 0
    with clock.at(clock.now() + timedelta(20)):
        assert scene.session.scalar(letters_to_renew(viewer)) == 1
    with clock.at(clock.now() + timedelta(41)), pytest.raises(DomainError, match="bank letter"):
        certified(scene)
    put(scene, Setting.BANK_LETTER_DAYS, 10)
    scene.session.commit()
    grantee = sign_in_as(scene.people.grantee)
    assert "Letter from your bank to renew" in grantee.get("/start").text
    another_account(scene)
    assert scene.session.scalar(letters_to_renew(viewer)) == 1, "the new letter ends soon, too"


def test_no_more_days_than_make_sense_are_set(scene: Scene) -> None:
    for setting, most in ((Setting.ACCOUNT_WAIT_DAYS, 60), (Setting.BANK_LETTER_DAYS, 3650)):
        with pytest.raises(DomainError, match="whole number of days"):
            put(scene, setting, most + 1)
