"""What an applicant enters about the person who is asked, and what that person writes."""

from typing import Any

from grants.applying.references.answering import ACCEPTED
from grants.applying.references.models import LONGEST
from grants.core.kernel.language import LANGUAGES, current_language, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import (
    CheckboxField,
    EmailField,
    FileField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.questions.careful import CarefulForm, no_victim_box


class AskForm(Form):
    """Who is asked for the letter."""

    name = TextField(
        _l("Name of the person who is to write the letter"),
        hint=_l("This must not be a person who acts for your organisation."),
        limit=150,
        required=True,
    )
    email = EmailField(_l("E-mail address of this person"), autocomplete="", required=True)
    language = RadioField(
        _l("Language of the e-mail"),
        lambda: [(code, LANGUAGES[code].name) for code in offered()],
        required=True,
    )

    def __init__(self, **options: Any) -> None:
        options.setdefault("data", {"language": current_language().code})
        super().__init__(**options)


class LetterForm(CarefulForm):
    """The letter, as text or as a file."""

    letter = LongTextField(
        _l("Your letter"),
        hint=_l(
            "Write the letter here, or upload it below. Say how long you have known "
            "the applicant, and in what capacity. Do not name victims."
        ),
        limit=LONGEST,
        rows=14,
    )
    file = FileField(_l("or a file with your letter"), accept=ACCEPTED)
    declared = CheckboxField(
        _l("I have written this letter myself, and it is true to the best of my knowledge."),
        required=True,
    )
    certain = no_victim_box()
