"""What the public looks for among grants."""

from collections.abc import Iterable
from typing import Any

from grants.core.countries.countries import by_country_name
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Window
from grants.platform.forms.fields import SelectField, TextField
from grants.platform.forms.forms import QueryForm
from grants.publishing.facts.grants import GrantFilter

STATUSES = {
    "approved": (_l("Agreement to be signed"), "waiting"),
    "active": (_p("grant", "Active"), "good"),
    "closed": (_p("grant", "Closed"), "neutral"),
}
"""The status of a grant in public: its name and its tone."""


class GrantsFilter(QueryForm):
    """Which grants of a fund are shown."""

    q = TextField(_l("Organisation, project or reference"), limit=100)
    window = SelectField(_l("Window"), Window.choices)
    status = SelectField(
        _l("Status"), lambda: [(code, name) for code, (name, _tone) in STATUSES.items()]
    )

    @property
    def chosen(self) -> GrantFilter:
        """What was chosen, as facts are asked for it."""
        names = {"q": "text"}
        return GrantFilter(
            **{
                names.get(field.name, field.name): str(field.data or "").strip()
                for field in self.questions()
            }
        )


def filter_of(countries: Iterable[str], calls: Iterable[str]) -> GrantsFilter:
    """The filter that offers these countries and calls: those of the fund's own grants."""
    fields: dict[str, Any] = {
        "country": SelectField(_l("Country"), by_country_name(countries)),
        "call": SelectField(_l("Call for proposals"), [(call, call) for call in calls]),
    }
    offered: type[GrantsFilter] = type("OfferedGrantsFilter", (GrantsFilter,), fields)
    return offered()
