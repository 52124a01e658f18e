"""What is filled in about an interview or a visit."""

from collections.abc import Sequence

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Person
from grants.deciding.visits.models import Visit
from grants.deciding.visits.service import Report
from grants.integrity.enquiries.forms import AnswerForm
from grants.integrity.enquiries.models import Finding
from grants.platform.forms.fields import (
    CheckboxesField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form


class PlanForm(Form):
    """When, where and by whom an interview or a visit is held."""

    version = HiddenField()
    on = DateField(_l("Date"), required=True)
    place = TextField(
        _l("Place"), hint=_l("For an interview, also say how: by video or by telephone."), limit=200
    )
    people = CheckboxesField(_l("Led by"), (), required=True)


def plan_form(free: Sequence[Person], visit: Visit | None = None) -> PlanForm:
    """The form with the people who may hold it; filled in with a plan that is to be changed."""
    choices = [(str(person.id), person.name) for person in free]
    hint = _l("People with a conflict of interest are not on this list.")
    people = CheckboxesField(_l("Led by"), choices, hint=hint, required=True)
    kind: type[PlanForm] = type("PlanFormOfApplication", (PlanForm,), {"people": people})
    if visit is None:
        return kind()
    chosen = [str(person.id) for person in visit.people]
    data = {"version": visit.version, "on": visit.planned_on, "place": visit.place}
    return kind(data={**data, "people": chosen})


class ReportForm(AnswerForm):
    """What was found and what is recommended."""

    on = DateField(_l("Carried out on"), last=clock.today, required=True)
    finding = RadioField(_l("Overall result"), Finding, required=True)
    text = LongTextField(_l("Findings"), hint=_l("Do not name victims."), required=True, limit=4000)
    recommendation = LongTextField(
        _l("Recommendation"),
        hint=_l("What those who decide should do or ask for."),
        required=True,
        limit=2000,
    )
    file = FileField(_l("Report as a file"), accept=(".pdf", ".docx"))

    def report(self) -> Report:
        """As the act takes it."""
        return Report(self.answer(), self.recommendation.data)
