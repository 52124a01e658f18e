"""What people type, and the one value that comes of it."""

import io
from contextlib import suppress
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms.validators import ValidationError

from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import use_language
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind
from grants.platform.forms import typed
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    FileField,
    LongTextField,
    MoneyField,
    NumberField,
    PasswordField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
    WebField,
    YesNoField,
)
from grants.platform.forms.forms import Form

pytestmark = pytest.mark.usefixtures("posted")


def odd(_form: Any, field: Any) -> None:
    if field.data % 2 == 0:
        raise ValidationError("even")


class Everything(Form):
    name = TextField("Name", required=True)
    story = LongTextField("Story", limit=10, required=True)
    email = EmailField("E-mail", required=True)
    phone = PhoneField("Phone")
    site = WebField("Site")
    staff = NumberField("Staff", most=500, checks=[odd])
    share = NumberField("Share", places=1, most=100)
    pledge = MoneyField("Pledge", currencies=("USD", "JPY", "KWD"), required=True)
    cost = AmountField("Cost")
    starts_on = DateField("Home", first=date(2026, 1, 1), last=lambda: date(2026, 12, 31))
    kind = RadioField("Kind", DonorKind, required=True)
    size = SelectField("Size", lambda: [("s", "Small"), ("l", "Large")])
    country = CountryField("Country")
    partners = YesNoField("Partners", required=True)
    services = CheckboxesField("Services", [("law", "Law"), ("food", "Food"), ("home", "Home")])
    consent = CheckboxField("Consent", required=True)
    password = PasswordField("Password")


def filled(**answers: Any) -> Everything:
    """A form posted with these answers and no others."""
    return Everything(MultiDict(answers))


def error_of(field: str, **answers: Any) -> str:
    form = filled(**answers)
    form.validate()
    return str(form.question(field).error)


@pytest.mark.parametrize(
    "text", ["1234.5", "1,234.5", "1 234,5", "1.234,50", "1'234.50", " 1234,5 ", "١٬٢٣٤٫٥"]
)
def test_an_amount_is_read_as_people_type_it(text: str) -> None:
    form = filled(**{"pledge-amount": text, "pledge-currency": "USD"})
    assert form.pledge.data == Money(123450, "USD")


