"""Keeping a translation: of the text of a call, or of one of its forms."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.service import change_form, require_draft
from grants.applying.form_translations.memory import remember
from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.places import texts_of
from grants.platform.questions.reading import PlacedText

ROWS = ("label", "help", "ask", "remedy")
"""The texts that a criterion or a line of the checklist may have."""


@dataclass(frozen=True, slots=True)
class CallText:
    """One text of a call. `place` leads to it: the column; for a row, number and text too."""

    place: tuple[Any, ...]
    text: PlacedText

    @property
    def name(self) -> str:
        """Of its input, and of its place in files."""
        return "_".join(map(str, self.place))


def texts_of_call(call: Call) -> Iterator[CallText]:
    """The texts of the call itself that there are in English: what it is about, its checklist and
    its criteria.
    """
    where = _("The call")
    for column, part in (("title", _("title")), ("summary", _("purpose"))):
        yield CallText((column,), PlacedText(column, where, part, getattr(call, column), column))
    groups = (("eligibility", _("Checklist")), ("criteria", _("Criteria")))
    for column, group in groups:
        for number, row in enumerate(getattr(call, column)):
            for part in ROWS:
                if (row.get(part) or {}).get("en"):
                    name = f"{column}_{number}"
                    words = _("line %(number)s", number=number + 1)
                    text = PlacedText(name, group, words, row[part], name)
                    yield CallText((column, number, part), text)


def translate_call(
    session: Session, call: Call, code: str, words: Mapping[tuple[Any, ...], str], act: Act
) -> None:
    """Keep the text of a call in a language. `words` by place: (column,), or for a row of criteria
    or of the checklist (column, number, text); empty words leave the English to be read.
    """
    act.demand(Permission.CALL_EDIT, call.scope)
    require_draft(call)
    changed = {name: deepcopy(getattr(call, name)) for name in {place[0] for place in words}}
    for place, text in words.items():
        texts = changed[place[0]] if len(place) == 1 else changed[place[0]][place[1]][place[2]]
        texts.pop(code, None)
        if text:
            texts[code] = text
    for name, value in changed.items():
        setattr(call, name, value)
    record(session, call, "translate", act, language=code)
    remember(session, call.fund_id, [part.text for part in texts_of_call(call)], [code], act)
    session.flush()


def translate_form(
    session: Session, call: Call, form: Form, code: str, act: Act, purpose: FormPurpose
) -> None:
    """Keep a form of the call with its texts in a language, and remember them for other forms of
    the fund.
    """
    change_form(session, call, form, act, purpose=purpose, language=code)
    remember(session, call.fund_id, texts_of(form), [code], act)
