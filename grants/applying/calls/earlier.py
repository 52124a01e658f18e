"""The form of a call as it was before each change, while the call is being made."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, defer

from grants.applying.calls.models import Call, EarlierForm
from grants.applying.calls.purposes import FormPurpose
from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import language_name
from grants.platform.conditions.former import remembering
from grants.platform.questionnaires.written import to_json

MOST_KEPT = 50
"""Of a call, the newest."""
BROUGHT_BACK = "brought_back"
"""In what is said of a change: the number of the earlier form that was brought back by it."""


def keep_form(
    session: Session,
    call: Call,
    act: Act,
    what: Mapping[str, Any],
    purpose: FormPurpose = FormPurpose.APPLICATION,
    lines: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Keep the form as it is now, before a change is made, and the `lines` of the checklist that go
    with the change. `what` says what is changed.
    """
    session.add(
        EarlierForm(
            call_id=call.id,
            person_id=act.actor.person_id,
            purpose=purpose,
            form=to_json(call.form_for(purpose)),
            what={name: str(value) for name, value in what.items()},
            lines=[dict(line) for line in lines],
            kept_at=act.at,
        )
    )
    session.flush()
    earlier = (EarlierForm.call_id == call.id, EarlierForm.purpose == purpose)
    forms = select(EarlierForm.id).where(*earlier)
    newest = forms.order_by(EarlierForm.id.desc()).limit(MOST_KEPT)
    session.execute(delete(EarlierForm).where(*earlier, EarlierForm.id.not_in(newest)))


def earlier_forms(
    session: Session, call: Call, purpose: FormPurpose = FormPurpose.APPLICATION
) -> Sequence[EarlierForm]:
    """The forms that can be brought back, that before the last change first."""
    return session.scalars(_forms_before(call, purpose)).all()


def changes_to_undo_and_redo(
    session: Session, call: Call, purpose: FormPurpose = FormPurpose.APPLICATION
) -> tuple[EarlierForm | None, EarlierForm | None]:
    """The form as it was before the last change that still stands, and the form as it was before
    the last undoing if nothing came after it; None where there is none.
    """
    forms = session.scalars(_forms_before(call, purpose).options(defer(EarlierForm.form))).all()
    return standing_change(forms), forms[0] if forms and _undoes_a_change(forms[0], forms) else None


def standing_change(forms: Sequence[EarlierForm]) -> EarlierForm | None:
    """The newest change that has not been undone; `forms` are the newest first. Who brings back the
    form before a change undoes this change and all that came after it.
    """
    before = None
    for form in forms:
        if before is not None and form.id >= before:
            continue
        if BROUGHT_BACK not in form.what:
            return form
        before = int(form.what[BROUGHT_BACK])
    return None


def undone_change(session: Session, redo: EarlierForm) -> EarlierForm | None:
    """The change that the last undoing undid."""
    return session.get(EarlierForm, int(redo.what[BROUGHT_BACK]))


def _undoes_a_change(form: EarlierForm, forms: Sequence[EarlierForm]) -> bool:
    """Did it undo a change, and not bring one back that had been undone?"""
    change = next((other for other in forms if str(other.id) == form.what.get(BROUGHT_BACK)), None)
    return change is not None and BROUGHT_BACK not in change.what


def _forms_before(call: Call, purpose: FormPurpose) -> Select[EarlierForm]:
    forms = select(EarlierForm).where(
        EarlierForm.call_id == call.id, EarlierForm.purpose == purpose
    )
    return forms.order_by(EarlierForm.id.desc())


def earlier_form(session: Session, call: Call, number: int, purpose: FormPurpose) -> EarlierForm:
    """An earlier form of the call by its number, or Missing."""
    form = session.get(EarlierForm, number)
    if form is None or form.call_id != call.id or form.purpose is not purpose:
        raise Missing(_("This earlier form is no longer kept."))
    return form


def label_before(session: Session, call: Call, purpose: FormPurpose, key: str) -> str:
    """What a question that was taken out of the form was called in English; empty if it never was
    there.
    """
    for earlier in session.scalars(_forms_before(call, purpose)):
        for section in earlier.form["sections"]:
            for question in section["questions"]:
                if question["key"] == key:
                    return str(question["label"].get("en", ""))
    return ""


def remembering_earlier(
    session: Session | None, call: Call, purpose: FormPurpose = FormPurpose.APPLICATION
) -> AbstractContextManager[None]:
    """Inside, questions that were taken out of the form are called what they were called."""
    if session is None:
        return nullcontext()
    return remembering(cache(partial(label_before, session, call, purpose)))


def forget_forms(session: Session, call: Call) -> None:
    """Once the call is open, its form stays as it is."""
    session.execute(delete(EarlierForm).where(EarlierForm.call_id == call.id))


DONE = {
    "section": _l("Section changed: %(name)s"),
    "question": _l("Question changed: %(name)s"),
    "kind": _l("Kind of question changed: %(name)s"),
    "added": _l("Added: %(name)s"),
    "check": _l("Check changed: %(name)s"),
    "documents": _l("Changed: documents that the call asks for"),
    "facts": _l("Changed: what lists show"),
    "moved": _l("Moved: %(name)s"),
    "removed": _l("Removed: %(name)s"),
    "taken_over": _l("Section copied: %(name)s"),
    "replaced": _l("The whole form was replaced"),
    "language": _l("Translated: %(name)s"),
    "language_removed": _l("Removed: %(name)s"),
    BROUGHT_BACK: _l("An earlier form was brought back"),
}
"""What a change is called, by the name that the trail has for it."""

LANGUAGES = frozenset({"language", "language_removed"})
"""Of these the value is the code of a language."""


def change_in_words(what: Mapping[str, str]) -> str:
    """What was changed, in one line."""
    for name, value in what.items():
        if name in DONE:
            words = language_name(value) if name in LANGUAGES else value
            return str(DONE[name]) % {"name": words}
    return _("Form changed")
