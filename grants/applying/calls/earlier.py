"""The form of a call as it was before each change, while the call is being made."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call, EarlierForm
from grants.core.audit.act import Act
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.conditions.former import remembering
from grants.platform.questionnaires.translation import language_name

MOST_KEPT = 50
"""Of a call, the newest."""


def keep_form(session: Session, call: Call, act: Act, what: Mapping[str, Any]) -> None:
    """Keep the form as it is now, before a change is made. `what` says what is changed."""
    session.add(
        EarlierForm(
            call_id=call.id,
            person_id=act.actor.person_id,
            form=call.form,
            what={name: str(value) for name, value in what.items()},
            kept_at=act.at,
        )
    )
    session.flush()
    forms = select(EarlierForm.id).where(EarlierForm.call_id == call.id)
    newest = forms.order_by(EarlierForm.id.desc()).limit(MOST_KEPT)
    session.execute(
        delete(EarlierForm).where(EarlierForm.call_id == call.id, EarlierForm.id.not_in(newest))
    )


def earlier_forms(session: Session, call: Call) -> Sequence[EarlierForm]:
    """The forms that can be brought back, that before the last change first."""
    return session.scalars(
        select(EarlierForm).where(EarlierForm.call_id == call.id).order_by(EarlierForm.id.desc())
    ).all()


def last_change(session: Session, call: Call) -> EarlierForm | None:
    """The form as it was before the last change; None if nothing has been changed yet."""
    forms = select(EarlierForm).where(EarlierForm.call_id == call.id)
    return session.scalar(forms.order_by(EarlierForm.id.desc()).limit(1))


def earlier_form(session: Session, call: Call, number: int) -> EarlierForm:
    """An earlier form of the call by its number, or Missing."""
    form = session.get(EarlierForm, number)
    if form is None or form.call_id != call.id:
        raise Missing(_("This earlier form is no longer kept."))
    return form


def label_before(session: Session, call: Call, key: str) -> str:
    """What a question that was taken out of the form was called in English; empty if it never was
    there.
    """
    forms = select(EarlierForm.form).where(EarlierForm.call_id == call.id)
    for form in session.scalars(forms.order_by(EarlierForm.id.desc())):
        for section in form["sections"]:
            for question in section["questions"]:
                if question["key"] == key:
                    return str(question["label"].get("en", ""))
    return ""


def remembering_earlier(session: Session | None, call: Call) -> AbstractContextManager[None]:
    """Inside, questions that were taken out of the form are called what they were called."""
    if session is None:
        return nullcontext()
    return remembering(cache(partial(label_before, session, call)))


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
    "taken_over": _l("Section taken over: %(name)s"),
    "replaced": _l("The whole form was replaced"),
    "language": _l("Translated: %(name)s"),
    "brought_back": _l("An earlier form was brought back"),
}
"""What a change is called, by the name that the trail has for it."""


def change_in_words(what: Mapping[str, str]) -> str:
    """What was changed, in one line."""
    for name, value in what.items():
        if name in DONE:
            words = language_name(value) if name == "language" else value
            return str(DONE[name]) % {"name": words}
    return _("Form changed")
