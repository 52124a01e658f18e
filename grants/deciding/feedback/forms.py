"""What the secretariat writes for the letters of applicants."""

from collections.abc import Mapping, Sequence
from typing import Any

from grants.applying.applications.models import Application
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.letters.models import OutcomeLetter
from grants.deciding.letters.texts import Frame, not_a_fact, unknown_facts
from grants.deciding.letters.writing import Words
from grants.platform.forms.fields import LongTextField
from grants.platform.forms.forms import Form

LIMIT = 2000


class ParagraphForm(Form):
    """A paragraph for the letter."""

    paragraph = LongTextField(
        _l("Paragraph in the letter"),
        hint=_l("It follows the decision. Leave empty if there is nothing to add."),
        limit=LIMIT,
        rows=5,
    )


class LetterTextForm(Form):
    """How a letter begins and ends, in one language."""

    opening = LongTextField(
        _l("Beginning of the letter"),
        hint=_l("Leave empty for the standard text."),
        limit=LIMIT,
        rows=6,
    )
    closing = LongTextField(
        _l("End of the letter"),
        hint=_l("Leave empty for the standard text."),
        limit=LIMIT,
        rows=6,
    )

    def words(self) -> Frame:
        """What is written."""
        return Frame(self.opening.data or "", self.closing.data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """A fact that no letter has is told at its field."""
        valid = super().validate(extra_validators)
        for name in ("opening", "closing"):
            for unknown in unknown_facts(self[name].data or ""):
                self.complain(name, not_a_fact(unknown))
                valid = False
        return valid


class LetterForm(ParagraphForm):
    """Made by `letter_form` for one call's criteria."""

    keys: Sequence[str] = ()

    def words(self) -> Words:
        """What is written, by criterion."""
        texts = {key: self[f"told_{key}"].data or "" for key in self.keys}
        return Words(self.paragraph.data or "", texts)


def letter_form(
    application: Application, draft: OutcomeLetter | None, suggested: Mapping[str, str]
) -> LetterForm:
    """The form of one letter: as it was left, else filled in with what reviewers suggest."""
    criteria = application.call.criteria
    texts = draft.feedback if draft else suggested
    drawn: dict[str, Any] = {"keys": [criterion["key"] for criterion in criteria]}
    data: dict[str, Any] = {"paragraph": draft.paragraph if draft else ""}
    for criterion in criteria:
        name = f"told_{criterion['key']}"
        drawn[name] = LongTextField(in_language(criterion["label"]), limit=LIMIT, rows=3)
        data[name] = texts.get(criterion["key"], "")
    kind: type[LetterForm] = type("LetterFormOfCall", (LetterForm,), drawn)
    return kind(data=data)
