"""The rules of a call as its form shows them, and back: texts in English, rows with their keys."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from grants.applying.calls.ceiling_rows import boxes_of
from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_CRITERIA, STANDARD_ELIGIBILITY
from grants.core.countries.countries import whole_groups
from grants.core.funds.models import Fund


def moment_at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A day and a time of it on the clocks of a zone."""
    return datetime.combine(day, at, tzinfo=zone)


def form_values(call: Call) -> dict[str, Any]:
    """The rules of a call, by the fields of its form."""
    zone = ZoneInfo(call.time_zone)
    groups, countries = whole_groups(call.countries)
    opens, deadline = call.opens_at.astimezone(zone), call.deadline_at.astimezone(zone)
    return {
        "title": call.title.get("en", ""),
        "summary": call.summary.get("en", ""),
        "window": call.window,
        "cycle": call.cycle,
        "opens_on": opens.date(),
        "opens_time": opens.time(),
        "deadline_on": deadline.date(),
        "deadline_time": deadline.time(),
        "time_zone": call.time_zone,
        "envelope": call.envelope,
        "lowest": call.lowest,
        "highest": call.highest,
        "months": call.months,
        "ceilings": boxes_of(call.ceilings),
        "least_months": call.least_months,
        "earliest_start_on": call.earliest_start_on,
        "registered_by": call.registered_by,
        "experience_years": call.experience_years,
        "years_in_a_row": call.years_in_a_row,
        "applications_per_organisation": call.applications_per_organisation,
        "signatory_signs": call.signatory_signs,
        "questions_until": call.questions_until,
        "answers_on": call.answers_on,
        "groups": list(groups),
        "countries": [{"country": code} for code in countries],
        "languages": call.languages,
        "reviewers": call.reviewers,
        "reviewers_abroad": call.reviewers_abroad,
        "divergence": call.divergence,
        "blind": call.blind,
        "ranks_adjusted": call.ranks_adjusted,
        "pass_mark": call.pass_mark,
        "references_needed": call.references_needed,
        "examines_grantees": call.examines_grantees,
        "reports_first": call.reports_first,
        "safeguarding": call.safeguarding,
        "second_screener": call.second_screener,
        "visit": call.visit,
        "board_advises": call.board_advises,
        "approvers": call.approvers,
        "criteria": _english_rows(call.criteria),
        "eligibility": _english_rows(call.eligibility),
    }


def usual(fund: Fund) -> dict[str, Any]:
    """What the form of a new call begins with."""
    return {
        "time_zone": fund.time_zone,
        "opens_time": time(9, 0),
        "deadline_time": time(23, 59),
        "languages": fund.languages[:1],
        "applications_per_organisation": 1,
        "reviewers": 2,
        "pass_mark": 60,
        "references_needed": 0,
        "examines_grantees": True,
        "reports_first": True,
        "board_advises": True,
        "criteria": _english_rows(STANDARD_CRITERIA),
        "eligibility": _english_rows(STANDARD_ELIGIBILITY),
    }


MORE_TEXTS = ("help", "ask", "remedy")
"""What a row of a checklist may say besides its label."""


def _english_rows(rows: Any) -> list[dict[str, Any]]:
    """Rows of texts in several languages as rows of English."""
    return [
        {name: row.get(name, {}).get("en", "") for name in ("label", *MORE_TEXTS)}
        | ({"weight": row["weight"]} if "weight" in row else {})
        for row in rows
    ]


def keyed(rows: Any, before: Any) -> list[dict[str, Any]]:
    """Rows as the call keeps them: the key of a row stays while its English words stay."""
    by_words: Mapping[str, Any] = {row["label"].get("en", ""): row for row in before}
    keys = {row["key"] for row in before}
    result = []
    for row in rows:
        old = by_words.get(row["label"])
        key = old["key"] if old else _free_key(row["label"], keys)
        keys.add(key)
        texts = {"label": {**(old["label"] if old else {}), "en": row["label"]}}
        for name in MORE_TEXTS:
            if row.get(name):
                texts[name] = {**((old or {}).get(name) or {}), "en": row[name]}
        result.append(
            {"key": key, **texts, **({"weight": row["weight"]} if "weight" in row else {})}
        )
    return result


def _free_key(label: str, keys: set[str]) -> str:
    """A short name for a row, made of its words."""
    stem = "_".join(re.findall(r"[a-z0-9]+", label.lower())[:4])[:30] or "row"
    return next(
        key for key in (stem, *(f"{stem}_{number}" for number in range(2, 99))) if key not in keys
    )
