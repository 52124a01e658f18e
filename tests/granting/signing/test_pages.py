"""Papers are signed, uploaded and listed on their pages."""

import io

from sqlalchemy import select

from grants.core.kernel import clock
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.service import sign_agreement
from grants.granting.signing.models import Signing
from grants.granting.signing.workflow import Side
from grants.platform.signatures.codes import LIFE
from tests.factories import act_of
from tests.granting.agreements.test_pages import grant_url, hidden, text_of
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import (
    code_of,
    go_by,
    quick,
    sent,
    sign_by_page,
    sign_for_fund,
    sign_for_grantee,
    signing_url,
)
from tests.grants import Scene, a_file
from tests.platform.documents import signing as pens
from tests.platform.web.client import SignInAs


def test_the_agreement_goes_from_page_to_page(scene: Scene, sign_in_as: SignInAs) -> None:
    luz, manager = sign_in_as(scene.people.grantee), sign_in_as(scene.people.manager)
    assert "The fund prepares the agreement" in text_of(luz.get(grant_url(scene)))
    send = grant_url(scene, "/send-for-signature")
    assert f'href="{send}"' in manager.get(grant_url(scene)).get_data(as_text=True)
    data = {"version": hidden(manager, send), "language": "en"}
    assert manager.submit(send, data).status_code == 302
    here = signing_url(scene)
    assert f'href="{here}"' in luz.get("/grants").get_data(as_text=True)
    sign = f"{here}/sign"
    assert f'href="{sign}"' in luz.get(here).get_data(as_text=True)
    assert luz.submit(f"{here}/code", page=sign).status_code == 302
    assert "Sign for the organisation Cancel" in text_of(luz.get(sign))
    answers = {"version": hidden(luz, sign), "function": "Director", "agreed": "y"}
    wrong = luz.submit(sign, answers | {"code": "abc"})
    assert "not the code that we sent" in text_of(wrong)
    scene.session.expire_all()
    assert luz.submit(sign, answers | {"code": code_of(scene.session)}).status_code == 302
    page = text_of(manager.get(here))
    assert "accepted online with a code" in page
    assert luz.get(f"{here}/file").data.startswith(b"%PDF")
    sign_by_page(scene, manager)
    assert scene.award.state is AwardState.AGREED
    whole = luz.get(f"{here}/signed").data
    assert whole == luz.get(grant_url(scene, "/signed-agreement")).data
    assert "Fund Manager" in text_of(luz.get(here))


def test_a_code_is_asked_for_before_anything_is_typed(scene: Scene, sign_in_as: SignInAs) -> None:
    luz = sign_in_as(scene.people.grantee)
    sent(scene)
    scene.session.commit()
    here = signing_url(scene)
    sign, typed = f"{here}/sign", 'name="function"'
    assert "Send me a code" in luz.get(sign).text
    assert typed not in luz.get(sign).text
    assert luz.submit(f"{here}/code", page=sign).status_code == 302
    assert typed in luz.get(sign).text
    answers = {"version": hidden(luz, sign), "function": "Director", "code": "abc"}
    wrong = luz.submit(sign, answers).text
    assert "Send me another code" in wrong
    assert 'value="Director"' in wrong
    with clock.at(clock.now() + LIFE):
        assert typed not in luz.get(sign).text


@quick
def test_a_grant_offers_the_signed_agreement_in_place_of_the_unsigned(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    signing, luz = sent(scene), sign_in_as(scene.people.grantee)
    scene.session.commit()
    unsigned = "Grant agreement, not signed yet"
    page = text_of(luz.get(grant_url(scene)))
    assert unsigned in page
    assert f"Grant agreement {signing.reference}" in page
    sign_for_grantee(scene, signing)
    sign_for_fund(scene, signing)
    scene.session.commit()
    page = text_of(luz.get(grant_url(scene)))
    assert unsigned not in page
    assert "Agreement signed by both parties" in page


def test_a_signed_copy_is_uploaded_and_one_that_is_not_signed_is_refused(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    luz, manager = sign_in_as(scene.people.grantee), sign_in_as(scene.people.manager)
    sent(scene)
    scene.session.commit()
    here = signing_url(scene)
    issued, upload = luz.get(f"{here}/file").data, f"{here}/upload-for-grantee"
    version = hidden(luz, upload)
    for content, status in ((issued, 200), (pens.signed(issued), 302)):
        data = {
            "version": version,
            "name": "Luz Reyes",
            "function": "Director",
            "file": (io.BytesIO(content), "agreement.pdf"),
        }
        answer = luz.submit(upload, data, content_type="multipart/form-data")
        assert answer.status_code == status, text_of(answer)
    assert manager.get(f"{here}/copy/grantee").data == content
    again = {"reason": "The second page is not signed."}
    assert manager.submit(f"{here}/ask-again", again).status_code == 302
    assert "The second page is not signed." in text_of(luz.get(here))


def test_two_tabs_sign_once(scene: Scene, sign_in_as: SignInAs) -> None:
    manager = sign_in_as(scene.people.manager)
    go_by(scene, first=Side.FUND)
    sent(scene)
    scene.session.commit()
    accept = f"{signing_url(scene)}/sign-for-fund"
    answers = {"version": hidden(manager, accept), "function": "Fund Manager", "agreed": "y"}
    token = hidden(manager, accept, "csrf_token")
    assert manager.post(accept, data=answers | {"csrf_token": token}).status_code == 302
    assert manager.post(accept, data=answers | {"csrf_token": token}).status_code in {200, 409}
    scene.session.expire_all()
    (signing,) = scene.session.scalars(select(Signing))
    assert len(signing.signatures) == 1


def test_the_list_and_the_rules_have_their_pages(scene: Scene, sign_in_as: SignInAs) -> None:
    manager = sign_in_as(scene.people.manager)
    sent(scene)
    scene.session.commit()
    assert scene.award.reference.partition("-")[2] in text_of(manager.get("/signing"))
    rules = f"/fund-setup/{scene.fund.code}/signing"
    data = {"version": "0", "first": "fund", "days_to_sign": "45", "needs_clearance": "y"}
    assert manager.submit(rules, data).status_code == 302
    page = manager.get(rules).get_data(as_text=True)
    assert 'value="45"' in page


def test_bank_details_are_one_link_away_wherever_a_grantee_looks(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.run()
    scene.session.commit()
    luz, there = sign_in_as(scene.people.grantee), f'href="{grant_url(scene, "/bank-details")}"'
    own = f"/organisations/{scene.organisation.code}"
    assert f'href="{own}/bank-details"' in luz.get(own).get_data(as_text=True)
    for page in (grant_url(scene), f"{own}/bank-details"):
        assert there in luz.get(page).get_data(as_text=True), page


def test_the_condition_that_no_bank_details_are_confirmed_leads_to_them(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    paper = a_file(scene.session, scene.people.manager)
    manager = act_of(scene.session, scene.people.manager)
    sign_agreement(scene.session, scene.award, clock.today(), paper, manager)
    scene.session.commit()
    luz = sign_in_as(scene.people.grantee)
    assert "Bank details to give" in text_of(luz.get("/start"))
    page = luz.get(grant_url(scene, "/instalments/1")).get_data(as_text=True)
    assert f'href="{grant_url(scene, "/bank-details")}">No bank details are confirmed yet' in page
