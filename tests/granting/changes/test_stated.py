"""What was applied for and signed stands as the terms before a change."""

from datetime import timedelta

from grants.applying.submissions.dossier import values_of
from grants.granting.changes.queries import terms_of
from grants.granting.changes.service import request_change
from grants.granting.changes.stated import stated_of
from grants.granting.changes.terms import differences
from grants.granting.changes.workflow import ChangeKind
from tests.factories import act_of
from tests.granting.reporting.test_planned import with_a_plan
from tests.grants import Scene


def test_a_grant_without_an_application_states_nothing(scene: Scene) -> None:
    stated = stated_of(scene.session, scene.run().award)
    assert (stated.place, stated.partner, stated.signatory) == ("", "", "")


def test_the_place_of_the_application_is_the_place_before_a_change(scene: Scene) -> None:
    session, award = with_a_plan(scene).session, scene.award
    assert award.application is not None
    assert award.application.submission is not None
    applied_for = values_of(award.application.submission)["places"]
    assert terms_of(session, award).place == applied_for
    award.ends_on = award.fund.today() + timedelta(365)
    luz = act_of(session, scene.people.grantee, "The district is closed.")
    asked = {"country": award.country, "place": "Sula valley"}
    change = request_change(session, award, ChangeKind.PLACE, asked, luz)
    (place,) = differences(change.terms_before, change.terms_after)
    assert (place.before, place.after) == (applied_for, "Sula valley")
