"""A paper goes out, both sides sign it in the order of the fund, or it comes back unsigned."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.service import describe
from grants.books.ledger.queries import balances
from grants.core.audit.act import Act
from grants.core.audit.queries import trail_of
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import viewer_of
from grants.deciding.awards.service import cancel_award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.next_steps import next_steps
from grants.granting.agreements.period import change_period
from grants.granting.agreements.queries import progress_of, schedule_of
from grants.granting.agreements.service import settle_terms, sign_agreement
from grants.granting.agreements.to_sign import send_agreement, to_send
from grants.granting.closure.queries import refunds_to_ask, refunds_to_make
from grants.granting.payments.queries import accounts_to_give
from grants.granting.payments.refunds import record_refund
from grants.granting.signing import codes, service
from grants.granting.signing.lapsing import follow, is_lapsed
from grants.granting.signing.models import Signing, SigningCode
from grants.granting.signing.queries import (
    signing_for_viewer,
    to_clear,
    to_sign_for_fund,
    to_sign_for_grantee,
    with_grantees,
)
from grants.granting.signing.rules import Rules, set_rules
from grants.granting.signing.service import Signed
from grants.granting.signing.workflow import Side, SigningState, Way
from grants.platform.documents.service import content_of
from grants.platform.messages.models import Message
from tests.factories import act_of, an_organisation, member
from tests.granting.agreements.test_pages import grant_url, hidden, text_of
from tests.granting.signing.quick import quick_papers  # noqa: F401 - a fixture
from tests.grants import Scene, a_file, an_accepted_report, pay
from tests.platform.documents import signing as pens
from tests.platform.web.client import SignInAs, StrictClient

SYSTEM = Act.by_system("test")
quick = pytest.mark.usefixtures("quick_papers")


def by(scene: Scene, role: str, reason: str | None = None) -> Act:
    return act_of(scene.session, getattr(scene.people, role), reason)


def go_by(scene: Scene, **rules: object) -> None:
    set_rules(scene.session, scene.fund, replace(Rules(), **rules), by(scene, "manager"))  # type: ignore[arg-type]


def sent(scene: Scene) -> Signing:
    return send_agreement(scene.session, scene.award, "en", by(scene, "manager"))


def sign_for_grantee(scene: Scene, signing: Signing, act: Act | None = None) -> None:
    how = Signed("Luz Reyes", "Director", Way.CODE)
    service.sign(scene.session, signing, how, act or by(scene, "grantee"))


def sign_for_fund(scene: Scene, signing: Signing, act: Act | None = None) -> None:
    how = Signed("Mina Berg", "Fund Manager", Way.FACTOR)
    service.sign(scene.session, signing, how, act or by(scene, "manager"))


def told(scene: Scene, name: str) -> list[str]:
    query = select(Message.recipient).where(Message.event.contains(f":{name}:"))
    return sorted(scene.session.scalars(query))


def counted(scene: Scene, person: Person, *queries: object) -> tuple[int, ...]:
    viewer = viewer_of(scene.session, person.id)
    assert viewer is not None
    return tuple(scene.session.scalar(query(viewer)) or 0 for query in queries)  # type: ignore[operator]


def steps(scene: Scene) -> list[tuple[str, bool]]:
    progress = progress_of(scene.session, scene.award)
    return [
        (step.what, step.from_grantee) for step in next_steps(scene.award, progress, clock.today())
    ]


@quick
def test_the_grantee_signs_then_the_fund_and_the_grant_begins_to_run(scene: Scene) -> None:
    signing = sent(scene)
    assert (signing.state, signing.turn) == (SigningState.OUT, Side.GRANTEE)
    assert told(scene, "to_sign") == [scene.people.grantee.email]
    sign_for_grantee(scene, signing)
    assert told(scene, "to_sign_for_fund") == [scene.people.manager.email]
    assert scene.award.state is AwardState.APPROVED
    sign_for_fund(scene, signing)
    award = scene.award
    assert (signing.state, award.state) == (SigningState.SIGNED, AwardState.AGREED)
    assert award.agreement_document == signing.signed_document
    assert award.agreement_signed_on == clock.today()
    assert signing.signed_document is not None
    whole = content_of(signing.signed_document)
    assert b"Luz Reyes, Director; Mina Berg, Fund Manager" in whole
    assert len(scene.instalments) > 1
    assert {each.sha256 for each in signing.signatures} == {signing.document.sha256}


@quick
def test_a_fund_may_sign_first_and_the_signatory_puts_the_agreement_in_force(scene: Scene) -> None:
    go_by(scene, first=Side.FUND)
    signing = sent(scene)
    assert told(scene, "to_sign") == []
    with pytest.raises(Conflict, match="the status is"):
        service.require_turn(signing, Side.GRANTEE, by(scene, "grantee"))
    sign_for_fund(scene, signing)
    sign_for_grantee(scene, signing)
    assert scene.award.state is AwardState.AGREED
    rows = trail_of(scene.session, "award", scene.award.id)
    assert rows[-1].action == "countersign" or "countersign" in {row.action for row in rows}


@quick
def test_a_copy_that_no_one_would_check_does_not_put_an_agreement_in_force(scene: Scene) -> None:
    go_by(scene, first=Side.FUND)
    signing = sent(scene)
    sign_for_fund(scene, signing)
    paper = a_file(scene.session, scene.people.grantee)
    how = Signed("Luz Reyes", "Director", Way.UPLOAD, paper)
    with pytest.raises(DomainError, match="Sign online with a code"):
        service.sign(scene.session, signing, how, by(scene, "grantee"))


@quick
def test_nobody_of_the_wrong_side_signs_and_nobody_of_another_organisation(scene: Scene) -> None:
    signing = sent(scene)
    stranger = member(scene.session, an_organisation(scene.session, "BLUE"), name="Ada Stone")
    editor = member(scene.session, scene.organisation, Role.ORGANISATION_EDITOR, "Rosa Diaz")
    for person in (scene.people.manager, scene.people.certifier, stranger, editor):
        with pytest.raises(Forbidden):
            sign_for_grantee(scene, signing, act_of(scene.session, person))
    viewer = viewer_of(scene.session, stranger.id)
    assert viewer is not None
    with pytest.raises(Missing):
        signing_for_viewer(scene.session, scene.award.reference, signing.id, viewer)
    sign_for_grantee(scene, signing)
    for person in (scene.people.grantee, scene.people.approver, scene.people.officer):
        with pytest.raises(Forbidden):
            sign_for_fund(scene, signing, act_of(scene.session, person))


@quick
def test_what_was_sent_out_is_not_changed_and_only_that_is_signed(scene: Scene) -> None:
    session, award = scene.session, scene.award
    paper = a_file(session, scene.people.manager)
    signing = sent(scene)
    for change in (
        lambda: settle_terms(session, award, schedule_of(session, award), by(scene, "manager")),
        lambda: change_period(
            session,
            award,
            award.starts_on,
            award.ends_on + timedelta(9),
            by(scene, "approver", "More time."),
        ),
        lambda: sent(scene),
        lambda: sign_agreement(session, award, clock.today(), paper, by(scene, "manager")),
    ):
        with pytest.raises(Conflict, match="has been sent for signature"):
            change()
    profile = replace(profile_of(scene.organisation), name="Casa Nueva")
    describe(session, scene.organisation, profile, by(scene, "grantee"))
    with pytest.raises(Conflict, match="has changed since it was sent"):
        sign_for_grantee(scene, signing)


@quick
def test_the_database_itself_keeps_what_is_signed(scene: Scene) -> None:
    signing = sent(scene)
    sign_for_grantee(scene, signing)
    for statement in (
        "UPDATE signing SET facts_sha256 = 'x'",
        "DELETE FROM signing",
        "UPDATE signature SET name = 'Another'",
        "DELETE FROM signature",
    ):
        with pytest.raises(DBAPIError, match="never changed"), scene.session.begin_nested():
            scene.session.execute(text(statement))


@quick
def test_legal_clearance_is_a_second_person_s_and_may_be_refused(scene: Scene) -> None:
    go_by(scene, needs_clearance=True)
    signing = sent(scene)
    assert signing.state is SigningState.CLEARANCE
    assert told(scene, "to_clear") == [scene.people.certifier.email]
    assert counted(scene, scene.people.certifier, to_clear) == (1,)
    assert steps(scene)[0] == ("Prepare the agreement and send it for signature", False)
    with pytest.raises(Forbidden):
        service.clear(scene.session, signing, by(scene, "manager"))
    with pytest.raises(Conflict):
        sign_for_grantee(scene, signing)
    why = by(scene, "certifier", "Article 3 names another fund.")
    service.refuse_clearance(scene.session, signing, why)
    assert told(scene, "not_cleared") == [scene.people.manager.email]
    again = sent(scene)
    service.clear(scene.session, again, by(scene, "certifier"))
    assert (again.state, again.turn) == (SigningState.OUT, Side.GRANTEE)


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


def code_of(session: Session) -> str:
    letter = session.scalars(
        select(Message).where(Message.event.contains(":code:")).order_by(Message.id.desc())
    ).first()
    assert letter is not None
    (code,) = re.findall(r"^\d{6}$", letter.text, re.MULTILINE)
    return str(code)


def test_the_rules_of_a_fund_are_its_managers_to_set(scene: Scene) -> None:
    with pytest.raises(DomainError, match="between 0 and 365"):
        go_by(scene, days_to_sign=400)
    with pytest.raises(Forbidden):
        set_rules(scene.session, scene.fund, Rules(), by(scene, "finance"))
    set_rules(scene.session, scene.fund, Rules(), by(scene, "manager"), version=0)
    with pytest.raises(Conflict, match="changed this while"):
        set_rules(scene.session, scene.fund, Rules(), by(scene, "manager"), version=0)


@quick
def test_a_code_is_one_person_s_for_one_paper_and_dies_of_age_use_and_guesses(
    scene: Scene,
) -> None:
    session, luz = scene.session, by(scene, "grantee")
    ana = act_of(session, member(session, scene.organisation, name="Ana Prado"))
    signing = sent(scene)
    with pytest.raises(DomainError, match="no longer works"):
        codes.count_try(session, signing, luz)
    codes.send_code(session, signing, luz)
    code = code_of(session)
    assert code not in session.scalars(select(SigningCode)).one().cipher
    codes.send_code(session, signing, ana)
    other = code_of(session)
    if other != code:
        with pytest.raises(DomainError, match="not the code"):
            codes.use_code(session, signing, other, luz)
    with clock.at(clock.now() + codes.LIFE), pytest.raises(DomainError, match="no longer works"):
        codes.use_code(session, signing, code, luz)


@quick
def test_guessing_ends_a_code_and_a_right_one_works_once(scene: Scene) -> None:
    session, luz, signing = scene.session, by(scene, "grantee"), sent(scene)
    codes.send_code(session, signing, luz)
    for _guess in range(codes.MOST_TRIES):
        codes.count_try(session, signing, luz)
    with pytest.raises(DomainError, match="no longer works"):
        codes.count_try(session, signing, luz)
    codes.send_code(session, signing, luz)
    codes.count_try(session, signing, luz)
    codes.use_code(session, signing, f" {code_of(session)} ", luz)
    with pytest.raises(DomainError, match="no longer works"):
        codes.use_code(session, signing, code_of(session), luz)
    for _more in range(3):
        codes.send_code(session, signing, luz)
    with pytest.raises(DomainError, match="Wait an hour"):
        codes.send_code(session, signing, luz)
    with pytest.raises(Forbidden):
        codes.send_code(session, signing, by(scene, "manager"))
    with clock.at(clock.now() + timedelta(2)):
        codes.forget_old_codes(session)
    assert session.scalars(select(SigningCode)).all() == []


@quick
def test_each_side_sees_whose_turn_it_is(scene: Scene) -> None:
    people = scene.people
    theirs, ours = (
        (to_sign_for_grantee, accounts_to_give),
        (to_send, to_sign_for_fund, with_grantees),
    )
    assert steps(scene) == [
        ("Prepare the agreement and send it for signature", False),
        ("Give your bank details", True),
    ]
    assert counted(scene, people.grantee, *theirs) == (0, 1)
    assert counted(scene, people.manager, *ours) == (1, 0, 0)
    signing = sent(scene)
    assert steps(scene)[0] == ("Sign the agreement", True)
    assert counted(scene, people.grantee, *theirs) == (1, 1)
    assert counted(scene, people.manager, *ours) == (0, 0, 1)
    sign_for_grantee(scene, signing)
    assert steps(scene)[0] == ("Sign the agreement for the fund", False)
    assert counted(scene, people.grantee, *theirs) == (0, 1)
    assert counted(scene, people.manager, *ours) == (0, 1, 0)
    sign_for_fund(scene, signing)
    assert steps(scene)[0] == ("Give your bank details", True)


def test_what_a_grantee_owes_is_told_until_the_grant_is_closed(scene: Scene) -> None:
    session, people = scene.session, scene.people
    theirs = to_sign_for_grantee, accounts_to_give
    scene.run()
    assert counted(scene, people.grantee, *theirs) == (0, 0)
    first, *others = scene.instalments
    pay(session, first, people, clock.today())
    for report, instalment in zip(scene.reports, others, strict=True):
        an_accepted_report(session, report, people, "9000")
        pay(session, instalment, people, clock.today())
    assert steps(scene) == [("Refund USD\N{NO-BREAK SPACE}2,000.00 that was not spent", True)]
    assert counted(scene, people.grantee, refunds_to_make) == (1,)
    assert counted(scene, people.officer, refunds_to_ask) == (1,)
    finance = act_of(session, people.finance)
    record_refund(session, scene.award, usd(200_000), clock.today(), "RF-1", finance)
    assert counted(scene, people.grantee, refunds_to_make) == (0,)
    assert counted(scene, people.officer, refunds_to_ask) == (0,)
    assert steps(scene) == [
        ("Close the grant. Nothing more is needed from the organisation.", False)
    ]


def signing_url(scene: Scene, tail: str = "") -> str:
    number = scene.session.scalars(select(Signing.id).order_by(Signing.id.desc())).first()
    return grant_url(scene, f"/signing/{number}{tail}")


def sign_by_page(scene: Scene, manager: StrictClient) -> None:
    accept = signing_url(scene, "/sign-for-fund")
    answers = {"version": hidden(manager, accept), "function": "Fund Manager", "agreed": "y"}
    assert manager.submit(accept, answers).status_code == 302
    scene.session.expire_all()


def test_the_agreement_goes_from_page_to_page(scene: Scene, sign_in_as: SignInAs) -> None:
    luz, manager = sign_in_as(scene.people.grantee), sign_in_as(scene.people.manager)
    assert "Prepare the agreement" in text_of(luz.get(grant_url(scene)))
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
    assert scene.award.reference in text_of(manager.get("/signing"))
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