@given(st.integers(1, 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
def test_an_amount_written_out_reads_back_the_same(minor: int, currency: str) -> None:
    shown = Everything(data={"pledge": Money(minor, currency)}).pledge
    again = filled(**{"pledge-amount": shown.part(0), "pledge-currency": shown.part(1)})
    assert again.pledge.data == Money(minor, currency)


@given(st.integers(-(10**9), 10**9), st.sampled_from([",", ".", " ", "\u202f", "’", ""]))
def test_a_whole_number_may_be_grouped_in_any_way(number: int, mark: str) -> None:
    assert typed.whole_number(f"{number:,}".replace(",", mark)) == number


@given(st.decimals(-99999, 99999, places=2, allow_nan=False), st.sampled_from(".,"))
def test_decimals_may_follow_a_point_or_a_comma(number: Decimal, mark: str) -> None:
    assert typed.decimal_number(f"{number:.2f}".replace(".", mark), 2) == number


@given(st.text(max_size=12))
def test_no_text_is_read_as_a_number_by_accident(text: str) -> None:
    with suppress(InvalidInput):
        value = typed.decimal_number(text, 2)
        assert any(mark.isdecimal() for mark in text)
        assert value == value.quantize(Decimal("0.01"))


@pytest.mark.parametrize("text", ["1,2,3", "12,34.5.6", "..", "1-2", "0x10", "1e5", "½", "²"])
def test_what_could_mean_two_things_is_not_guessed_at(text: str) -> None:
    with pytest.raises(InvalidInput):
        typed.decimal_number(text, 2)


@pytest.mark.parametrize(
    ("field", "answers"),
    [
        ("pledge", {"pledge-amount": "0", "pledge-currency": "USD"}),
        ("pledge", {"pledge-amount": "-5", "pledge-currency": "USD"}),
        ("pledge", {"pledge-amount": "5.5", "pledge-currency": "JPY"}),
        ("pledge", {"pledge-amount": "5", "pledge-currency": "XXX"}),
        ("pledge", {"pledge-amount": "much", "pledge-currency": "USD"}),
        ("cost", {"cost": "1.234"[:-1] + "45"}),
        ("staff", {"staff": "501"}),
        ("staff", {"staff": "-1"}),
        ("staff", {"staff": "4"}),
        ("share", {"share": "5.25"}),
        ("email", {"email": "nobody"}),
        ("email", {"email": "a@b"}),
        ("email", {"email": "a b@example.org"}),
        ("phone", {"phone": "12"}),
        ("phone", {"phone": "call me"}),
        ("site", {"site": "nowhere"}),
        ("kind", {"kind": "alien"}),
        ("country", {"country": "ZZ"}),
        ("services", {"services": "spying"}),
        ("starts_on", {"starts_on-day": "31", "starts_on-month": "2", "starts_on-year": "2026"}),
        ("starts_on", {"starts_on-day": "1", "starts_on-month": "", "starts_on-year": "2026"}),
        ("starts_on", {"starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "26"}),
        ("starts_on", {"starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "2027"}),
        ("starts_on", {"starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "2025"}),
        ("story", {"story": "12345678901"}),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_and_kept(
    field: str, answers: dict[str, str]
) -> None:
    form = filled(**answers)
    assert not form.validate()
    assert form.question(field).error
    shown = str(form.question(field)())
    for key, text in answers.items():
        if "currency" not in key and field not in ("kind", "country", "services"):
            assert text in shown


@pytest.mark.parametrize(
    ("month", "language"),
    [
        ("3", "en"), ("03", "en"), ("March", "en"), ("mar", "en"), ("MAR.", "en"),
        ("مارس", "ar"), ("march", "ar"), ("٣", "ar"),
        ("marzo", "en"), ("mars", "en"), ("март", "en"), ("марта", "en"),
    ],
)  # fmt: skip
def test_a_month_may_be_a_number_or_a_name(month: str, language: str) -> None:
    with use_language(language):
        assert typed.day_of("27", month, "2026") == date(2026, 3, 27)


@given(st.dates(date(1700, 1, 1), date(2200, 12, 31)))
def test_every_day_that_there_is_reads_back_the_same(day: date) -> None:
    assert typed.day_of(str(day.day), str(day.month), str(day.year)) == day


def test_answers_are_typed_values() -> None:
    form = filled(
        name="  Maison d’Espoir ",
        story="a\r\nb",
        email="Ann@Example.ORG",
        site="example.org/x",
        kind="ngo",
        size="l",
        partners="no",
        consent="yes",
        staff="1,001"[0],
        share="12,5",
    )
    assert form.name.data == "Maison d’Espoir"
    assert form.story.data == "a\nb"
    assert form.email.data == "Ann@example.org"
    assert form.site.data == "https://example.org/x"
    assert form.kind.data is DonorKind.NGO
    assert (form.size.data, form.partners.data, form.consent.data) == ("l", False, True)
    assert (form.staff.data, form.share.data) == (1, Decimal("12.5"))


def test_several_answers_come_in_the_order_of_the_list() -> None:
    form = Everything(MultiDict([("services", "home"), ("services", "law")]))
    assert form.services.data == ["law", "home"]


def test_an_enumeration_gives_its_member_and_keeps_its_labels() -> None:
    class Plain(StrEnum):
        ONE = "one"

    class Small(Form):
        pick = SelectField("Pick", Plain)

    assert Small(MultiDict({"pick": "one"})).pick.data is Plain.ONE
    assert Small(data={"pick": Plain.ONE}).pick.text == "one"


def test_a_text_is_counted_in_characters_as_people_see_them_typed() -> None:
    assert error_of("story", story="é" * 10) == ""
    assert error_of("story", story="e\u0301" * 10) == ""
    assert error_of("story", story="😀" * 10) == ""
    assert error_of("story", story="a\r\n" * 4 + "bc") == ""
    assert "1" in error_of("story", story="😀" * 11)


def test_a_password_is_taken_as_typed_and_never_shown_again() -> None:
    form = filled(password="  secret word ")
    assert form.password.data == "  secret word "
    assert "secret" not in str(form.password())


def test_what_is_not_answered_is_empty_in_its_own_way() -> None:
    form = filled()
    assert form.name.data == form.story.data == ""
    assert form.services.data == []
    assert form.consent.data is False
    for field in ("staff", "pledge", "starts_on", "kind", "country", "partners"):
        assert form[field].data is None


def test_all_that_is_required_is_asked_for_by_name() -> None:
    form = filled()
    assert not form.validate()
    required = {field.name for field in form.questions() if field.required}
    assert set(form.errors) == required
    for field in form.questions():
        if field.required and field.name != "consent":
            assert str(field.label.text) in str(field.error)


@pytest.mark.parametrize(("most", "size", "taken"), [(2, 2 * 1024**2, True), (2, 2097153, False)])
def test_a_file_larger_than_the_form_says_is_refused_unread(
    most: int, size: int, *, taken: bool
) -> None:
    class Sending(Form):
        file = FileField("Rates", accept=(".csv",), most=most)

    sent = FileStorage(io.BytesIO(b"a" * size), "rates.csv")
    form = Sending(MultiDict({"file": sent}))
    assert form.validate() is taken
    assert f"up to {most} MB" in str(form.file())
    if taken:
        assert len(form.file.data.read()) == size
    else:
        assert str(form.file.error) == "“rates.csv” is too large: 2 MB at most."


def test_an_own_check_is_not_asked_about_an_empty_answer() -> None:
    assert "staff" not in filled().errors
    assert error_of("staff", staff="4") == "even"
