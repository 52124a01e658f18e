"""An amendment goes out to be signed online, and its terms are in force with both signatures."""

from datetime import timedelta

import pytest

from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, Forbidden
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.queries import progress_of
from grants.granting.changes.service import drop
from grants.granting.changes.signing import return_signed
from grants.granting.changes.to_sign import send_amendment, signing_of
from grants.granting.changes.workflow import ChangeKind, ChangeState
from grants.granting.signing.lapsing import lapse
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import Side, SigningState
from tests.factories import act_of
from tests.granting.changes.scenes import LATER, approved, asked_for, running_longer
from tests.granting.changes.test_changes import ties
from tests.granting.signing.quick import quick_papers
from tests.granting.signing.scenes import SYSTEM, by, go_by, sign_for_fund, sign_for_grantee
from tests.grants import Scene, a_file, scene

__all__ = ["quick_papers", "scene"]

pytestmark = pytest.mark.usefixtures("quick_papers")


def sent(scene: Scene) -> Signing:
    change = approved(scene, asked_for(scene))
    return send_amendment(scene.session, change, "en", by(scene, "manager"))


@pytest.mark.parametrize("first", list(Side))
def test_whoever_signs_first_the_second_signature_puts_it_in_force(
    scene: Scene, first: Side
) -> None:
    running_longer(scene)
    go_by(scene, first=first)
    ends_on, signing = scene.award.ends_on, sent(scene)
    signatures = [sign_for_grantee, sign_for_fund]
    for sign in signatures if first is Side.GRANTEE else reversed(signatures):
        assert scene.award.ends_on == ends_on
        sign(scene, signing)
    (change,) = progress_of(scene.session, scene.award).changes
    assert (change.state, scene.award.ends_on) == (ChangeState.IN_FORCE, ends_on + LATER)
    assert change.document == signing.signed_document
    ties(scene)


def test_while_it_is_out_it_is_neither_signed_on_paper_nor_dropped(scene: Scene) -> None:
    running_longer(scene)
    signing = sent(scene)
    (change,) = progress_of(scene.session, scene.award).changes
    assert signing_of(scene.session, change) is signing
    paper, grantee = a_file(scene.session, scene.people.grantee), by(scene, "grantee")
    with pytest.raises(Conflict, match="sent for signature"):
        return_signed(scene.session, change, paper, grantee)
    with pytest.raises(Conflict, match="sent for signature"):
        drop(scene.session, change, by(scene, "officer", "No longer needed."))
    progress = progress_of(scene.session, scene.award)
    steps = next_steps(scene.award, progress, scene.fund.today())
    assert ("Sign amendment 1", True) in [(step.what, step.from_grantee) for step in steps]


def test_the_approver_neither_sends_nor_signs_it(scene: Scene) -> None:
    running_longer(scene)
    change = approved(scene, asked_for(scene))
    with pytest.raises(Forbidden):
        send_amendment(scene.session, change, "en", by(scene, "approver"))
    signing = send_amendment(scene.session, change, "en", by(scene, "manager"))
    sign_for_grantee(scene, signing)
    with pytest.raises(Forbidden):
        sign_for_fund(scene, signing, by(scene, "approver"))


def test_an_amendment_that_is_not_signed_in_time_is_withdrawn_with_its_money(scene: Scene) -> None:
    running_longer(scene)
    go_by(scene, days_to_sign=10)
    asked = {
        "ends_on": scene.award.ends_on.isoformat(),
        "amount": "1000",
        "from": scene.fund.today().isoformat(),
    }
    change = approved(scene, asked_for(scene, ChangeKind.TOP_UP, **asked))
    signing = send_amendment(
        scene.session, change, "en", act_of(scene.session, scene.people.manager)
    )
    with clock.at(clock.now() + timedelta(11)):
        lapse(scene.session, signing, SYSTEM)
    assert (signing.state, change.state) == (SigningState.LAPSED, ChangeState.WITHDRAWN)
    ties(scene)
