"""One question answered in several boxes, each a field of its own: an address, a person.

class AddressRow(Row):
    street = TextField(_l("Street"), required=True)
    town = TextField(_l("Town"), required=True)

address = GroupField(AddressRow, _l("Address"))
"""

from typing import Any, ClassVar

from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from grants.core.kernel.language import gettext as _
from grants.platform.forms import widgets
from grants.platform.forms.fields.question import Question
from grants.platform.forms.fields.row import Row


class GroupField(Question):
    """The fields of one row in a frame of their own. `data` is a dict; None where all are blank."""

    widget = staticmethod(widgets.group)
    EMPTY: ClassVar[Any] = None

    def __init__(self, row: type[Row], label: str = "", **options: Any) -> None:
        super().__init__(label, **options)
        self.row_class = row
        self.row = self._make_row(None)

    def process(self, formdata: Any, data: Any = unset_value, *_filters: Any, **_more: Any) -> None:
        self.process_errors = []
        values = self.default if data is unset_value else data
        self.row = self._make_row(formdata, **({} if formdata else {"data": dict(values or {})}))
        self.raw_data = None

    @property
    def data(self) -> dict[str, Any] | None:
        return None if self.row.is_blank() else self.row.data

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets it at birth; the boxes are the data."""

    @property
    def boxes(self) -> list[Question]:
        return list(self.row.columns())

    @property
    def target(self) -> str:
        return self.boxes[0].target

    def inputs(self) -> set[str]:
        return set().union(*(box.inputs() for box in self.boxes))

    def is_empty(self) -> bool:
        return self.row.is_blank()

    def pre_validate(self, form: Any) -> None:
        require = getattr(form, "require", True)
        self.names_itself = True
        if self.is_empty():
            raise StopValidation(self.missing_text() if self.required and require else "")
        self.row.require = require
        self.names_itself = False
        if not self.row.validate():
            raise StopValidation(_("Correct what is marked below."))

    def problems(self) -> list[tuple[str, str]]:
        inside = [
            (target, _("%(label)s: %(message)s", label=self.label.text, message=line))
            for box in self.boxes
            for target, line in box.problems()
        ]
        return inside or super().problems()

    def _make_row(self, formdata: Any, **options: Any) -> Row:
        currency = getattr(self.form, "currency", "USD")
        return self.row_class(formdata, prefix=f"{self.name}-", currency=currency, **options)
