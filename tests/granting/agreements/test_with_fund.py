"""What an organisation has sent stays in its sight: who has it now, and since when."""

from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.people.queries import viewer_of
from grants.core.texts.formats import plain_day
from grants.desk.tasks.todo import waiting_for
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.queries import progress_of
from grants.granting.agreements.step import NextStep
from grants.granting.findings.service import answer
from grants.granting.reporting.service import submit
from grants.granting.signing.service import clear
from tests.factories import act_of, an_organisation
from tests.granting.changes.scenes import approved, asked_for, running_longer
from tests.granting.findings.register import a_finding
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import by, go_by, quick, sent, sign_for_grantee
from tests.grants import Scene, grant_people, once_ended, report_content
from tests.platform.web.client import SignInAs


def with_fund(scene: Scene) -> list[str]:
    viewer = viewer_of(scene.session, scene.people.grantee.id)
    assert viewer is not None
    waiting = waiting_for(scene.session, viewer)
    return [entry.text.split(": ")[1] for entry in waiting if entry.task.others]


def fund_steps(scene: Scene) -> list[NextStep]:
    steps = next_steps(scene.award, progress_of(scene.session, scene.award), clock.today())
    return [step for step in steps if not step.from_grantee and step.since]


def by_grantee(scene: Scene) -> Act:
    return act_of(scene.session, scene.people.grantee)


def test_a_report_that_was_sent_is_with_the_fund_until_it_is_answered(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    running = scene.run()
    assert with_fund(running) == []
    report = running.reports[0]
    with once_ended(report):
        submit(running.session, report, report_content(running.session, report), by_grantee(scene))
        assert with_fund(running) == ["report being checked"]
        (step,) = fund_steps(running)
        assert step.since == clock.today()
        assert step.text_for(is_staff=False).startswith("The fund checks the")
        assert step.text_for(is_staff=True).startswith("Check the")
        running.session.commit()
        browser = sign_in_as(scene.people.grantee)
        since = f"since {plain_day(clock.today(), 'medium')}"
        page = browser.get("/start").text
        assert "With the fund: report being checked" in page
        assert "Nothing needs your action today." in page
        coming = page.partition("Coming up")[2]
        assert "Instalment 1 will be paid" in coming, "what comes next from the fund"
        for address in ("/start", "/grants", f"/grants/{scene.award.reference}"):
            assert since in browser.get(address).text


def test_nothing_of_another_organisation_is_counted(scene: Scene) -> None:
    running = scene.run()
    answer(running.session, a_finding(running), "Here.", by_grantee(scene))
    other = grant_people(scene.session, an_organisation(scene.session, "Casa Dos")).grantee
    assert with_fund(running) == ["answer to a finding being checked"]
    stranger = viewer_of(scene.session, other.id)
    assert stranger is not None
    assert not [e for e in waiting_for(scene.session, stranger) if e.task.others]


def test_a_change_is_with_the_fund_until_its_amendment_is_out(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    """Approved, it orders nothing of the organisation: the paper to sign comes from the fund."""
    running_longer(scene)
    change = asked_for(scene)
    words = ["change to a grant being decided or drawn up"]
    assert with_fund(scene) == words
    assert fund_steps(scene)[0].text_for(is_staff=False).startswith("The fund examines change 1")
    approved(scene, change)
    assert with_fund(scene) == words
    scene.session.commit()
    page = sign_in_as(scene.people.grantee).get(f"/grants/{scene.award.reference}/changes/1").text
    assert "You do not need to do anything now." in page


@quick
def test_a_document_is_with_the_fund_at_clearance_and_once_it_is_signed(
    scene: Scene, sign_in_as: SignInAs
) -> None:
    go_by(scene, needs_clearance=True)
    signing = sent(scene)
    assert with_fund(scene) == ["document being cleared or signed"]
    (step,) = [step for step in fund_steps(scene) if step.kind == "clearance"]
    assert "legal clearance before you sign" in step.text_for(is_staff=False)
    scene.session.commit()
    browser = sign_in_as(scene.people.grantee)
    assert browser.get(f"/grants/{scene.award.reference}").status_code == 200
    clear(scene.session, signing, by(scene, "certifier"))
    assert with_fund(scene) == []
    sign_for_grantee(scene, signing)
    assert with_fund(scene) == ["document being cleared or signed"]
    assert fund_steps(scene)[0].text_for(is_staff=False) == "The fund signs the agreement"
