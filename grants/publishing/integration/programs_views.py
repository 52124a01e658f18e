"""`/api/v1/fund/…`: what programs with a token read of their fund, and the acts that they take."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.banking.bank.importing import import_statements, warned
from grants.books.ledger.rates import UNORE, NewRate, add_rates
from grants.core.audit.act import Act
from grants.core.kernel.errors import FundError, InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.giving.donors.colleagues import leave
from grants.giving.donors.models import ContactRole, Way
from grants.giving.donors.queries import contact_of, donor_for_viewer
from grants.giving.donors.service import Card, add_contact, card_of, change_contact
from grants.granting.payments.models import Instalment
from grants.granting.payments.queries import instalment_for_viewer
from grants.granting.payments.returns import Arrival, Corrector, fail, take_back
from grants.granting.payments.service import release, send
from grants.platform.web.database import session, transaction
from grants.publishing.integration import schemas
from grants.publishing.integration.door import (
    act_of_program,
    count_off,
    for_programs,
    problem,
    program,
    refuse,
)
from grants.publishing.integration.readings import READINGS, Reading

pages = Blueprint("programs", __name__, url_prefix="/api/v1/fund")
pages.record_once(lambda state: state.app.extensions["csrf"].exempt(pages))  # no cookie is read
MOST, USUAL = 500, 100
LARGEST = 2**53 - 1


@pages.errorhandler(FundError)
def _refuse_program(refusal: FundError) -> Response:
    return refuse(refusal)


@pages.errorhandler(StaleDataError)
def _refuse_late(_error: StaleDataError) -> Response:
    return problem(409, _("Another user or program changed this. Read it again, then decide."))


pages.after_request(count_off)


def _open_reading(name: str, reading: Reading) -> None:
    @for_programs(reading.permission)
    def view() -> ResponseReturnValue:
        most, key = _number_in("limit", USUAL, 1, MOST), reading.model.id
        query = reading.rows_for(program()).where(key > _number_in("after", 0, 0, LARGEST))
        rows = session().scalars(query.order_by(key).limit(most + 1)).unique().all()
        following = None
        if len(rows) > most:
            place: dict[str, Any] = {"after": rows[most - 1].id, "limit": most}
            following = url_for(f"programs.{name}", _external=True, **place)
        return jsonify(data=[reading.plain(row) for row in rows[:most]], next=following)

    pages.add_url_rule(f"/{name}", name, view)


for kind, rows_of_kind in READINGS.items():
    _open_reading(kind, rows_of_kind)


def _number_in(name: str, usual: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    plain = text.isascii() and text.isdecimal() and len(text) < 20
    if not plain or not least <= int(text) <= most:
        limits = {"name": name, "least": least, "most": most}
        raise InvalidInput(
            _("%(name)s: enter a whole number from %(least)s to %(most)s.", **limits)
        )
    return int(text)


@pages.post("/rates")
@for_programs(Permission.LEDGER_RATES)
def rates() -> ResponseReturnValue:
    """Enter published exchange rates: all or none. What is there already changes nothing."""
    sent = schemas.read_body(schemas.RATES, request.get_json(silent=True))
    published = [
        NewRate(rate["currency"], date.fromisoformat(rate["effective_on"]), Decimal(rate["rate"]))
        for rate in sent["rates"]
    ]
    with transaction() as opened:
        added = add_rates(opened, published, act_of_program(), sent.get("source", UNORE))
    return jsonify(added=added)


@pages.post("/bank-statements")
@for_programs(Permission.BANK_IMPORT)
def bank_statements() -> ResponseReturnValue:
    """Import a statement file of the bank (camt.053): whole, or not at all; once."""
    with transaction() as opened:
        results = import_statements(opened, "statement.xml", request.get_data(), act_of_program())
        statements = [
            {
                "reference": result.statement.reference,
                "account": result.statement.account.code,
                "lines": result.lines,
                "new": result.new,
                "warnings": warned(result),
            }
            for result in results
        ]
    return jsonify(statements=statements)


@pages.post("/payment-results")
@for_programs(Permission.INSTALMENT_RELEASE)
def payment_results() -> ResponseReturnValue:
    """Record what became of an approved payment. Repeating it changes nothing."""
    sent = schemas.read_body(schemas.PAYMENT_RESULT, request.get_json(silent=True))
    with transaction() as opened:
        instalment = instalment_for_viewer(opened, sent["grant"], sent["number"], program())
        _record_result(opened, instalment, sent, act_of_program(sent.get("reason")))
        state = instalment.state.value
    return jsonify(state=state)


def _record_result(opened: Session, instalment: Instalment, sent: dict[str, Any], act: Act) -> None:
    day = date.fromisoformat(sent["day"]) if "day" in sent else None
    match sent["result"]:
        case "sent":
            send(opened, instalment, act)
        case "failed":
            fail(opened, instalment, Corrector(sent["corrector"]), act)
        case "paid":
            assert day is not None
            release(opened, instalment, day, sent["bank_reference"], act)
        case "returned":
            assert day is not None
            arrival = Arrival(day, sent["bank_reference"])
            take_back(opened, instalment, arrival, Corrector(sent["corrector"]), act)


@pages.post("/contact-changes")
@for_programs(Permission.DONOR_EDIT)
def contact_changes() -> ResponseReturnValue:
    """Add a contact of a donor, change their card, or say that they left."""
    sent = schemas.read_body(schemas.CONTACT_CHANGE, request.get_json(silent=True))
    with transaction() as opened:
        donor = donor_for_viewer(opened, sent["donor"], program())
        if sent["change"] == "add":
            contact = add_contact(opened, donor, Card(**_typed_card(sent)), act_of_program())
        else:
            contact = contact_of(donor, sent["contact"])
            if sent["change"] == "end":
                leave(opened, contact, act_of_program())
            else:
                card = replace(card_of(contact), **_typed_card(sent))
                change_contact(opened, contact, card, act_of_program())
        opened.flush()
        number = contact.id
    return jsonify(contact=number)


def _typed_card(sent: dict[str, Any]) -> dict[str, Any]:
    card = dict(sent["card"])
    if "role" in card:
        card["role"] = ContactRole(card["role"])
    if "way" in card:
        card["way"] = Way(card["way"])
    return card
