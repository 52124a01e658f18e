"""The second factor: who needs one, that it finishes the sign-in, that codes work once."""

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.kernel import clock
from grants.core.people import credentials
from grants.core.people.duties import needs_factor
from grants.core.people.guessing import PAIR
from grants.core.people.models import Person, SignIn
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.role_permissions import GRANTED
from grants.core.people.service import appoint
from grants.core.proofs.models import Factor, RecoveryCode
from grants.core.proofs.queries import codes_left, factors_of
from grants.core.proofs.renewing import renew
from grants.core.proofs.secrets import decrypted, use_factor_key
from grants.core.proofs.service import make_recovery_codes, use_code
from grants.platform.messages.models import Message
from tests.factories import a_person, act_of, an_organisation, member, staff
from tests.platform.web.client import SignInAs, StrictClient
from tests.signing_in import PASSPHRASE, SECRET, can_sign_in, code


def enter(client: StrictClient, person: Person) -> str:
    """Sign in with the passphrase; where that leads."""
    answer = client.submit("/sign-in", {"email": person.email, "passphrase": PASSPHRASE})
    return str(answer.location)


def secret_on(page: str) -> str:
    return str(re.findall(r'name="secret" value="([A-Z2-7]+)"', page)[0])


NEEDED = {
    *(Role.ADMINISTRATOR, Role.FUND_MANAGER, Role.PROGRAMME_OFFICER, Role.FINANCE_OFFICER),
    *(Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER, Role.AUDITOR),
}


def test_the_roles_that_decide_pay_certify_appoint_or_see_bank_details_need_one() -> None:
    assert {role for role in GRANTED if needs_factor(role)} >= NEEDED
    assert not {role for role in OUTSIDE if needs_factor(role)}


def test_a_passphrase_alone_opens_nothing_to_staff(client: StrictClient, officer: Person) -> None:
    assert enter(client, officer) == "/sign-in/code?next=/start"
    for page in ("/start", "/account", "/ledger"):
        assert "/sign-in?next=" in client.get(page).location
    assert client.get("/account/factors").location.startswith("/sign-in/code")
    assert client.get("/account/factors/app").location.startswith("/sign-in/code")
    assert client.submit("/sign-in/code", {"code": "000000"}).status_code == 200
    assert client.get("/start").status_code == 302
    finished = client.submit("/sign-in/code?next=/account", {"code": code()})
    assert finished.location == "/account"
    assert client.get("/start").status_code == 200


def test_who_signs_in_as_another_person_is_led_to_the_choice_of_people(
    client: StrictClient, officer: Person
) -> None:
    enter(client, officer)
    page = client.get("/sign-in/code").text
    assert re.search(r'name="again" value="yes"', page)
    has_demonstration = "demonstration.index" in client.application.view_functions
    target = "/demonstration" if has_demonstration else "/sign-in"
    left = client.submit("/sign-out", {"again": "yes"}, page="/sign-in/code")
    assert left.location.rstrip("/") == target
    assert client.get("/sign-in/code").status_code == 302


def test_the_second_factor_gives_the_browser_a_new_token(
    client: StrictClient, officer: Person
) -> None:
    enter(client, officer)
    half = client.get_cookie("session")
    assert half is not None
    client.submit("/sign-in/code", {"code": code()})
    client.set_cookie("session", half.value)
    assert client.get("/start").status_code == 302


def test_a_code_works_once(session: Session, officer: Person) -> None:
    assert use_code(session, officer, code())
    assert not use_code(session, officer, code())
    assert not use_code(session, officer, code(-1))
    assert use_code(session, officer, code(1)), "the clock of the phone may be ahead"
    assert not use_code(session, officer, code(2))


def test_a_code_is_taken_in_the_digits_of_any_keyboard(session: Session, officer: Person) -> None:
    assert not use_code(session, officer, "²" * 6)
    assert not use_code(session, officer, "１²٣4५六")
    arabic = code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert use_code(session, officer, arabic)


def test_a_code_of_two_minutes_ago_is_refused(session: Session, officer: Person) -> None:
    old = code()
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert not use_code(session, officer, old)


def test_guessing_codes_is_braked(client: StrictClient, session: Session, officer: Person) -> None:
    enter(client, officer)
    with clock.at(clock.now()):
        for _number in range(PAIR.free):
            client.submit("/sign-in/code", {"code": "000000"})
        answer = client.submit("/sign-in/code", {"code": code()})
        assert "Too many attempts" in answer.text
    assert client.get("/start").status_code == 302


def test_a_mailed_link_does_not_sign_staff_in(
    client: StrictClient, session: Session, officer: Person
) -> None:
    link = credentials.make_link(session, credentials.CHOOSE, officer.email)
    session.commit()
    chosen = {"passphrase": "nine green islands sing"}
    answer = client.submit(f"/sign-in/passphrase/{link}", chosen)
    assert answer.location == "/sign-in/code?next=/start"
    assert client.get("/start").status_code == 302


def test_a_person_invited_sets_up_an_app_before_anything_else(
    client: StrictClient, session: Session
) -> None:
    person = staff(session, Role.ADMINISTRATOR)
    link = credentials.make_link(session, credentials.CHOOSE, person.email)
    session.commit()
    answer = client.submit(f"/sign-in/passphrase/{link}", {"passphrase": "nine green islands sing"})
    assert answer.location == "/account/factors?next=/start"
    assert "Your role needs a second factor" in client.get(answer.location).text
    assert client.get("/start").status_code == 302
    page = client.get("/account/factors/app").text
    given = {"secret": secret_on(page), "name": "Phone"}
    wrong = client.submit("/account/factors/app", given | {"code": "000000"})
    assert "This code is not correct" in wrong.text
    assert secret_on(wrong.text) == given["secret"]
    import pyotp

    right = pyotp.TOTP(given["secret"]).now()
    shown = client.submit("/account/factors/app", given | {"code": right})
    codes = re.findall(r"<code>((?:\w{4}-){5}\w{4})</code>", shown.text)
    assert len(codes) == codes_left(session, person.id) == 10
    assert client.get("/start").status_code == 200
    hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert credentials.digest(codes[0].replace("-", "")) in hashes
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told is not None
    assert "A second factor was added" in told.text


