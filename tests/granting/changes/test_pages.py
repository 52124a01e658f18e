"""Changes by links and buttons, from the page of the grant, for both sides."""

import html
import io
import re
from datetime import date, timedelta

from werkzeug.test import TestResponse

from grants.core.kernel import clock
from grants.granting.changes.queries import changes_of
from tests.factories import an_organisation, member
from tests.granting.changes.scenes import LATER, approved, asked_for, running_longer
from tests.grants import Scene
from tests.platform.documents import signing
from tests.platform.web.client import SignInAs, StrictClient


def text_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.status
    text = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return re.sub(r"\s+", " ", html.unescape(text))


def follow(browser: StrictClient, page: str, *links: str) -> str:
    """The address that is reached by links with these words, one after the other."""
    for words in links:
        body = browser.get(page).get_data(as_text=True)
        found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>\s*{re.escape(words)}', body)
        assert found, f"{page} has no link “{words}”"
        page = html.unescape(found[1])
    return page


def submit(browser: StrictClient, page: str, **typed: object) -> TestResponse:
    """Send a form with the version that its page shows."""
    body = browser.get(page).get_data(as_text=True)
    version = re.search(r'name="version" value="([^"]*)"', body)
    multipart = any(isinstance(value, tuple) for value in typed.values())
    data = {**typed, **({"version": version[1]} if version else {})}
    kind = {"content_type": "multipart/form-data"} if multipart else {}
    return browser.submit(page, data, **kind)


def day(name: str, when: date) -> dict[str, str]:
    parts = {"day": when.day, "month": when.month, "year": when.year}
    return {f"{name}-{part}": str(number) for part, number in parts.items()}


def test_a_change_goes_its_way_by_links_alone(scene: Scene, sign_in_as: SignInAs) -> None:
    running_longer(scene)
    ends_on, grant = scene.award.ends_on, f"/grants/{scene.award.reference}"
    _ask(scene, sign_in_as(scene.people.grantee), grant)
    officer = sign_in_as(scene.people.officer)
    assert "Change to a grant to examine" in text_of(officer.get("/start"))
    step = follow(officer, grant, "Change 1: No-cost extension", "Recommend the change")
    assert "The shelter opens later." in text_of(officer.get(step))
    assert submit(officer, step).status_code == 302
    approver = sign_in_as(scene.people.approver)
    step = follow(approver, grant, "Change 1: No-cost extension", "Approve the change")
    assert submit(approver, step).status_code == 302
    _sign_by_both(scene, sign_in_as, grant)
    scene.session.refresh(scene.award)
    assert scene.award.ends_on == ends_on + LATER
    grantee = sign_in_as(scene.people.grantee)
    assert "In force" in text_of(grantee.get(grant))
    history = text_of(grantee.get(f"{grant}?part=history"))
    assert "Change 1 in force: No-cost extension" in history


