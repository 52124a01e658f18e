"""What is filled in about an allegation, and about who reads them."""

from collections.abc import Sequence

from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.models import Organisation, Person
from grants.granting.allegations.models import AllegationReader, Subject
from grants.granting.allegations.service import Statement
from grants.platform.forms.fields import (
    CheckboxField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
)
from grants.platform.forms.forms import Form
from grants.platform.questions.careful import CarefulForm, no_victim_box

Places = Sequence[tuple[Fund, Organisation]]


class EnterForm(CarefulForm):
    """An allegation that is entered."""

    place = SelectField(_l("Organisation"), (), required=True)
    subject = RadioField(_l("What is it about?"), Subject, required=True)
    text = LongTextField(
        _l("What happened?"),
        hint=_l(
            "Say also when it happened and who is said to have done it. Never name a "
            "victim or write anything that could identify one."
        ),
        required=True,
        limit=6000,
    )
    unnamed = CheckboxField(_l("Do not record my name"))
    certain = no_victim_box()

    def statement(self) -> Statement:
        """As the act takes it."""
        return Statement(self.subject.data, self.text.data, is_named=not self.unnamed.data)


def place_code(place: tuple[Fund, Organisation]) -> str:
    """A fund and an organisation in one word."""
    fund, organisation = place
    return f"{fund.code}/{organisation.code}"


def enter_form(places: Places) -> EnterForm:
    """The form with the organisations about which this person may say something."""
    choices = [(place_code(place), f"{place[1].name} · {place[0].title}") for place in places]
    field = SelectField(_l("Organisation"), choices, required=True)
    kind: type[EnterForm] = type("EnterFormOfPerson", (EnterForm,), {"place": field})
    return kind()


class ReasonForm(CarefulForm):
    """What was concluded, and on what it rests."""

    version = HiddenField()
    reason = LongTextField(
        _l("Reason"),
        hint=_l("Only the people named for this can read it."),
        required=True,
        limit=4000,
    )
    certain = no_victim_box()


class NoteForm(CarefulForm):
    """What was learned or done."""

    text = LongTextField(
        _l("What was learned or done?"),
        hint=_l("Only the people named for this can read it."),
        required=True,
        limit=4000,
    )
    certain = no_victim_box()


class NameForm(Form):
    """A person to be named."""

    person = SelectField(_l("Person"), (), required=True)


def name_form(people: Sequence[Person]) -> NameForm:
    """The form with the people who may be named."""
    choices = [(str(person.id), person.name) for person in people]
    person = SelectField(_l("Person"), choices, required=True)
    kind: type[NameForm] = type("NameFormOfFund", (NameForm,), {"person": person})
    return kind()


class EndForm(Form):
    """A person who is no longer named."""

    reader = SelectField(_l("Person"), (), required=True)


def end_form(readers: Sequence[AllegationReader]) -> EndForm:
    """The form with the people who are named."""
    choices = [(str(reader.id), reader.person.name) for reader in readers]
    reader = SelectField(_l("Person"), choices, required=True)
    kind: type[EndForm] = type("EndFormOfFund", (EndForm,), {"reader": reader})
    return kind()
