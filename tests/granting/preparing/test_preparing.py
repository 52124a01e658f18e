"""Before its agreement a grantee revises its budget and answers about its finances, if asked to."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from grants.applying.calls.standard.grantee import STANDARD_FINANCE
from grants.core.audit.act import Act
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import Money, total
from grants.core.people.queries import viewer_of
from grants.granting.agreements.service import sign_agreement
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.preparing import service
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.queries import Line, to_check, to_prepare, waiting
from grants.granting.preparing.workflow import Part, PreparationState
from grants.granting.reporting.budget import asked_for
from grants.granting.reporting.projects import spending_lines
from grants.granting.reporting.queries import budget_of
from grants.granting.signing.rules import Rules, set_rules
from grants.papers.statements.catalogue import paper_of
from grants.platform.questions import YesNo
from tests.factories import a_call, a_submission, act_of
from tests.granting.agreements.test_pages import grant_url, text_of
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.granting.signing.scenes import counted, sign_for_fund, sign_for_grantee, told
from tests.grants import Scene, a_file
from tests.platform.web.client import SignInAs


@pytest.fixture
def asked(scene: Scene) -> Scene:
    """The fund asks for both."""
    rules = replace(Rules(), asks_budget=True, asks_finance=True)
    set_rules(scene.session, scene.fund, rules, by(scene, "manager"))
    return scene


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


def lines(scene: Scene, *amounts: str) -> list[Line]:
    categories = asked_for(scene.session, scene.award.application)
    return [
        Line(line.category, f"Line {number}", Money.parse(amount, "USD"))
        for number, (line, amount) in enumerate(zip(categories, amounts, strict=False), 1)
    ]


def answers(why: str = "Small purchases.", **other: str) -> dict[str, list[str]]:
    """A part of the money is spent in cash; what may stay unexplained stays so."""
    asked = [q.key for q in STANDARD_FINANCE.questions if isinstance(q, YesNo)]
    told = dict.fromkeys(asked, "yes") | {"others": "no", "cash_why": why} | other
    return {f"q_{key}": [answer] for key, answer in told.items() if answer}


def prepare(scene: Scene) -> tuple[Preparation, Preparation]:
    budget = lines(scene, "12000.01", "7999.99")
    return (
        service.submit_budget(scene.session, scene.award, budget, by(scene, "grantee")),
        service.submit_finance(scene.session, scene.award, answers(), by(scene, "grantee")),
    )


def test_a_budget_adds_up_to_the_award_to_the_cent(asked: Scene) -> None:
    session, luz = asked.session, by(asked, "grantee")
    for wrong, fault in (
        (lines(asked, "12000.00", "7999.99"), "Add USD\N{NO-BREAK SPACE}0.01 to reach the award"),
        (lines(asked, "20000.00", "0.00"), "more than 0"),
        ([Line("weapons", "Guns", asked.award.amount)], "no category"),
        ([], "more than 0"),
    ):
        with pytest.raises(DomainError, match=fault):
            service.submit_budget(session, asked.award, wrong, luz)
    with pytest.raises(Forbidden):
        service.submit_budget(session, asked.award, lines(asked, "20000.00"), by(asked, "manager"))


def test_every_question_is_answered_and_some_answers_are_explained(asked: Scene) -> None:
    session, luz = asked.session, by(asked, "grantee")
    with pytest.raises(DomainError, match="separate accounts"):
        service.submit_finance(session, asked.award, answers(separate=""), luz)
    with pytest.raises(DomainError, match="Why will part of the grant be spent in cash"):
        service.submit_finance(session, asked.award, answers(why=""), luz)


def test_nothing_is_asked_of_a_fund_s_grantees_until_the_fund_says_so(scene: Scene) -> None:
    with pytest.raises(Conflict, match="does not ask for this"):
        prepare(scene)
    assert counted(scene, scene.people.grantee, to_prepare) == (0,)


def test_reports_name_the_lines_of_the_accepted_budget_and_not_those_of_the_application(
    scene: Scene,
) -> None:
    session, award = scene.session, scene.award
    set_rules(session, scene.fund, replace(Rules(), asks_budget=True), by(scene, "manager"))
    call = a_call(session, scene.fund)
    award.application = a_submission(session, call, name="Lines")
    kept, gone, *_others = asked_for(session, award.application)
    revised = [
        Line(kept.category, "Rent of the house", Money.parse("12000.01", "USD")),
        Line(kept.category, "Telephone, added", Money.parse("7999.99", "USD")),
    ]
    budget = service.submit_budget(session, award, revised, by(scene, "grantee"))
    service.accept(session, budget, by(scene, "officer"))
    annex = paper_of(session, "agreement", award.reference).facts.budget
    assert [line.description for line in annex] == [line.description for line in revised]
    scene.run()
    told = [(line.category, line.name, line.budget) for line in spending_lines(session, award)]
    assert told == [(line.category, line.description, line.amount) for line in revised]
    assert gone.category not in {line.category for line in budget_of(session, award.id)}


@pytest.mark.usefixtures("quick_papers")
def test_the_agreement_waits_until_all_is_accepted_and_reports_follow_the_budget(
    asked: Scene,
) -> None:
    session, people = asked.session, asked.people
    assert counted(asked, people.grantee, to_prepare) == (1,)
    budget, finance = prepare(asked)
    assert counted(asked, people.grantee, to_prepare) == (0,)
    assert counted(asked, people.officer, to_check) == (2,)
    viewer = viewer_of(session, people.officer.id)
    assert viewer is not None
    assert list(session.scalars(waiting(viewer))) == [budget, finance]
    service.accept(session, finance, by(asked, "officer"))
    paper = a_file(session, people.manager)
    with pytest.raises(Conflict, match="accepted: revised budget"):
        send_agreement(session, asked.award, "en", by(asked, "manager"))
    with pytest.raises(Conflict, match="accepted: revised budget"):
        sign_agreement(session, asked.award, clock.today(), paper, by(asked, "manager"))
    service.send_back(session, budget, by(asked, "officer", "Rent stands twice."))
    assert counted(asked, people.grantee, to_prepare) == (1,)
    again = lines(asked, "5000.05", "14999.95")
    service.submit_budget(session, asked.award, again, by(asked, "grantee"))
    service.accept(session, budget, by(asked, "officer"))
    signing = send_agreement(session, asked.award, "en", by(asked, "manager"))
    sign_for_grantee(asked, signing)
    sign_for_fund(asked, signing)
    kept = budget_of(session, asked.award.id)
    assert [str(line.amount) for line in kept] == ["5000.05", "14999.95"]
    assert total(line.amount for line in kept) == asked.award.amount


@pytest.mark.usefixtures("quick_papers")
def test_the_grantee_hears_what_was_received_accepted_and_signed(asked: Scene) -> None:
    grantee, manager = asked.people.grantee.email, asked.people.manager.email
    for row in prepare(asked):
        service.accept(asked.session, row, by(asked, "officer"))
    for name in ("received", "accepted"):
        assert told(asked, name) == [grantee, grantee]
    signing = send_agreement(asked.session, asked.award, "en", by(asked, "manager"))
    sign_for_grantee(asked, signing)
    assert (told(asked, "signed_by_one"), told(asked, "signed_by_both")) == ([grantee], [])
    sign_for_fund(asked, signing)
    assert told(asked, "signed_by_one") == [grantee]
    assert told(asked, "signed_by_both") == sorted([grantee, manager])


def test_what_was_accepted_is_not_changed(asked: Scene) -> None:
    session = asked.session
    budget, _finance = prepare(asked)
    with pytest.raises(Conflict):
        prepare(asked)
    with pytest.raises(Forbidden):
        service.accept(session, budget, by(asked, "grantee"))
    service.accept(session, budget, by(asked, "officer"))
    with pytest.raises(Conflict):
        service.send_back(session, budget, by(asked, "officer", "Too late."))
    with pytest.raises(DBAPIError, match="never changed"), session.begin_nested():
        session.execute(text("UPDATE preparation SET content = '[]' WHERE state = 'accepted'"))


def test_one_page_says_what_each_side_does(asked: Scene, sign_in_as: SignInAs) -> None:
    asked.session.commit()
    luz, manager = sign_in_as(asked.people.grantee), sign_in_as(asked.people.manager)
    here = grant_url(asked, "/before-agreement")
    for leading in ("/grants", grant_url(asked)):
        assert f'href="{here}"' in luz.get(leading).get_data(as_text=True)
    page = luz.get(here).get_data(as_text=True)
    for tail in ("/revised-budget", "/finance", "/bank-details"):
        assert f'href="{grant_url(asked, tail)}"' in page
    assert "Send the agreement for signature" in text_of(manager.get(here))


def test_the_grantee_writes_and_the_officer_decides_on_pages(
    asked: Scene, sign_in_as: SignInAs
) -> None:
    asked.session.commit()
    luz, officer = sign_in_as(asked.people.grantee), sign_in_as(asked.people.officer)
    category = asked_for(asked.session, asked.award.application)[0].category
    data = {
        "lines-0-category": category,
        "lines-0-description": "Rent of the shelter",
        "lines-0-amount": "20,000",
    }
    assert "Total of “Amount”" in luz.get(grant_url(asked, "/revised-budget")).text
    wrong = luz.submit(grant_url(asked, "/revised-budget"), data | {"lines-0-amount": "19,999"})
    assert "Add USD 1.00 to reach the award" in text_of(wrong)
    assert 'href="#lines' in wrong.text, "the error leads to the lines"
    above = luz.submit(grant_url(asked, "/revised-budget"), data | {"lines-0-amount": "20,000.50"})
    assert "Reduce them by USD 0.50" in text_of(above)
    assert luz.submit(grant_url(asked, "/revised-budget"), data).status_code == 302
    told = {name: texts[0] for name, texts in answers().items()}
    assert luz.submit(grant_url(asked, "/finance"), told).status_code == 302
    assert grant_url(asked, "/prepared/budget") in officer.get("/prepared").text
    seen = grant_url(asked, "/prepared/budget")
    assert "Rent of the shelter" in text_of(officer.get(seen))
    assert officer.submit(f"{seen}/accept").status_code == 302
    finance = grant_url(asked, "/prepared/finance")
    why = {"reason": "Explain who else pays."}
    assert officer.submit(f"{finance}/send-back", why).status_code == 302
    for page in (finance, grant_url(asked, "/finance")):  # what was submitted, and the form
        assert "Explain who else pays." in text_of(luz.get(page))
    asked.session.expire_all()
    states = {row.part: row.state for row in asked.session.scalars(select(Preparation))}
    assert states == {
        Part.BUDGET: PreparationState.ACCEPTED,
        Part.FINANCE: PreparationState.SENT_BACK,
    }


def test_the_page_asks_for_the_reason_of_an_answer(asked: Scene, sign_in_as: SignInAs) -> None:
    asked.session.commit()
    luz, told = sign_in_as(asked.people.grantee), answers()
    missing = luz.submit(grant_url(asked, "/finance"), told | {"q_cash_why": ""})
    assert missing.status_code == 422
    assert "Why will part of the grant be spent in cash" in missing.get_data(as_text=True)
    version = re.search(r'name="version"[^>]*value="(\d+)"', missing.get_data(as_text=True))
    assert version
    whole = told | {"version": version[1]}
    hidden = luz.submit(grant_url(asked, "/finance/autosave"), whole).json
    assert hidden is not None
    assert "cash_why" not in hidden["hidden"].split()
    assert "others_why" in hidden["hidden"].split()


@pytest.mark.usefixtures("quick_papers")
def test_what_is_asked_for_later_does_not_concern_an_agreement_that_is_out(scene: Scene) -> None:
    send_agreement(scene.session, scene.award, "en", by(scene, "manager"))
    rules = replace(Rules(), asks_budget=True, asks_finance=True)
    set_rules(scene.session, scene.fund, rules, by(scene, "manager"))
    assert counted(scene, scene.people.grantee, to_prepare) == (0,)
    with pytest.raises(Conflict, match="does not ask for this"):
        prepare(scene)
