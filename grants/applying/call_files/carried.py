"""A call with its form, criteria and settings as one JSON file, to carry it to another
installation.

Sums are texts with the currency's decimals ("1234.50"), moments ISO 8601 with their offset.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import object_session

from grants.applying.calls.ceilings import is_row
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.service import Rules
from grants.applying.form_files.service import with_files
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.money import FUNCTIONAL_CURRENCY, Money, usd
from grants.core.kernel.taxonomies import Encounter, SafeguardingGate
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.written import from_json, to_json

FORMAT = 1
SUMS = {"envelope": "envelope_minor", "lowest": "lowest_minor", "highest": "highest_minor"}
MOMENTS = ("opens_at", "deadline_at")
DAYS = ("earliest_start_on", "registered_by", "questions_until", "answers_on")
PLAIN: Mapping[str, type[Any]] = {
    "title": dict,
    "summary": dict,
    "window": str,
    "cycle": str,
    "time_zone": str,
    "months": int,
    "least_months": int,
    "experience_years": int,
    "years_in_a_row": int,
    "applications_per_organisation": int,
    "signatory_signs": bool,
    "countries": list,
    "languages": list,
    "reviewers": int,
    "reviewers_abroad": bool,
    "divergence": int,
    "ranks_adjusted": bool,
    "blind": bool,
    "pass_mark": int,
    "references_needed": int,
    "examines_grantees": bool,
    "reports_first": bool,
    "safeguarding": str,
    "second_screener": bool,
    "visit": str,
    "board_advises": bool,
    "approvers": int,
    "criteria": list,
    "eligibility": list,
    "ceilings": list,
}
"""Settings that JSON has as they are."""
ONE_OF = {"safeguarding": SafeguardingGate, "visit": Encounter}
"""Settings that are one of these, or empty."""
ROW = {"key", "label", "help", "ask", "remedy", "weight", "rule"}
"""What a row of the criteria or of the checklist may have."""
MUST = ("title", "summary", "window", *MOMENTS, *SUMS, "months")
OTHERS = {"call_format", "fund", "reference", "form", "grantee_forms", "second_stage"}
KNOWN = {*OTHERS, *SUMS, *MOMENTS, *DAYS, *PLAIN}


@dataclass(frozen=True, slots=True)
class Carried:
    """A call as its file has it."""

    fund: str
    reference: str
    rules: Rules
    form: Form
    grantee_forms: Mapping[str, Any] = field(default_factory=dict)
    """By purpose, the definitions of the forms for those who get a grant."""
    files: tuple[Any, ...] = ()
    """The definitions of its forms, with the files that they show."""
    second: "Carried | None" = None
    """The call for full proposals, where there are two stages."""


def call_to_json(call: Call) -> dict[str, Any]:
    """What `call_from_json` reads."""
    session = object_session(call)
    grantee_forms = {
        purpose: with_files(session, form) for purpose, form in call.grantee_forms.items()
    }
    return {
        "call_format": FORMAT,
        "reference": call.reference,
        "fund": call.fund.code,
        **{name: getattr(call, name) for name in PLAIN},
        **{name: str(usd(getattr(call, column))) for name, column in SUMS.items()},
        **{name: getattr(call, name).astimezone(call.zone).isoformat() for name in MOMENTS},
        **{name: day.isoformat() for name in DAYS if (day := getattr(call, name))},
        "form": with_files(session, call.form),
        **({"grantee_forms": grantee_forms} if grantee_forms else {}),
        **({"second_stage": call_to_json(call.second_stage)} if call.second_stage else {}),
    }


def read_json(text: str) -> Any:
    """JSON with exact decimals, in which no name stands twice; InvalidInput if it is not."""
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_names,
        )
    except InvalidInput:
        raise
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise InvalidInput(_("This file is not in JSON format.")) from error


def _refuse_constant(_name: str) -> Any:
    raise InvalidInput(_("This file is not in JSON format."))


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(_("The name “%(name)s” is used twice in one object.", name=name))
    return dict(pairs)


def form_in(data: Any) -> Any:
    """The form of a file: the file itself, or what it says of the form of its call."""
    return data["form"] if isinstance(data, dict) and "call_format" in data else data


def call_from_json(data: Any) -> Carried:
    """A call as its file has it; InvalidInput tells everything that cannot be read."""
    if not isinstance(data, dict) or data.get("call_format") != FORMAT:
        raise InvalidInput(_("This file does not contain a call for proposals."))
    faults = [
        _("%(name)s: not known.", name=name) for name in sorted(set(data) - KNOWN, key=str)
    ] + [_("%(name)s: missing.", name=name) for name in (*MUST, "fund", "form") if name not in data]
    settings = {}
    for name, value in data.items():
        if name in KNOWN - OTHERS and value is not None:
            try:
                column, settings_value = _read_setting(name, value)
                settings[column] = settings_value
            except (InvalidInput, ValueError, TypeError):
                faults.append(_("%(name)s: “%(value)s” cannot be read.", name=name, value=value))
    form = None
    try:
        form = from_json(data.get("form"))
    except InvalidInput as refusal:
        faults.append(refusal.message)
    grantee_forms, unread = _grantee_forms_in(data)
    faults += unread
    second, more = _second_stage(data)
    if faults or more or form is None:
        raise InvalidInput("\n".join([*faults, *more]))
    reference = str(data.get("reference", ""))
    files = (data["form"], *(data.get("grantee_forms") or {}).values())
    rules = Rules(**settings)
    return Carried(str(data["fund"]), reference, rules, form, grantee_forms, files, second)


def _grantee_forms_in(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The forms for those who get a grant, or what cannot be read of them."""
    forms = data.get("grantee_forms") or {}
    purposes = {purpose.value for purpose in FormPurpose if purpose.is_for_grantees}
    if not isinstance(forms, dict) or set(forms) - purposes:
        message = _("%(name)s: “%(value)s” cannot be read.", name="grantee_forms", value=forms)
        return {}, [message]
    read, faults = {}, []
    for purpose, definition in forms.items():
        try:
            read[purpose] = to_json(from_json(definition))
        except InvalidInput as refusal:
            faults.append(refusal.message)
    return read, faults


