"""`flask call`: checking a form, and carrying a call to another installation."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.standard import STANDARD_FORM
from grants.applying.calls.workflow import CallState
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.platform.questionnaires.written import to_json
from tests.factories import a_call

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


@pytest.fixture
def form_file(tmp_path: Path) -> Path:
    return written(tmp_path / "form.json", to_json(STANDARD_FORM))


def written(file: Path, data: Any) -> Path:
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def test_a_sound_form_has_no_faults(run: Run, form_file: Path) -> None:
    assert json.loads(run("call", "check", form_file, "--json").stdout) == {"faults": []}
    assert run("call", "check", form_file).exit_code == 0


def test_the_faults_of_a_form_are_told_with_their_questions(run: Run, tmp_path: Path) -> None:
    data = to_json(STANDARD_FORM)
    project = next(one for one in data["sections"] if one["key"] == "project")
    project["questions"][0]["show_when"] = "nowhere == 1 and months > 3"
    file = written(tmp_path / "form.json", data)
    found = json.loads(run("call", "check", file, "--json").stdout)
    assert [fault["question"] for fault in found["faults"]] == ["title", "title"]
    spoken = run("call", "check", file)
    assert spoken.exit_code == 1
    assert "nowhere" in spoken.stdout


def test_answers_are_judged_by_the_form(run: Run, tmp_path: Path, form_file: Path) -> None:
    answers = written(tmp_path / "answers.json", {"title": "A safe place", "months": 900})
    found = json.loads(run("call", "check", form_file, "--answers", answers, "--json").stdout)
    assert set(found) == {"faults", "visible", "missing", "complete"}
    always = [question.key for question in STANDARD_FORM.questions if not question.show_when]
    assert found["visible"] == always
    assert "title" not in found["missing"]
    assert "registration_certificate" in found["missing"]
    assert [fault["question"] for fault in found["faults"]] == ["months"]
    assert found["complete"] is False


@pytest.mark.parametrize("text", ["", "{", "[1", '{"format": NaN}', '{"a": 1, "a": 2}'])
def test_a_file_that_cannot_be_read_is_refused_in_words(
    run: Run, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "form.json"
    file.write_text(text, encoding="utf-8")
    result = run("call", "check", file, "--json")
    assert result.exit_code == 2
    assert result.stderr.strip()


def test_a_call_goes_to_another_installation_and_back(
    run: Run, session: Session, fund: Fund, tmp_path: Path
) -> None:
    call = a_call(session, fund)
    session.commit()
    carried = json.loads(run("call", "export", call.reference).stdout)
    carried["reference"] = "UNVTF-2031-OTHER"
    carried["title"]["fr"] = "Un appel"
    file = written(tmp_path / "call.json", carried)
    first, second = run("call", "import", file), run("call", "import", file)
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert "nothing has changed" in second.stdout
    assert json.loads(run("call", "export", "UNVTF-2031-OTHER").stdout) == carried
    taken = session.scalars(select(Call).where(Call.reference == "UNVTF-2031-OTHER")).one()
    assert taken.state is CallState.DRAFT
    assert taken.form == call.form
    assert json.loads(run("call", "check", file, "--json").stdout) == {"faults": []}


def test_a_call_that_differs_is_not_overwritten(
    run: Run, session: Session, fund: Fund, tmp_path: Path
) -> None:
    call = a_call(session, fund)
    session.commit()
    carried = json.loads(run("call", "export", call.reference).stdout)
    carried["deadline_at"] = (clock.now() + timedelta(days=400)).isoformat()
    result = run("call", "import", written(tmp_path / "call.json", carried))
    assert result.exit_code == 2
    assert "with different content" in result.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"envelope": "1.234"}, "envelope: "),
        ({"opens_at": "2026-09-01T09:00"}, "opens_at: "),
        ({"months": "8"}, "months: "),
        ({"criteria": [{"key": "a"}]}, "criteria: "),
        ({"more": 1}, "more: not known"),
        ({"form": {"format": 9}}, "format"),
        ({"fund": "NOWHERE"}, "not found"),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_with_all_its_faults(
    run: Run, session: Session, fund: Fund, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    call = a_call(session, fund)
    session.commit()
    before = session.scalar(select(func.count(Call.id)))
    carried = json.loads(run("call", "export", call.reference).stdout)
    carried |= {"reference": "UNVTF-2031-OTHER", **change}
    result = run("call", "import", written(tmp_path / "call.json", carried))
    assert result.exit_code == 2
    assert said in result.stderr
    assert session.scalar(select(func.count(Call.id))) == before
