"""The text of a call itself in another language: its title, purpose, criteria and checklist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.applying.builder.pages import APPLICATION_FORM, draft_of, opened_at, pages, to_form
from grants.applying.builder.translating_views import LANGUAGES
from grants.applying.calls.models import Call
from grants.applying.calls.translating import translate_call
from grants.applying.form_parts.forms import TranslationForm
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.forms.typed import counted
from grants.platform.questionnaires.translation import language_name
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt

ROWS = ("label", "help", "ask", "remedy")
"""The texts that a criterion or a line of the checklist may have."""


@dataclass(frozen=True, slots=True)
class CallText:
    """One text of a call. `place` leads to it: the column; for a row, number and text too."""

    place: tuple[Any, ...]
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Of its input."""
        return "_".join(map(str, self.place))


@pages.route(APPLICATION_FORM + "/languages/<code>/call", methods=["GET", "POST"])
@needs(Permission.CALL_EDIT)
def translate_text(reference: str, code: str) -> ResponseReturnValue:
    """The text of the call in English, with a box for this language."""
    call = draft_of(reference)
    if code not in LANGUAGES:
        raise Missing(_("Language not found."))
    texts = list(_texts_of(call))
    typed = TranslationForm.of(
        [(text.name, text.texts["en"], text.texts.get(code, "")) for text in texts]
    )
    opened_at(typed, call)
    if typed.validate_on_submit():
        words = {text.place: str(typed[text.name].data).strip() for text in texts}
        with attempt(typed) as (opened, outcome):
            call.seen_at(counted(typed.version.data))
            translate_call(opened, call, code, words, this_act())
        if outcome:
            flash(_("Saved."), "success")
            return to_form(call, "languages")
    return render_template(
        "applying/builder/wording.html",
        call=call,
        form=typed,
        texts=texts,
        code=code,
        language_title=language_name(code),
    )


def _texts_of(call: Call) -> Iterator[CallText]:
    """The texts that there are in English."""
    for column in ("title", "summary"):
        yield CallText((column,), getattr(call, column))
    for column in ("eligibility", "criteria"):
        for number, row in enumerate(getattr(call, column)):
            for part in ROWS:
                if (row.get(part) or {}).get("en"):
                    yield CallText((column, number, part), row[part])
