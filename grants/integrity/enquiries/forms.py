"""What is filled in about a reference or a visit."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.integrity.enquiries.models import Finding
from grants.integrity.enquiries.service import Answer
from grants.platform.forms.fields import DateField, FileField, LongTextField, RadioField, TextField
from grants.platform.forms.forms import Form
from grants.platform.web.downloads import received

PAPERS = (".pdf", ".docx", ".png", ".jpg", ".jpeg")


class AskForm(Form):
    """A reference that is asked for: who was asked."""

    who = TextField(
        _l("Who was asked"),
        hint=_l("Name, office and organisation of the person, for example another funder."),
        required=True,
        limit=200,
    )
    asked_on = DateField(_l("Asked on"), last=clock.today, required=True)


class AnswerForm(Form):
    """What was answered."""

    on = DateField(_l("Answered on"), last=clock.today, required=True)
    finding = RadioField(_l("Overall result"), Finding, required=True)
    text = LongTextField(_l("What they answered"), required=True, limit=4000)
    file = FileField(_l("The answer as a file"), accept=PAPERS)

    def answer(self) -> Answer:
        """As the act takes it."""
        upload = received(self.file.data) if self.file.data else None
        return Answer(self.on.data, Finding.of(self.finding.data), self.text.data, upload)


class VisitForm(AnswerForm):
    """A visit to an organisation: who went, and what was seen."""

    who = TextField(_l("Who made the visit"), required=True, limit=200)
    on = DateField(_l("Day of the visit"), last=clock.today, required=True)
    finding = RadioField(_l("Overall result"), Finding, required=True)
    text = LongTextField(_l("What was seen"), required=True, limit=4000)
    file = FileField(_l("Report of the visit"), accept=PAPERS)
