"""What the fund adds to the facts when it thanks its donors."""

from typing import Any

from grants.core.kernel.language import LANGUAGES, OFFERED
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import LongTextField
from grants.platform.forms.forms import Form


class ThanksForm(Form):
    """A few words of the fund, by language."""

    def languages(self) -> list[Any]:
        """The fields, one for each language."""
        return [self[f"words_{code}"] for code in OFFERED]

    def words(self) -> dict[str, str]:
        typed = {code: self[f"words_{code}"].data for code in OFFERED}
        return {code: text for code, text in typed.items() if text}


for _code in OFFERED:
    setattr(
        ThanksForm,
        f"words_{_code}",
        LongTextField(
            _l("A few words from the fund in %(language)s", language=LANGUAGES[_code].name),
            limit=2000,
            rows=3,
        ),
    )
