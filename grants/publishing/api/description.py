"""What the interface answers, as OpenAPI 3.1: written from the tables that it answers with."""

from collections.abc import Mapping
from typing import Any

from apispec import APISpec

from grants.publishing.integration.description import PROBLEM, SCHEME
from grants.publishing.integration.description import operations as operations_of_programs
from grants.publishing.tables.columns import PublicTable
from grants.publishing.tables.declared import TABLES

ROOT = "/api/v1"
MOST, USUAL = 500, 100
"""Rows of an answer: at most, and if nothing is said."""
LARGEST = 2**53 - 1
"""The largest number that JSON readers keep exactly."""
AMOUNT = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
FUND = {
    "name": "fund",
    "in": "query",
    "description": "Code of the fund, such as UNVTF.",
    "schema": {"type": "string", "pattern": "^[A-Z0-9-]{1,20}$"},
}
PAGE = (
    {
        "name": "after",
        "in": "query",
        "description": "Where the page before ended. Follow `next` instead of making it.",
        "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST},
    },
    {
        "name": "limit",
        "in": "query",
        "description": "How many rows.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    },
)
HEADERS = {
    "ETag": {"description": "Ask again with If-None-Match.", "schema": {"type": "string"}},
    "RateLimit-Limit": {
        "description": "Questions that you may ask in a minute.",
        "schema": {"type": "integer"},
    },
    "RateLimit-Remaining": {"description": "What is left of them.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {
        "description": "Seconds until there are as many again.",
        "schema": {"type": "integer"},
    },
}
SOURCE = ("contributions", "interest", "refunds_from_grantees", "unidentified_receipts", "total")
USE = (
    "transfers_to_grantees",
    "programme_support_cost",
    "direct_costs",
    "administration_fees",
    "bank_charges",
    "refunds_to_donors",
    "total",
)


def _object_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _amounts(names: tuple[str, ...]) -> dict[str, Any]:
    return _object_of(dict.fromkeys(names, AMOUNT))


DAY = {"type": "string", "format": "date"}
STATEMENT = _object_of(
    {
        "fund": {"type": "string"},
        "from": DAY,
        "to": DAY,
        "currency": {"type": "string"},
        "opening_balance": AMOUNT,
        "source": _amounts(SOURCE),
        "use": _amounts(USE),
        "exchange_differences_on_cash": AMOUNT,
        "closing_balance": AMOUNT,
    }
)
REFUSAL = _object_of(
    {
        "error": _object_of(
            {
                "status": {"type": "integer"},
                "message": {"type": "string", "description": "What to do."},
            }
        )
    }
)


def described(server: str) -> dict[str, Any]:
    """The description of the whole interface at this address."""
    spec = APISpec(
        title="Open data of the funds",
        version="1.0.0",
        openapi_version="3.1.0",
        info={
            "description": "Grants, contributions, calls, results and money of voluntary trust "
            "funds, for everyone and without a key, at '/api/v1/{table}?fund={code}'. "
            "Amounts are text with the decimals of the currency, as in the ledger. This version is "
            "kept for two years after the next one is there.",
        },
        servers=[{"url": server}],
    )
    spec.components.schema("Refusal", REFUSAL)
    spec.components.schema("SourceAndUse", STATEMENT)
    for table in TABLES.values():
        spec.components.schema(table.name, table.schema)
        spec.path(f"{ROOT}/{table.name}", operations={"get": _operation_of(table)})
    spec.path(f"{ROOT}/source-and-use", operations={"get": _statement_operation()})
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("token", SCHEME)
    for path, operations in operations_of_programs(list(PAGE)):
        spec.path(path, operations=operations)
    whole: dict[str, Any] = spec.to_dict()
    return whole


def _operation_of(table: PublicTable) -> dict[str, Any]:
    page = _object_of(
        {
            "data": {"type": "array", "items": {"$ref": f"#/components/schemas/{table.name}"}},
            "next": {
                "type": ["string", "null"],
                "description": "The address of the next page; null on the last one.",
            },
        }
    )
    return {
        "operationId": table.name,
        "summary": str(table.title),
        "description": str(table.about),
        "parameters": [{**FUND, "required": table.of_fund}, *PAGE],
        "responses": _responses_of(page),
    }


def _statement_operation() -> dict[str, Any]:
    days = [
        {"name": name, "in": "query", "required": True, "description": about, "schema": DAY}
        for name, about in (("from", "First day."), ("to", "Last day."))
    ]
    return {
        "operationId": "source-and-use",
        "summary": "Source and use of funds",
        "description": "The statement of source and use of funds over a period.",
        "parameters": [{**FUND, "required": True}, *days],
        "responses": _responses_of({"$ref": "#/components/schemas/SourceAndUse"}),
    }


def _responses_of(schema: dict[str, Any]) -> dict[str, Any]:
    refusals = {
        "400": "The question cannot be understood; the message says what to change.",
        "404": "There is no such fund.",
        "429": "Too many questions; ask again after Retry-After seconds.",
    }
    answer = {
        "description": "The answer.",
        "headers": HEADERS,
        "content": {"application/json": {"schema": schema}},
    }
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {
        "200": answer,
        **{code: {"description": text, "content": refusal} for code, text in refusals.items()},
    }
