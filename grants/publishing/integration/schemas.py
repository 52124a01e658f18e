"""What programs get and send, as JSON Schema: described by it, and held to it."""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import OFFERED
from grants.core.kernel.language import gettext as _
from grants.core.kernel.taxonomies import DonorKind
from grants.giving.donors.models import ContactRole, Way
from grants.granting.payments.returns import Corrector
from grants.granting.payments.workflow import InstalmentState
from grants.granting.reporting.models import ReportKind
from grants.granting.reporting.workflow import ReportState

Schema = dict[str, Any]
DAY: Schema = {"type": "string", "format": "date"}
AMOUNT: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
RATE: Schema = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,12})?$"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
CODE: Schema = {"type": "string", "pattern": "^[A-Za-z0-9/-]{1,40}$"}
ADDRESS: Schema = {
    "type": "string",
    "maxLength": 200,
    "pattern": r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
}
YES_OR_NO: Schema = {"type": "boolean"}
PLAIN = r"^[^\x00-\x1f\x7f\ud800-\udfff]+$"


def text_of(most: int) -> Schema:
    """One line of so many characters."""
    return {"type": "string", "minLength": 1, "maxLength": most, "pattern": PLAIN}


def number_to(most: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most}


def one_of(*codes: str) -> Schema:
    return {"type": "string", "enum": list(codes)}


def or_null(schema: Schema) -> Schema:
    """What may be missing is null."""
    return {"anyOf": [schema, {"type": "null"}]}


def object_of(properties: Mapping[str, Schema], *optional: str) -> Schema:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


WORD: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}

PAYMENT = object_of(
    {
        "id": NUMBER,
        "grant": WORD,
        "organisation": WORD,
        "number": NUMBER,
        "amount_usd": AMOUNT,
        "pays_in": CURRENCY,
        "due_on": DAY,
        "state": one_of(*InstalmentState),
        "paid_on": or_null(DAY),
        "bank_reference": or_null(WORD),
    }
)
REPORT = object_of(
    {
        "id": NUMBER,
        "grant": WORD,
        "organisation": WORD,
        "number": NUMBER,
        "kind": one_of(*ReportKind),
        "covers_from": DAY,
        "covers_to": DAY,
        "due_on": DAY,
        "state": one_of(*ReportState),
    }
)
CONTRIBUTION = object_of(
    {
        "id": NUMBER,
        "donor": or_null(WORD),
        "donor_name": or_null(WORD),
        "donor_kind": or_null(one_of(*DonorKind)),
        "pledge": or_null(WORD),
        "receipt": or_null(WORD),
        "value_on": DAY,
        "amount": AMOUNT,
        "currency": CURRENCY,
        "amount_usd": AMOUNT,
        "bank_reference": WORD,
        "reversed_on": or_null(DAY),
    }
)
CONTACT = object_of(
    {
        "id": NUMBER,
        "donor": WORD,
        "name": WORD,
        "function": or_null(WORD),
        "role": one_of(*ContactRole),
        "email": or_null(WORD),
        "phone": or_null(WORD),
        "language": WORD,
        "way": one_of(*Way),
        "takes_appeals": YES_OR_NO,
    }
)

RATES = object_of(
    {
        "source": text_of(80),
        "rates": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1000,
            "items": object_of({"currency": CURRENCY, "effective_on": DAY, "rate": RATE}),
        },
    },
    "source",
)
INSTALMENT = {"grant": CODE, "number": number_to(1000)}
BANKED = {"day": DAY, "bank_reference": text_of(80)}
UNPAID = {"corrector": one_of(*Corrector), "reason": text_of(1000)}
PAYMENT_RESULT: Schema = {
    "oneOf": [
        object_of({"result": {"const": "sent"}, **INSTALMENT}),
        object_of({"result": {"const": "paid"}, **INSTALMENT, **BANKED}),
        object_of({"result": {"const": "failed"}, **INSTALMENT, **UNPAID}),
        object_of({"result": {"const": "returned"}, **INSTALMENT, **BANKED, **UNPAID}),
    ]
}
CARD_KEYS = {
    "name": text_of(120),
    "function": text_of(160),
    "role": one_of(*ContactRole),
    "email": ADDRESS,
    "phone": text_of(40),
    "language": one_of(*OFFERED),
    "way": one_of(*Way),
    "takes_appeals": YES_OR_NO,
}
OPTIONAL = tuple(name for name in CARD_KEYS if name != "name")
CONTACT_CHANGE: Schema = {
    "oneOf": [
        object_of(
            {"change": {"const": "add"}, "donor": CODE, "card": object_of(CARD_KEYS, *OPTIONAL)}
        ),
        object_of(
            {
                "change": {"const": "change"},
                "donor": CODE,
                "contact": number_to(2**53 - 1),
                "card": object_of(CARD_KEYS, "name", *OPTIONAL),
            }
        ),
        object_of({"change": {"const": "end"}, "donor": CODE, "contact": number_to(2**53 - 1)}),
    ]
}


def read_body(schema: Schema, body: Any) -> dict[str, Any]:
    """What was sent, if it is as the description says; InvalidInput with the first fault."""
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    fault = best_match(validator.iter_errors(body))
    if fault is not None:
        raise InvalidInput(
            _("At %(place)s: %(fault)s", place=fault.json_path, fault=fault.message[:300])
        )
    sent: dict[str, Any] = body
    return sent