def test_a_role_given_later_asks_for_a_factor_at_once(
    sign_in_as: SignInAs, client: StrictClient, session: Session
) -> None:
    person = a_person(session)
    credentials.choose_passphrase(session, person, PASSPHRASE)
    session.commit()
    assert enter(client, person) == "/start"
    assert client.get("/start").status_code == 200
    appoint(session, person, Role.APPROVING_OFFICER)
    session.commit()
    assert client.get("/start").status_code == 302


def test_anybody_may_have_a_second_factor_and_then_needs_it(
    client: StrictClient, session: Session
) -> None:
    luz = can_sign_in(session, member(session, an_organisation(session)))
    session.commit()
    assert enter(client, luz) == "/sign-in/code?next=/start"
    client.submit("/sign-in/code", {"code": code()})
    (app,) = factors_of(session, luz.id)
    client.submit(f"/account/factors/{app.id}/end", page="/account/factors")
    assert not factors_of(session, luz.id)


def test_the_last_factor_of_a_role_that_needs_one_stays(
    sign_in_as: SignInAs, session: Session, officer: Person
) -> None:
    (app,) = factors_of(session, officer.id)
    browser = sign_in_as(officer)
    answer = browser.submit(f"/account/factors/{app.id}/end", page="/account/factors")
    assert answer.status_code == 422
    assert factors_of(session, officer.id)


def test_nobody_ends_somebody_elses_factor(
    sign_in_as: SignInAs, session: Session, officer: Person
) -> None:
    (app,) = factors_of(session, officer.id)
    other = can_sign_in(session, staff(session, Role.AUDITOR))
    session.commit()
    answer = sign_in_as(other).submit(f"/account/factors/{app.id}/end", page="/account/factors")
    assert answer.status_code == 404
    assert factors_of(session, officer.id)


def test_a_recovery_code_signs_in_once_and_its_owner_is_told(
    client: StrictClient, session: Session, officer: Person
) -> None:
    first, second, *_rest = make_recovery_codes(session, officer, act_of(session, officer))
    session.commit()
    enter(client, officer)
    assert client.submit("/sign-in/code", {"code": first.upper()}).status_code == 302
    assert client.get("/start").status_code == 200
    told = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert told is not None
    assert "You have 9 left" in told.text
    assert not use_code(session, officer, first)
    make_recovery_codes(session, officer, act_of(session, officer))
    assert not use_code(session, officer, second), "new codes replace the old ones"


def test_a_secret_is_encrypted_with_a_key_outside_the_database(
    session: Session, officer: Person
) -> None:
    (app,) = factors_of(session, officer.id)
    assert SECRET not in (app.secret or "")
    assert decrypted(app.secret or "", app.whose) == SECRET
    use_factor_key("another installation")
    assert decrypted(app.secret or "", app.whose) is None
    assert not use_code(session, officer, code())


def test_another_secret_takes_over_what_the_former_one_encrypted(
    session: Session, officer: Person
) -> None:
    session.commit()
    use_factor_key("another installation", "for tests only")
    assert use_code(session, officer, code())
    assert renew(session) == 1
    session.flush()
    assert renew(session) == 0
    use_factor_key("another installation")
    (app,) = factors_of(session, officer.id)
    assert decrypted(app.secret or "", app.whose) == SECRET


def test_a_secret_copied_from_another_row_is_not_read(session: Session, officer: Person) -> None:
    thief = can_sign_in(session, a_person(session, "Thief"))
    (theirs,) = factors_of(session, thief.id)
    (app,) = factors_of(session, officer.id)
    app.secret = theirs.secret
    assert decrypted(app.secret or "", app.whose) is None
    assert not use_code(session, officer, code())
    assert use_code(session, thief, code())


def test_what_happens_to_factors_is_on_the_trail(session: Session, officer: Person) -> None:
    (app,) = session.scalars(select(Factor)).all()
    row = session.scalars(select(TrailRow).where(TrailRow.subject == "factor")).one()
    assert (row.subject_id, row.action) == (app.id, "add")
    assert SECRET not in str(row.facts)


def test_a_form_sent_signed_out_asks_for_the_code_too_and_goes_on(
    client: StrictClient, session: Session, officer: Person
) -> None:
    home = {"Origin": "http://localhost"}
    typed = {"name": "Fina Nance", "language": "en", "rows": "compact"}
    asked = client.post("/account", data=typed, headers=home)
    for answers in (
        {"sign_in_email": officer.email, "sign_in_passphrase": PASSPHRASE},
        {"sign_in_code": "000000"},
        {"sign_in_code": code()},
    ):
        assert asked.status_code == 401
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
        assert fields["name"] == "Fina Nance"
        asked = client.post("/account", data=fields | answers, headers=home)
    assert asked.status_code == 302
    session.expire_all()
    assert officer.name == "Fina Nance"


def test_a_sign_in_without_proof_is_not_complete_though_its_row_is_there(
    session: Session, officer: Person, client: StrictClient
) -> None:
    enter(client, officer)
    row = session.scalars(select(SignIn).where(SignIn.person_id == officer.id)).one()
    assert row.proved_at is None
