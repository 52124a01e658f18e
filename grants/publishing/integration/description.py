"""What programs with a token may ask and send, for the description of the interface."""

from collections.abc import Iterator
from typing import Any

from grants.core.people.permissions import Permission
from grants.publishing.integration import schemas
from grants.publishing.integration.models import REACH
from grants.publishing.integration.readings import READINGS
from grants.publishing.integration.schemas import Schema, object_of

ROOT = "/api/v1/fund"
SCHEME = {"type": "http", "scheme": "bearer", "description": "A token of an administrator."}
PROBLEM = {
    **object_of(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What to do."},
            "errors": {"type": "array", "items": {"type": "string"}},
        }
    )
}
REFUSALS = {
    "400": "It cannot be taken as it is; the detail says what to change.",
    "401": "There is no valid token.",
    "403": "The token is not for that, or another person must do it.",
    "404": "There is no such record in the fund of the token.",
    "409": "The record changed meanwhile, or has taken that step.",
    "429": "Too many questions; ask again after Retry-After seconds.",
}
STATEMENTS = object_of(
    {
        "statements": {
            "type": "array",
            "items": object_of(
                {
                    "reference": {"type": "string"},
                    "account": {"type": "string"},
                    "lines": {"type": "integer"},
                    "new": {"type": "boolean"},
                    "warnings": {"type": "array", "items": {"type": "string"}},
                }
            ),
        }
    }
)
STATE = object_of({"state": {"type": "string"}})
COUNT = object_of({"added": {"type": "integer"}})
KEPT = object_of({"contact": {"type": "integer"}})


def operations(page: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and operations of each path; `page`: the parameters of a page of rows."""
    for name, reading in READINGS.items():
        rows = {
            "data": {"type": "array", "items": reading.schema},
            "next": schemas.or_null({"type": "string"}),
        }
        asked = {
            "parameters": page,
            **_described_by(reading.title, reading.permission, object_of(rows)),
        }
        yield f"{ROOT}/{name}", {"get": {"operationId": f"fund-{name}", **asked}}
    for name, title, permission, answer, body in (
        ("rates", "Enter exchange rates", Permission.LEDGER_RATES, COUNT, schemas.RATES),
        (
            "payment-results",
            "Record what became of a payment",
            Permission.INSTALMENT_RELEASE,
            STATE,
            schemas.PAYMENT_RESULT,
        ),
        (
            "contact-changes",
            "Add, change or end a contact of a donor",
            Permission.DONOR_EDIT,
            KEPT,
            schemas.CONTACT_CHANGE,
        ),
    ):
        sent = _sent("application/json", body)
        yield f"{ROOT}/{name}", {"post": {**sent, **_described_by(title, permission, answer)}}
    title, sent = "Import a bank statement (camt.053)", _sent("application/xml", {"type": "string"})
    answers = _described_by(title, Permission.BANK_IMPORT, STATEMENTS)
    yield f"{ROOT}/bank-statements", {"post": {**sent, **answers}}


def _sent(media_type: str, schema: Schema) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def _described_by(title: str, permission: Permission, answer: Schema) -> dict[str, Any]:
    scopes = ", ".join(
        scope.value for scope, reach in REACH.items() if permission in reach.permissions
    )
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "summary": title,
        "description": f"Of the fund of the token. Scopes that may: {scopes}.",
        "security": [{"token": []}],
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            **{code: {"description": why, "content": problem} for code, why in REFUSALS.items()},
        },
    }
