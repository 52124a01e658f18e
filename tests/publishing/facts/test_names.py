"""Which names the public reads, and that no reference tells one that is withheld."""

from itertools import product

import pytest
from sqlalchemy.orm import Session

from grants.core.funds.models import Fund
from grants.core.kernel.errors import DomainError, Forbidden, Missing
from grants.deciding.announcements.public_names import is_named
from grants.deciding.announcements.public_references import public_reference, tells_name
from grants.deciding.awards.models import Announcement
from grants.publishing.facts.grants import (
    GrantFilter,
    public_award,
    published_grants,
    totals_of,
)
from grants.publishing.naming.service import publish_name, withhold_name
from tests.factories import act_of, an_organisation
from tests.grants import Scene


@pytest.mark.parametrize(
    ("reference", "tells"),
    [
        ("UNVTF-G-2026-001", False),
        ("G-SEGURA-1", True),
        ("casa segura/7", True),
        ("2021-CSAH-01", True),
        ("Ségura", True),
        ("GRANT-12", False),
    ],
)
def test_a_reference_tells_a_name_by_its_words_its_code_or_its_initials(
    session: Session, reference: str, tells: bool
) -> None:
    organisation = an_organisation(session, "Casa Segura Acción Honduras")
    organisation.code = "NGO-7741"
    assert tells_name(reference, organisation) is tells
    assert tells_name("G-NGO7741", organisation)


def test_the_rule_of_names_is_the_same_for_a_record_and_for_a_query(scene: Scene) -> None:
    running = scene.run()
    session, fund, award = running.session, scene.fund, running.award
    for default, allowed, announced in product(
        (True, False), (None, True, False), (None, *Announcement)
    ):
        fund.names_grantees = default
        award.organisation.may_be_named = allowed
        award.announced = announced
        session.flush()
        named = bool(is_named(award))
        assert totals_of(session, fund).withheld == (0 if named else 1)
        by_name = published_grants(session, fund, GrantFilter(text=award.organisation.name))
        assert len(by_name) == int(named), "a name that is withheld is not found either"
        if allowed is False or announced is Announcement.UNNAMED:
            assert not named


def test_a_grant_is_called_by_a_number_where_its_reference_tells_the_name(scene: Scene) -> None:
    running = scene.run()
    session, award = running.session, running.award
    award.reference = "CASA-SEGURA-2026"
    session.flush()
    public = public_reference(award)
    assert public == f"{scene.fund.code}-W{award.id}"
    assert public_award(session, scene.fund, public) is award
    with pytest.raises(Missing):
        public_award(session, scene.fund, award.reference)
    award.organisation.may_be_named = True
    assert public_award(session, scene.fund, award.reference) is award
    with pytest.raises(Missing):
        public_award(session, scene.fund, public)


def test_the_fund_decides_unless_the_organisation_refuses(scene: Scene, fund: Fund) -> None:
    running = scene.run()
    session, award = running.session, running.award
    manager = act_of(session, running.people.manager)
    publish_name(session, award, manager)
    assert published_grants(session, fund)[0].organisation == award.organisation.name
    withhold_name(session, award, manager)
    grant = published_grants(session, fund)[0]
    assert (grant.organisation, grant.title, grant.country) == (None, None, None)
    assert grant.region is not None
    award.organisation.may_be_named = False
    with pytest.raises(DomainError, match="asked us not to publish"):
        publish_name(session, award, manager)
    with pytest.raises(Forbidden):
        withhold_name(session, award, act_of(session, running.people.finance))
