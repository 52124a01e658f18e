"""A code by e-mail is one person’s, for one paper, and dies of age, use and guesses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError, Forbidden
from grants.granting.signing.coded import coded, send_code
from grants.platform.signatures import codes
from grants.platform.signatures.models import SigningCode
from tests.factories import act_of, member
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import (
    by,
    code_letter,
    code_of,
    quick,
    sent,
)
from tests.grants import Scene


@quick
def test_a_code_is_one_person_s_for_one_paper_and_dies_of_age_use_and_guesses(
    scene: Scene,
) -> None:
    session, luz = scene.session, by(scene, "grantee")
    ana = act_of(session, member(session, scene.organisation, name="Ana Prado"))
    signing = sent(scene)
    with pytest.raises(DomainError, match="no longer works"):
        codes.count_try(session, coded(signing), luz)
    send_code(session, signing, luz)
    code = code_of(session)
    assert f"/signing/{signing.id}/sign\n" in code_letter(session)
    assert code not in session.scalars(select(SigningCode)).one().cipher
    send_code(session, signing, ana)
    other = code_of(session)
    if other != code:
        with pytest.raises(DomainError, match="not the code"):
            codes.use_code(session, coded(signing), other, luz)
    with clock.at(clock.now() + codes.LIFE), pytest.raises(DomainError, match="no longer works"):
        codes.use_code(session, coded(signing), code, luz)


@quick
def test_guessing_ends_a_code_and_a_right_one_works_once(scene: Scene) -> None:
    session, luz, signing = scene.session, by(scene, "grantee"), sent(scene)
    send_code(session, signing, luz)
    for _guess in range(codes.MOST_TRIES):
        codes.count_try(session, coded(signing), luz)
    with pytest.raises(DomainError, match="no longer works"):
        codes.count_try(session, coded(signing), luz)
    send_code(session, signing, luz)
    codes.count_try(session, coded(signing), luz)
    codes.use_code(session, coded(signing), f" {code_of(session)} ", luz)
    with pytest.raises(DomainError, match="no longer works"):
        codes.use_code(session, coded(signing), code_of(session), luz)
    for _more in range(3):
        send_code(session, signing, luz)
    with pytest.raises(DomainError, match="Wait an hour"):
        send_code(session, signing, luz)
    with pytest.raises(Forbidden):
        send_code(session, signing, by(scene, "manager"))
    with clock.at(clock.now() + timedelta(2)):
        codes.forget_old_codes(session)
    assert session.scalars(select(SigningCode)).all() == []
