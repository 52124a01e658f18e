"""What a translator is asked: every text of a form in one language."""

from collections.abc import Sequence

from grants.applying.form_parts.conditional import Versioned
from grants.applying.form_parts.properties import MOST_WORDS
from grants.platform.forms.fields import LongTextField


class TranslationForm(Versioned):
    """Every text of a form in one language, beside the English."""

    @classmethod
    def of(
        cls, texts: Sequence[tuple[str, str, str]], *, from_page: bool = True
    ) -> "TranslationForm":
        """Of (name of the input, English, what stands now). `from_page`: what was typed on the page
        comes first.
        """
        drawn = {
            name: LongTextField(
                words,
                limit=max(MOST_WORDS, 2 * len(words)),
                rows=1 if len(words) < 80 else 3,
                counted=len(words) > MOST_WORDS // 2,
            )
            for name, words, _now in texts
        }
        form_class: type[TranslationForm] = type("DrawnTranslation", (cls,), drawn)
        data = {name: now for name, _words, now in texts}
        return form_class(data=data) if from_page else form_class(None, data=data)
