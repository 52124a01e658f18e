"""Calls on the command line: check a form, carry a call between installations."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from grants.applying.call_files.carried import call_from_json, call_to_json, form_in, read_json
from grants.applying.call_files.importing import import_call
from grants.applying.calls import queries
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.terminal import FundCommand, read_text
from grants.platform.questionnaires.answers import verdict_on
from grants.platform.questionnaires.places import FormFault
from grants.platform.questionnaires.soundness import form_faults
from grants.platform.questionnaires.stages import with_note
from grants.platform.questionnaires.written import Read, read_form

call = AppGroup("call", help="Calls for proposals and their forms.")


@call.command("check", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--answers", type=click.Path(path_type=Path), help="Answers by question key (JSON).")
@click.option("--json", "in_json", is_flag=True, help="As JSON, for other programs.")
@click.pass_context
def check_form(context: click.Context, file: Path, *, answers: Path | None, in_json: bool) -> None:
    """List the errors in the form of FILE and, with answers, their errors. Writes nothing."""
    data = read_json(read_text(file))
    read = read_form(form_in(data))
    faults = _faults_in(read, _languages_in(data))
    if isinstance(data, dict) and isinstance(data.get("second_stage"), dict):
        second = read_form(form_in(data["second_stage"]))
        faults += _faults_in(
            replace(second, form=with_note(second.form, read.form)),
            _languages_in(data["second_stage"]),
        )
    result: dict[str, Any] = {
        "faults": [{"question": item.key, "message": item.sentence} for item in faults]
    }
    if answers is not None:
        verdict = verdict_on(read.form, _answers_in(answers))
        result["visible"], result["missing"] = verdict.visible, verdict.missing
        result["faults"] += [
            {"question": key, "message": message} for key, message in verdict.faults
        ]
        result["complete"] = not result["missing"] and not result["faults"]
    click.echo(json.dumps(result, ensure_ascii=False) if in_json else _in_words(result))
    if not in_json and result["faults"]:
        context.exit(1)


def _languages_in(data: Any) -> list[str]:
    """The languages of the call in a file; none if there is a form alone."""
    languages = data.get("languages") if isinstance(data, dict) else None
    return [str(code) for code in languages] if isinstance(languages, list) else []


def _faults_in(read: Read, languages: list[str]) -> list[FormFault]:
    """What is wrong in the form of one stage of a call in these languages."""
    faults = [FormFault("", "", message) for message in read.faults]
    if read.form.sections or not faults:
        faults += form_faults(read.form, read.unread, languages=languages)
    return faults


def _answers_in(file: Path) -> Mapping[str, Any]:
    answers = read_json(read_text(file))
    if not isinstance(answers, dict):
        raise InvalidInput(_("The answers must be one object, by the keys of the questions."))
    return answers


def _in_words(result: Mapping[str, Any]) -> str:
    lines = [str(fault["message"]) for fault in result["faults"]]
    if "complete" in result:
        lines.append(_("Shown: %(keys)s", keys=", ".join(result["visible"])))
        lines.append(_("Missing: %(keys)s", keys=", ".join(result["missing"]) or "–"))
    if not result["faults"]:
        lines.append(_("No errors found."))
    return "\n".join(lines)


def _open_database() -> Database:
    database: Database = current_app.extensions["database"]()
    return database


@call.command("export", cls=FundCommand)
@click.argument("reference")
def export_call(reference: str) -> None:
    """Print the call REFERENCE as JSON: its form, criteria and settings."""
    with _open_database().session() as session:
        facts = call_to_json(queries.call_by_reference(session, reference))
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))


@call.command("import", cls=FundCommand)
@click.argument("file", type=click.Path(path_type=Path))
def import_file(file: Path) -> None:
    """Prepare the call in FILE as a draft. Safe to repeat."""
    carried = call_from_json(read_json(read_text(file)))
    with _open_database().transaction() as session:
        imported, is_new = import_call(session, carried, Act.by_system("import"))
        reference = imported.reference
    if is_new:
        click.echo(_("%(reference)s has been prepared as a draft.", reference=reference))
    else:
        click.echo(_("%(reference)s already exists; nothing has changed.", reference=reference))
