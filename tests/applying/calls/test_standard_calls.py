"""The standard calls kept with the project are imported as they are, complete in four languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from grants.applying.call_files.carried import call_from_json, read_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls.soundness import faults_of
from grants.applying.calls.standard import STANDARD_CRITERIA, STANDARD_ELIGIBILITY
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel.language import OFFERED
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.translation import languages_of

CALLS = Path(__file__).parents[3] / "seeds" / "calls"
FILES = sorted(CALLS.glob("*.json"))


def read(file: Path) -> Any:
    return read_json(file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_standard_call_is_imported_and_could_be_opened(
    session: Session, fund: Fund, file: Path
) -> None:
    establish(session, Charter("UNVFVT", {"en": "Torture"}, {"en": "Torture"}))
    carried = call_from_json(read(file))
    call, is_new = import_call(session, carried, Act.by_system("import"))
    assert is_new
    assert faults_of(call, call.opens_at) == []
    assert languages_of(carried.form) == ["en", "ar", "es", "fr"]
    assert set(call.title) == {"en", "fr", "es", "ar"}
    assert import_call(session, carried, Act.by_system("import"))[1] is False


def test_there_are_the_three_forms_of_the_two_funds() -> None:
    stems = [file.stem for file in FILES]
    assert stems == ["sister-fund-yearly", "unvtf-comprehensive", "unvtf-short-term"]


def test_every_text_of_the_standard_rows_is_translated() -> None:
    texts = [
        row[name]
        for row in [*STANDARD_ELIGIBILITY, *STANDARD_CRITERIA]
        for name in ("label", "help", "ask", "remedy")
        if name in row
    ]
    assert all(set(text) == set(OFFERED) for text in texts)
    assert len(json.dumps(texts)) > 1000


def test_the_form_of_the_sister_fund_asks_what_fits_the_request() -> None:
    form = call_from_json(read(CALLS / "sister-fund-yearly.json")).form
    line = {"category": "assistance", "description": "d", "quantity": 1, "unit_cost": "50000.00"}
    answers = {"kind": "continuing", "budget": [line], "whole_budget": "60000.00"}
    seen = verdict_on(form, answers)
    assert {"last_year", "other_funders", "accounts"} <= set(seen.visible)
    assert not {"emergency_reason", "statutes", "references"} & set(seen.visible)
    assert ("whole_budget", "The fund pays at most two thirds of a project.") in seen.faults
    first = verdict_on(form, {**answers, "kind": "first", "references": ["one.pdf"]})
    assert ("references", "Attach both letters.") in first.faults