def test_who_has_a_change_open_reads_so_before_another_form_is_offered(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running_longer(scene)
    asked_for(scene)
    scene.session.commit()
    changes = f"/grants/{scene.award.reference}/changes"
    grantee = sign_in_as(scene.people.grantee)
    said = "Change 1 of this grant is not finished yet."
    page = grantee.get(changes).get_data(as_text=True)
    assert said in page
    assert "/new/extension" not in page
    assert "/new/termination" in page
    for kind in ("extension", "budget"):
        page = grantee.get(f"{changes}/new/{kind}").get_data(as_text=True)
        assert said in page
        assert f'href="{changes}/1"' in page
        assert "Send the request" not in page
    officer = sign_in_as(scene.people.officer)
    page = officer.get(changes).get_data(as_text=True)
    assert said in page
    assert "/begin/suspension" in page
    assert "/begin/extension" not in page


def _ask(scene: Scene, grantee: StrictClient, grant: str) -> None:
    page = follow(grantee, grant, "Ask for a change", "No-cost extension")
    ends_on = scene.award.ends_on
    refused = submit(grantee, page, **day("ends_on", ends_on), reason="The shelter opens later.")
    assert "Enter a day after the present end of the grant." in text_of(refused)
    later = day("ends_on", ends_on + LATER)
    done = submit(grantee, page, **later, reason="The shelter opens later.")
    assert done.status_code == 302


def _sign_by_both(scene: Scene, sign_in_as: SignInAs, grant: str) -> None:
    grantee = sign_in_as(scene.people.grantee)
    step = follow(grantee, grant, "Change 1: No-cost extension", "Upload the signed amendment")
    issued = grantee.get(f"/documents/amendment/{scene.award.reference}/1.pdf").data
    file = (io.BytesIO(signing.signed(issued)), "amendment.pdf")
    assert submit(grantee, step, file=file).status_code == 302
    manager = sign_in_as(scene.people.manager)
    step = follow(manager, grant, "Record the amendment of change 1", "Record the signed amendment")
    assert submit(manager, step, **day("signed_on", clock.today())).status_code == 302


def test_who_asks_too_late_reads_so_before_a_form_is_offered(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    scene.fund.contact_email = "unvtf@example.org"
    running_longer(scene, days=29)
    scene.session.commit()
    luz, changes = sign_in_as(scene.people.grantee), f"/grants/{scene.award.reference}/changes"
    page = luz.get(changes)
    assert f'href="{changes}/new/extension"' not in page.text
    assert f'href="{changes}/new/signatory"' in page.text
    assert "It is too late to ask here for these changes" in text_of(page)
    assert "unvtf@example.org" in page.text
    typed_address = luz.get(f"{changes}/new/extension").text
    assert "30 days before the grant ends" in typed_address
    assert 'name="reason"' not in typed_address
    officer = sign_in_as(scene.people.officer)
    assert f'href="{changes}/begin/extension"' in officer.get(changes).text


def test_a_request_is_corrected_on_the_form_it_was_made_with(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running_longer(scene)
    asked_for(scene)
    page = f"/grants/{scene.award.reference}/changes/1"
    officer = sign_in_as(scene.people.officer)
    back = follow(officer, page, "Return to the organisation")
    assert submit(officer, back, reason="Until when?").status_code == 302
    grantee = sign_in_as(scene.people.grantee)
    assert "Until when?" in text_of(grantee.get(page))
    again = follow(grantee, page, "Correct and send again")
    until = scene.award.ends_on + timedelta(40)
    assert "The shelter opens later." in grantee.get(again).get_data(as_text=True)
    answer = submit(grantee, again, **day("ends_on", until), reason="Until June.")
    assert answer.status_code == 302
    (change,) = changes_of(scene.session, scene.award)
    scene.session.refresh(change)
    assert (change.after["ends_on"], change.reason) == (until.isoformat(), "Until June.")


def test_the_new_schedule_is_shown_before_the_request_is_sent(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running_longer(scene)
    scene.session.commit()
    grantee, ask = sign_in_as(scene.people.grantee), "/changes/new/extension"
    page = f"/grants/{scene.award.reference}{ask}"
    until = day("ends_on", scene.award.ends_on + timedelta(70))
    shown = submit(grantee, page, **until, reason="The shelter opens later.", go="preview")
    assert "Nothing has been sent yet." in text_of(shown)
    assert "Last day" in text_of(shown)
    assert changes_of(scene.session, scene.award) == []


def test_others_see_no_change_and_each_side_only_its_buttons(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running_longer(scene)
    approved(scene, asked_for(scene))
    page = f"/grants/{scene.award.reference}/changes/1"
    grantee = text_of(sign_in_as(scene.people.grantee).get(page))
    assert "Upload the signed amendment" in grantee
    assert "Record the signed amendment" not in grantee
    officer = text_of(sign_in_as(scene.people.officer).get(page))
    assert "Upload the signed amendment" not in officer
    stranger = member(scene.session, an_organisation(scene.session, "Another"), name="Ana Other")
    assert sign_in_as(stranger).get(page).status_code == 404
    new = f"/grants/{scene.award.reference}/changes/begin/suspension"
    assert sign_in_as(scene.people.grantee).get(new).status_code == 403


def test_the_fund_suspends_and_lifts_on_pages(scene: Scene, sign_in_as: SignInAs) -> None:
    running_longer(scene)
    grant = f"/grants/{scene.award.reference}"
    officer = sign_in_as(scene.people.officer)
    page = follow(officer, grant, "Begin a change", "Suspension")
    assert submit(officer, page, reason="The accounts are missing.").status_code == 302
    approver = sign_in_as(scene.people.approver)
    step = follow(approver, f"{grant}/changes/1", "Approve and put in force")
    assert submit(approver, step).status_code == 302
    assert "The grant has been suspended since" in text_of(approver.get(grant))
    step = follow(approver, f"{grant}/changes/1", "Lift the suspension")
    assert submit(approver, step, reason="The accounts are here.").status_code == 302
    assert "The grant has been suspended since" not in text_of(approver.get(grant))
