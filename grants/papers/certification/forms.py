"""What is asked of a person who certifies, and of a person who wonders whether a document is
genuine.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.marks import spaced
from grants.papers.certification.due import Due
from grants.papers.statements.catalogue import CATALOGUE
from grants.papers.typesetting.paper import Span
from grants.platform.forms.fields import (
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    SelectField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.periods import PeriodForm

AT_ONCE = 20
"""Documents that one press certifies: each is printed in every language."""


class CertificatesFilter(QueryForm):
    """Which certified documents to list."""

    document = SelectField(
        _l("Document"),
        lambda: [(row.name, row.label) for row in CATALOGUE.values() if row.certified],
    )
    standing = SelectField(_l("Status"), [("now", _l("In force")), ("then", _l("Superseded"))])


class SpanForm(PeriodForm):
    """The period of the document that is to be certified."""

    since = DateField(_l("First day"), last=clock.today, required=True)
    until = DateField(_l("Last day"), last=clock.today, required=True)

    @property
    def span(self) -> Span:
        since, until = self.since.data, self.until.data
        assert isinstance(since, date)
        assert isinstance(until, date)
        return Span(since, until)


class CertifyForm(Form):
    """The statement that the certifying officer certifies the figures."""

    stands = CheckboxField(
        _l(
            "I have examined these figures and certify that they agree with the records of "
            "the fund."
        ),
        required=True,
        missing=_l("Tick the box if you certify the figures."),
    )
    tell = CheckboxField(_l("Notify the donor by e-mail that the certified document is available."))


class YearForm(CertifyForm):
    """Which statements of a year to certify now."""

    documents = CheckboxesField(_l("Not certified yet"), required=True)
    tell = CheckboxField(
        _l("Notify the donors by e-mail that their certified statements are available.")
    )

    def __init__(self, waiting: Sequence[Due]) -> None:
        self.waiting = waiting[:AT_ONCE]
        super().__init__()

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.documents.choices = [
            (item.key, f"{item.name}{spaced(':')}{item.row.label}") for item in self.waiting
        ]
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> list[Due]:
        return [item for item in self.waiting if item.key in self.documents.data]


class GenuineForm(Form):
    """The PDF in question."""

    file = FileField(_l("The PDF"), required=True)
