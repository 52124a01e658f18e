"""What the fund's people write to donors."""

from typing import Any

from grants.core.kernel.language import LANGUAGES, OFFERED, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.fundraising.appeals.models import Appeal
from grants.platform.forms.fields import LongTextField, TextField
from grants.platform.forms.forms import Form


class AppealForm(Form):
    """Heading and text of an appeal, in each language."""

    @classmethod
    def of(cls, appeal: Appeal | None) -> "AppealForm":
        """The form with what is written."""
        if appeal is None:
            return cls()
        written = {f"heading_{code}": text for code, text in appeal.heading.items()}
        return cls(data={**written, **{f"body_{code}": t for code, t in appeal.body.items()}})

    def languages(self) -> list[tuple[str, Any, Any]]:
        """(name, heading, text) of each language that the funds here speak, English first."""
        texts = [(code, self[f"heading_{code}"], self[f"body_{code}"]) for code in OFFERED]
        return [
            (LANGUAGES[code].name, heading, body)
            for code, heading, body in texts
            if code in offered() or heading.data or body.data
        ]

    def headings(self) -> dict[str, str]:
        return {code: self[f"heading_{code}"].data or "" for code in OFFERED}

    def bodies(self) -> dict[str, str]:
        return {code: self[f"body_{code}"].data or "" for code in OFFERED}


for _code in OFFERED:
    _named = {"language": LANGUAGES[_code].name}
    _first = _code == "en"
    setattr(
        AppealForm,
        f"heading_{_code}",
        TextField(_l("Heading in %(language)s", **_named), required=_first, limit=150),
    )
    setattr(
        AppealForm,
        f"body_{_code}",
        LongTextField(_l("Text in %(language)s", **_named), required=_first, limit=6000, rows=14),
    )
