"""Programs with a token: what each scope reads and writes, until when, named on the trail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.banking.bank.models import BankStatement
from grants.books.ledger.models import ExchangeRate
from grants.books.ledger.verify import breaches
from grants.core.audit import binding, chain
from grants.core.audit.models import TrailRow
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.kernel.errors import Conflict, DomainError, Forbidden
from grants.core.kernel.money import usd
from grants.core.people.credentials import digest
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.role_permissions import GRANTED
from grants.giving.donors.models import Contact
from grants.granting.payments.service import approve, certify
from grants.granting.payments.workflow import InstalmentState
from grants.platform.messages.models import Message
from grants.platform.web.access import BY_TOKEN, door_of
from grants.platform.web.allowance import Allowances
from grants.publishing.integration import door
from grants.publishing.integration.models import REACH, ApiToken, TokenScope
from grants.publishing.integration.queries import newest_acts
from grants.publishing.integration.service import Terms, make_token, remind_of_ends, revoke_token
from tests.banking.bank.arranging import numbered
from tests.banking.bank.files import BankEntry, camt
from tests.books.ledger.books import money
from tests.factories import a_card, a_deposit, a_donor, a_pledge, act_of, staff
from tests.grants import Scene
from tests.platform.web.client import SignInAs, StrictClient

ROOT = "/api/v1/fund"
S = TokenScope
Made = Callable[..., str]
READS = {
    "payments": {S.READ_GRANTS, S.WRITE_PAYMENTS},
    "reports": {S.READ_GRANTS},
    "contributions": {S.READ_GIVING},
    "contacts": {S.READ_GIVING, S.WRITE_CONTACTS},
}
WRITES = {
    "rates": S.WRITE_RATES,
    "bank-statements": S.WRITE_STATEMENTS,
    "payment-results": S.WRITE_PAYMENTS,
    "contact-changes": S.WRITE_CONTACTS,
}


@pytest.fixture(autouse=True)
def fresh_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ALLOWED", Allowances())


@pytest.fixture
def administrator(session: Session) -> Person:
    return staff(session, Role.ADMINISTRATOR)


@pytest.fixture
def other_fund(session: Session, fund: Fund) -> Fund:
    assert fund
    return establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))


@pytest.fixture
def made(session: Session, fund: Fund, administrator: Person) -> Made:
    def make(purpose: TokenScope, of: Fund | None = None, name: str = "Umoja bridge") -> str:
        terms = Terms(name, purpose, clock.today() + timedelta(30))
        _token, key = make_token(session, of or fund, terms, act_of(session, administrator))
        session.commit()
        return key

    return make


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _token(session: Session, key: str) -> ApiToken:
    return session.scalars(select(ApiToken).where(ApiToken.token_hash == digest(key))).one()


def test_a_scope_is_a_part_of_a_role() -> None:
    for scope in TokenScope:
        assert REACH[scope].permissions <= GRANTED[REACH[scope].role], scope


@pytest.mark.parametrize("scope", list(TokenScope))
def test_each_scope_reads_and_writes_what_it_is_for_and_nothing_else(
    client: StrictClient, made: Made, scope: TokenScope
) -> None:
    key = made(scope)
    for name, scopes in READS.items():
        answer = client.get(f"{ROOT}/{name}", headers=_with(key))
        assert answer.status_code == (200 if scope in scopes else 403), name
    for name, one in WRITES.items():
        answer = client.post(f"{ROOT}/{name}", json={}, headers=_with(key))
        assert answer.status_code == (400 if scope is one else 403), name
        assert answer.mimetype == "application/problem+json"


def test_every_door_for_programs_is_shut_without_a_key(
    app: Flask, client: StrictClient, fund: Fund
) -> None:
    doors = [
        rule
        for rule in app.url_map.iter_rules()
        if door_of(app.view_functions[rule.endpoint]) == BY_TOKEN
    ]
    assert len(doors) == len(READS) + len(WRITES)
    for rule in doors:
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        for headers in ({}, _with("p20_wrong"), {"Authorization": "Basic eDp5"}):
            answer = client.open(rule.rule, method=method, headers=headers)
            assert answer.status_code == 401, rule.rule
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json["status"] == 401  # type: ignore[index]


def test_a_token_ends_on_its_day_and_when_it_is_revoked(
    session: Session, client: StrictClient, made: Made, administrator: Person
) -> None:
    key, address = made(S.READ_GRANTS), f"{ROOT}/payments"
    token = _token(session, key)
    with clock.at(clock.now() + timedelta(30)):
        assert client.get(address, headers=_with(key)).status_code == 200
    with clock.at(clock.now() + timedelta(31)):
        assert client.get(address, headers=_with(key)).status_code == 401
    act = act_of(session, administrator, "It leaked.")
    revoke_token(session, token, act)
    session.commit()
    assert client.get(address, headers=_with(key)).status_code == 401
    with pytest.raises(Conflict):
        revoke_token(session, token, act)
    assert [*chain.breaches(session), *binding.breaches(session), *breaches(session)] == []


def test_only_administrators_of_the_fund_make_and_revoke_tokens(
    session: Session, fund: Fund, made: Made, administrator: Person
) -> None:
    terms = Terms("X", S.READ_GRANTS, clock.today())
    token = _token(session, made(S.READ_GRANTS))
    for role in (Role.FUND_MANAGER, Role.AUDITOR, Role.FINANCE_OFFICER):
        act = act_of(session, staff(session, role), "Mine")
        with pytest.raises(Forbidden):
            make_token(session, fund, terms, act)
        with pytest.raises(Forbidden):
            revoke_token(session, token, act)
    act = act_of(session, administrator)
    for day in (clock.today() - timedelta(1), clock.today() + timedelta(367)):
        with pytest.raises(DomainError, match="within a year"):
            make_token(session, fund, Terms("X", S.READ_GRANTS, day), act)


def test_a_program_reads_its_fund_and_no_other(
    scene: Scene, client: StrictClient, made: Made, other_fund: Fund
) -> None:
    scene.run()
    a_deposit(scene.session, scene.fund, a_pledge(scene.session, scene.fund), usd(5_000))
    scene.session.commit()
    for name, scope in (
        ("payments", S.READ_GRANTS),
        ("reports", S.READ_GRANTS),
        ("contributions", S.READ_GIVING),
    ):
        here = client.get(f"{ROOT}/{name}", headers=_with(made(scope))).json
        assert here["data"], name  # type: ignore[index]
        elsewhere = client.get(f"{ROOT}/{name}", headers=_with(made(scope, other_fund))).json
        assert elsewhere == {"data": [], "next": None}
    key = made(S.WRITE_PAYMENTS, other_fund)
    body = {"result": "sent", "grant": scene.award.reference, "number": 1}
    answer = client.post(f"{ROOT}/payment-results", json=body, headers=_with(key))
    assert answer.status_code == 404


def test_rows_come_page_by_page(scene: Scene, client: StrictClient, made: Made) -> None:
    scene.run()
    scene.session.commit()
    key, address, numbers = made(S.READ_GRANTS), f"{ROOT}/payments?limit=1", []
    while address:
        answer: Any = client.get(address, headers=_with(key)).json
        numbers += [row["number"] for row in answer["data"]]
        address = answer["next"]
    assert numbers == [instalment.number for instalment in scene.instalments]
    assert client.get(f"{ROOT}/payments?limit=0", headers=_with(key)).status_code == 400


def test_rates_are_entered_once_and_the_trail_names_the_program(
    session: Session, client: StrictClient, made: Made
) -> None:
    key = made(S.WRITE_RATES)
    rate = {"currency": "CHF", "effective_on": "2026-01-01", "rate": "0.8731"}
    for added in (1, 0):
        answer = client.post(f"{ROOT}/rates", json={"rates": [rate]}, headers=_with(key))
        assert answer.json == {"added": added}
    entered = session.scalars(select(ExchangeRate).where(ExchangeRate.currency == "CHF")).one()
    assert entered.actor == "Umoja bridge (program)"
    assert entered.person_id == _token(session, key).person_id
    assert newest_acts(session, _token(session, key)) == [], "rates are no act of a record"
    changed = {"rates": [{**rate, "rate": "0.9"}]}
    answer = client.post(f"{ROOT}/rates", json=changed, headers=_with(key))
    assert answer.status_code == 400
    assert "never changed" in answer.json["detail"]  # type: ignore[index]


def test_a_payment_is_sent_and_paid_by_a_program_after_two_people_agreed(
    scene: Scene, client: StrictClient, made: Made
) -> None:
    scene.run()
    session, people, first = scene.session, scene.people, scene.instalments[0]
    session.commit()
    key = made(S.WRITE_PAYMENTS)

    def tell(result: str, **more: object) -> Any:
        body = {"result": result, "grant": scene.award.reference, "number": 1, **more}
        return client.post(f"{ROOT}/payment-results", json=body, headers=_with(key))

    paid = {"day": clock.today().isoformat(), "bank_reference": "B-1"}
    assert tell("paid", **paid).status_code in (400, 409), "nobody has certified it"
    certify(session, first, act_of(session, people.certifier))
    approve(session, first, act_of(session, people.approver))
    session.commit()
    assert tell("sent").json == {"state": "sent"}
    assert tell("sent").status_code == 409
    for _repeated in range(2):
        assert tell("paid", **paid).json == {"state": "paid"}
    session.expire_all()
    assert (first.state, first.bank_reference) == (InstalmentState.PAID, "B-1")
    query = select(TrailRow).where(TrailRow.subject == "instalment", TrailRow.action == "release")
    row = session.scalars(query).one()
    assert row.actor == "Umoja bridge (program)"
    (token,) = session.scalars(select(ApiToken))
    assert [row.action for row in newest_acts(session, token)][:2] == ["release", "send"]
    back = {**paid, "bank_reference": "R-1", "corrector": "grantee", "reason": "No such account"}
    assert tell("returned", **back).json == {"state": "returned"}
    assert [*chain.breaches(session), *binding.breaches(session), *breaches(session)] == []


def test_a_statement_is_imported_whole_or_not_at_all(client: StrictClient, made: Made) -> None:
    headers = {**_with(made(S.WRITE_STATEMENTS)), "Content-Type": "application/xml"}
    answer = client.post(f"{ROOT}/bank-statements", data="<no/>", headers=headers)
    assert answer.status_code == 400
    assert answer.json["errors"]  # type: ignore[index]


def test_a_statement_of_the_fund_is_imported_once_and_of_another_fund_never(
    session: Session, fund: Fund, other_fund: Fund, client: StrictClient, made: Made
) -> None:
    numbered(session, fund)
    session.commit()
    sent: Any = {
        "data": camt([BankEntry(money("250"), reference="B1")], "1000"),
        "content_type": "application/xml",
    }
    elsewhere = _with(made(S.WRITE_STATEMENTS, other_fund))
    answer = client.post(f"{ROOT}/bank-statements", headers=elsewhere, **sent)
    assert answer.status_code == 403
    key = made(S.WRITE_STATEMENTS)
    for is_new in (True, False):
        answer = client.post(f"{ROOT}/bank-statements", headers=_with(key), **sent)
        (statement,) = answer.json["statements"]  # type: ignore[index]
        assert statement["new"] is is_new
    imported = session.scalars(select(BankStatement)).one()
    assert imported.actor == "Umoja bridge (program)"


def test_a_contact_is_added_changed_and_ended(
    session: Session, fund: Fund, client: StrictClient, made: Made
) -> None:
    donor = a_donor(session, "Utopia")
    session.commit()
    headers = _with(made(S.WRITE_CONTACTS))

    def tell(change: str, **more: object) -> Any:
        body = {"change": change, "donor": donor.code, **more}
        return client.post(f"{ROOT}/contact-changes", json=body, headers=headers)

    card = {"name": "Ines Roth", "email": "ines@utopia.example", "function": "Attaché"}
    number = tell("add", card=card).json["contact"]
    assert tell("add", card=card).status_code == 400, "the address is a contact's already"
    assert tell("change", contact=number, card={"phone": "+43 1 2"}).json == {"contact": number}
    (row,) = client.get(f"{ROOT}/contacts", headers=headers).json["data"]  # type: ignore[index]
    assert (row["name"], row["phone"], row["function"]) == ("Ines Roth", "+43 1 2", "Attaché")
    assert tell("end", contact=number).status_code == 200
    assert tell("end", contact=number).status_code == 409
    session.expire_all()
    assert session.get_one(Contact, number).left_on == clock.today()
    assert [*chain.breaches(session), *binding.breaches(session)] == []


def test_a_program_that_comes_too_often_waits(
    client: StrictClient, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made(S.READ_GRANTS), made(S.READ_GRANTS)
    monkeypatch.setattr(door, "ALLOWED", Allowances(number=1))
    assert client.get(f"{ROOT}/payments", headers=_with(first)).status_code == 200
    refused = client.get(f"{ROOT}/payments", headers=_with(first))
    assert (refused.status_code, refused.headers["RateLimit-Limit"]) == (429, "1")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert client.get(f"{ROOT}/payments", headers=_with(second)).status_code == 200


def test_a_key_is_shown_once_listed_by_its_beginning_and_revoked(
    session: Session, fund: Fund, administrator: Person, sign_in_as: SignInAs
) -> None:
    manager = staff(session, Role.FUND_MANAGER)
    session.commit()
    browser, until = sign_in_as(administrator), clock.today() + timedelta(90)
    answers = {
        "name": "Umoja bridge",
        "fund": fund.code,
        "use": S.READ_GIVING.value,
        "ends_on-day": str(until.day),
        "ends_on-month": str(until.month),
        "ends_on-year": str(until.year),
    }
    page = browser.submit("/tokens/new", answers).text
    token = session.scalars(select(ApiToken)).one()
    key = page.partition("<code>p20_")[2].partition("<")[0]
    assert digest(f"p20_{key}") == token.token_hash
    listed = browser.get("/tokens").text
    assert f"/tokens/{token.id}" in listed
    assert key not in listed
    letter = session.scalars(select(Message).where(Message.recipient == manager.email)).one()
    assert "Umoja bridge" in letter.text
    assert key not in letter.text
    assert client_reads(browser, f"p20_{key}") == 200
    session.expire_all()
    assert token.used_at is not None
    page = browser.get(f"/tokens/{token.id}").text
    assert token.hint in page
    assert key not in page
    assert f"/tokens/{token.id}/revoke" in page
    browser.submit(f"/tokens/{token.id}/revoke", {"reason": "It leaked."})
    assert "It leaked." in browser.get(f"/tokens/{token.id}").text
    assert client_reads(browser, f"p20_{key}") == 401
    assert sign_in_as(manager).get("/tokens").status_code == 403


def test_administrators_are_reminded_twice_before_a_token_ends(
    session: Session, fund: Fund, administrator: Person, made: Made
) -> None:
    made(S.READ_GRANTS)
    other = _token(session, made(S.READ_GIVING, fund, "Data warehouse"))
    revoke_token(session, other, act_of(session, administrator, "Not needed."))
    for days, letters in ((0, 1), (1, 1), (22, 1), (23, 2), (30, 2), (31, 2)):
        with clock.at(clock.now() + timedelta(days)):
            remind_of_ends(session)
        reminders = select(Message).where(Message.event.like("token:%:ending:%"))
        texts = [message.text for message in session.scalars(reminders)]
        assert len(texts) == letters, days
        assert all("Umoja bridge" in text for text in texts)


def client_reads(browser: StrictClient, key: str) -> int:
    return browser.get(f"{ROOT}/contributions", headers=_with(key)).status_code


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.timeout(300)
def test_every_answer_to_a_program_is_as_the_description_says(
    app: Flask, scene: Scene, made: Made, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.run()
    a_card(scene.session, a_donor(scene.session, "Utopia"))
    scene.session.commit()
    monkeypatch.setattr(door, "ALLOWED", Allowances(number=10**6))
    keys = {scope: made(scope) for scope in TokenScope}
    schema: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    for path in schema.raw_schema["paths"].values():
        for (
            operation
        ) in path.values():  # the key is sent with every request: it is no part of the case
            operation.pop("security", None)
    asked = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.path.removeprefix(f"{ROOT}/")
        if operation.path.startswith(f"{ROOT}/"):
            scope = WRITES.get(name) or next(iter(READS[name]))
            if name != "bank-statements" or mode is GenerationMode.POSITIVE:  # any text is a text
                _ask_operation(operation, mode, keys[scope])
            asked.add(name)
    assert asked == {*READS, *WRITES}


def _ask_operation(operation: Any, mode: GenerationMode, key: str) -> None:
    @settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(
            headers=_with(key), excluded_checks=[positive_data_acceptance]
        )  # what it names has to be there

    ask()
