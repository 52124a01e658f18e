"""Moving a question to any place of any section of its form."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import (
    FORM,
    draft_of,
    form_on_page,
    keep,
    opened_at,
    pages,
    to_form,
)
from grants.applying.form_parts import editing
from grants.applying.form_parts.conditional import Versioned
from grants.applying.form_parts.recast import new_faults
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import pgettext
from grants.core.people.permissions import Permission
from grants.platform.forms.fields import GroupedField, HiddenField
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import Question
from grants.platform.web.access import needs

LONGEST = 70
"""Characters of a question's words in the list of places."""


class PlaceForm(Versioned):
    """`warned` is the place of which the page has said what would have to be corrected."""

    place: GroupedField
    warned = HiddenField()

    @classmethod
    def of(cls, form: Form, question: Question) -> "PlaceForm":
        groups = [(section.name, _places_in(section, question)) for section in form.sections]
        field = GroupedField(
            pgettext("form", "Place"),
            [(name, places) for name, places in groups if places],
            first=_("Section"),
            required=True,
        )
        form_type: type[PlaceForm] = type("DrawnPlaces", (cls,), {"place": field})
        return form_type()


def _places_in(section: Section, question: Question) -> list[tuple[str, str]]:
    """The places of a section that are not that of the question: the end first, then each by the
    question that it follows.
    """
    others = [item for item in section.questions if item.key != question.key]
    places = []
    for at, follower in enumerate([*others, None]):
        if others and not follower:
            label = _("At the end")
        elif at == 0:
            label = _("At the beginning")
        else:
            words = others[at - 1].english_title
            short = words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
            label = _("After “%(name)s”", name=short)
        places.append((follower.key if follower else "", label))
    if question in section.questions:
        del places[section.questions.index(question)]
    places.sort(key=lambda place: bool(place[0]))
    return [(f"{section.key}/{key}", label) for key, label in places]


@pages.route(FORM + "/questions/<key>/place", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def place(reference: str, key: str) -> ResponseReturnValue:
    """Choose the section and the place. What is then to be corrected is told before it is done."""
    call = draft_of(reference)
    form = form_on_page(call)
    home = editing.section_of(form, key)
    old = home.question(key)
    typed = PlaceForm.of(form, old)
    opened_at(typed, call)
    faults = []
    if typed.validate_on_submit():
        section, _sign, before = str(typed.place.data).partition("/")
        changed = editing.placed_question(form, key, section, before)
        faults = new_faults(form, changed)
        if faults and typed.warned.data != typed.place.data:
            typed.warned.process_data(typed.place.data)
        elif keep(call, typed, lambda: changed, moved=old.english_title[:80]):
            flash(_("Moved. You can put it back with “Undo”."), "success")
            return to_form(call, f"q-{key}")
    return render_template(
        "applying/builder/place.html", call=call, form=typed, old=old, section=home, faults=faults
    )
