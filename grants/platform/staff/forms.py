"""What is filled in to appoint a person, to end a role, to note a reviewer's expertise."""

from collections.abc import Sequence
from typing import Any

from grants.core.funds.models import Fund
from grants.core.kernel.language import LANGUAGES, offered
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import RegionalGroup, Service
from grants.core.people.duties import decides
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.service import Tenure
from grants.core.texts.marks import spaced
from grants.platform.forms.fields import (
    CheckboxesField,
    CountryField,
    DateField,
    EmailField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.forms.step_pages import ReasonForm
from grants.platform.staff.expertise import Knowledge, spoken
from grants.platform.staff.queries import STAFF_ROLES
from grants.platform.staff.service import Invitee, Office

EVERY_FUND = "all"


class AppointForm(Form):
    """Who is to hold which role, where, from when to when, and why."""

    email = EmailField(_l("E-mail address"), required=True)
    name = TextField(
        _p("person", "Name"),
        hint=_l(
            "As it should appear in signatures. A person who is already registered keeps "
            "their name."
        ),
        limit=120,
        required=True,
    )
    language = RadioField(
        _l("Language of their pages and e-mails"),
        lambda: [(code, LANGUAGES[code].name) for code in offered()],
        required=True,
        default="en",
    )
    role = RadioField(_l("Role"), required=True)
    fund = SelectField(_l("Fund"), required=True)
    from_on = DateField(_l("First day"), hint=_l("Leave empty to begin immediately."))
    until_on = DateField(_l("Last day"), hint=_l("Leave empty if none is set."))
    regional_group = SelectField(
        _l("Regional group"), RegionalGroup, hint=_l("For a member of the Board of Trustees.")
    )
    reason = LongTextField(
        _l("Reason"),
        hint=_l("Such as the decision or the letter of appointment."),
        required=True,
        limit=1000,
        rows=3,
    )

    def __init__(
        self, funds: Sequence[Fund], roles: Sequence[Role], *, every: bool, **options: Any
    ) -> None:
        self._funds = {fund.code: fund for fund in funds}
        self._roles, self._every = roles, every
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.role.choices = [(role.value, role.label, _role_hint(role)) for role in self._roles]
        self.fund.choices = [
            *([(EVERY_FUND, str(_l("All funds")))] if self._every else []),
            *(
                (fund.code, spaced(":").join((fund.code, fund.title)))
                for fund in self._funds.values()
            ),
        ]
        super().process(formdata, *args, **options)

    @property
    def invitee(self) -> Invitee:
        return Invitee(self.email.data or "", self.name.data or "", self.language.data)

    @property
    def office(self) -> Office:
        tenure = Tenure(self.from_on.data, self.until_on.data, self.regional_group.data)
        return Office(Role(self.role.data), self._funds.get(self.fund.data), tenure)


def _role_hint(role: Role) -> str:
    return str(_l("Another administrator must confirm the appointment.")) if decides(role) else ""


class EndForm(ReasonForm):
    """Why a role ends, and who takes over what is open."""

    successor = SelectField(_l("Who takes over the open work?"))

    def __init__(self, people: Sequence[Person], *, open_work: bool, **options: Any) -> None:
        self._people = people if open_work else ()
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.successor.choices = [(str(person.id), person.name) for person in self._people]
        if not self._people:
            del self.successor
        super().process(formdata, *args, **options)

    def chosen(self, people: Sequence[Person]) -> Person | None:
        field = self._fields.get("successor")
        return next((person for person in people if field and str(person.id) == field.data), None)


class OwnerForm(Form):
    """Whose account it is."""

    person = SelectField(_l("Whose account is it?"), required=True)

    def __init__(self, people: Sequence[Person], **options: Any) -> None:
        self._people = {str(person.id): person for person in people}
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.person.choices = [
            (key, f"{person.name} ({person.email})") for key, person in self._people.items()
        ]
        super().process(formdata, *args, **options)

    @property
    def owner(self) -> Person:
        return self._people[self.person.data]


class LinkForm(Form):
    """The account of a person at the provider."""

    subject = TextField(
        _l("Identifier of the account"),
        hint=_l("What the provider calls “sub” or “object ID”. It is not an e-mail address."),
        required=True,
        limit=255,
    )


class ExpertiseForm(Form):
    """What a reviewer can judge."""

    languages = CheckboxesField(_l("Languages in which they read applications"), spoken)
    regions = CheckboxesField(_l("Regions of expertise"), RegionalGroup)
    aid = CheckboxesField(_l("Types of aid they know"), Service)
    country = CountryField(
        _l("Country they come from"),
        hint=_l("A call may ask for reviewers who do not come from the country of the project."),
    )

    @property
    def knowledge(self) -> Knowledge:
        regions, aid = tuple(self.regions.data), tuple(self.aid.data)
        return Knowledge(tuple(self.languages.data), regions, aid, self.country.data or None)


class PeopleFilter(QueryForm):
    """Which people the list shows."""

    role = SelectField(_l("Role"), lambda: [(role.value, role.label) for role in STAFF_ROLES])
    ended = SelectField(_l("Status"), lambda: [("ended", str(_l("Ended")))])
