"""Saving a part of a form in the library of the fund, and removing it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.form_library.models import LONGEST_NAME, QUESTION, SECTION, LibraryPart
from grants.applying.form_parts.parts import question_alone, section_alone
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import name_of_section
from grants.platform.questionnaires.written import to_json


def save_section(session: Session, call: Call, form: Form, key: str, act: Act) -> LibraryPart:
    """Save a section of a form of the call for the other forms of the fund. DomainError if it is
    empty, or in the library as it is.
    """
    part = section_alone(form, key)
    if not part.sections[0].questions:
        raise DomainError(_("This section has no questions yet. Add a question first."))
    return _save_part(session, call, SECTION, name_of_section(form.section(key)), part, act)


def save_question(session: Session, call: Call, form: Form, key: str, act: Act) -> LibraryPart:
    """Save a question of a form of the call for the other forms of the fund. DomainError if it is
    in the library as it is.
    """
    part = question_alone(form, key)
    return _save_part(
        session, call, QUESTION, part.sections[0].questions[0].english_title, part, act
    )


def _save_part(
    session: Session, call: Call, kind: str, name: str, part: Form, act: Act
) -> LibraryPart:
    act.demand(Permission.CALL_EDIT, call.scope)
    form = to_json(part)
    same = select(LibraryPart.id).where(
        LibraryPart.fund_id == call.fund_id, LibraryPart.kind == kind, LibraryPart.form == form
    )
    if session.scalar(same.limit(1)):
        raise DomainError(_("“%(name)s” is already in the library.", name=name))
    row = LibraryPart(
        fund_id=call.fund_id,
        kind=kind,
        name=name[:LONGEST_NAME],
        form=form,
        saved_from=call.reference,
        saved_at=act.at,
    )
    session.add(row)
    session.flush()
    record(session, call.fund, "save_form_part", act, name=row.name, call=call.reference)
    return row


def remove_part(session: Session, part: LibraryPart, act: Act) -> None:
    """Take a part out of the library. Forms that have a copy of it keep it."""
    act.demand(Permission.CALL_EDIT, part.scope)
    record(session, part.fund, "remove_form_part", act, name=part.name)
    session.delete(part)
    session.flush()