def _second_stage(data: Mapping[str, Any]) -> tuple[Carried | None, list[str]]:
    """The second stage of a call, or what cannot be read of it."""
    stage = data.get("second_stage")
    if stage is None:
        return None, []
    try:
        second = call_from_json(stage)
    except InvalidInput as refusal:
        return None, [_("Full proposals: %(fault)s", fault=refusal.message)]
    if second.second is not None or second.fund != data.get("fund"):
        reason = _(
            "the second stage must belong to the same fund and have no further stage of its own"
        )
        return None, [_("Full proposals: %(fault)s", fault=reason)]
    return second, []


def _read_setting(name: str, value: Any) -> tuple[str, Any]:
    """The column and what it holds."""
    if name in SUMS:
        if not re.fullmatch(r"\d+(\.\d\d)?", value, re.ASCII):
            raise InvalidInput(name)
        return SUMS[name], Money.parse(value, FUNCTIONAL_CURRENCY).minor
    if name in MOMENTS:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise InvalidInput(name)
        return name, moment
    if name in DAYS:
        return name, date.fromisoformat(value)
    if (
        not isinstance(value, PLAIN[name])
        or _is_mixed_up(name, value)
        or not _is_sound(name, value)
    ):
        raise InvalidInput(name)
    return name, value


def _is_mixed_up(name: str, value: Any) -> bool:
    """Is it true or false where a number is wanted? Python takes one for the other."""
    return isinstance(value, bool) is not (PLAIN[name] is bool)


def _is_sound(name: str, value: Any) -> bool:
    """Do texts, codes and rows have the form that pages rely on?"""
    match name:
        case "title" | "summary":
            return _is_texts(value)
        case "countries" | "languages":
            return all(isinstance(code, str) for code in value)
        case "safeguarding" | "visit":
            return value in {"", *ONE_OF[name]}
        case "ceilings":
            return all(map(is_row, value))
        case "criteria" | "eligibility":
            return all(_is_row(row, weighted=name == "criteria") for row in value)
    return True


def _is_row(row: Any, *, weighted: bool) -> bool:
    if not isinstance(row, dict) or set(row) - ROW:
        return False
    weight = row.get("weight", 1 if not weighted else None)
    return (
        isinstance(row.get("key"), str)
        and _is_texts(row.get("label"))
        and all(_is_texts(row.get(name, {})) for name in ("help", "ask", "remedy"))
        and isinstance(weight, int)
        and not isinstance(weight, bool)
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
