"""Every component on one page, for a person who writes pages and for the tests. Development
only.
"""

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, abort, render_template, request
from markupsafe import Markup

from grants.core.kernel.language import CLOSE_MARK, OPEN_MARK, current_language
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import AgeBand, DonorKind, Service, Sex
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    CheckboxField,
    CountryField,
    DateField,
    EmailField,
    FileField,
    HiddenField,
    LongTextField,
    MatrixField,
    MoneyField,
    NumberField,
    PasswordField,
    PhoneField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
    WebField,
    YesNoField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.guides.places import Help
from grants.platform.layout.chrome import Account, LanguageChoice, NavItem
from grants.platform.web.face import Face
from grants.variables import is_local


class Sample:
    """Text of the gallery alone: marked like a translation, but no work for translators."""

    def __init__(self, text: str) -> None:
        self.words = text

    def __str__(self) -> str:
        marked = current_language().pseudo
        return f"{OPEN_MARK}{self.words}{CLOSE_MARK}" if marked else self.words


s: Any = Sample
"""Typed loosely, as a lazy translation is: it is used where a label is a str."""


class BudgetRow(Row):
    category = SelectField(
        s("Category"), lambda: [("staff", s("Staff")), ("aid", s("Direct aid"))], required=True
    )
    description = TextField(s("Description"), required=True)
    quantity = NumberField(s("Quantity"), places=2, required=True, width=4)
    unit_cost = AmountField(s("Unit cost"), required=True)


class GalleryForm(Form):
    name = TextField(s("Name of the organisation"), required=True, autocomplete="organization")
    kind = RadioField(s("What kind of donor are you?"), DonorKind, required=True)
    email = EmailField(
        s("E-mail address"), required=True, hint=s("We write to it only about this.")
    )
    phone = PhoneField(s("Telephone"))
    site = WebField(s("Web site"))
    country = CountryField(s("Country of registration"), required=True)
    pledge = MoneyField(s("How much do you pledge?"), required=True, hint=s("Any amount helps."))
    share = NumberField(s("Share of direct aid"), most=100, suffix="%", width=3)
    starts_on = DateField(s("When does the project start?"), required=True, hint="27 3 2026")
    partners = YesNoField(s("Do partners carry out a part of it?"), required=True)
    services = CheckboxesField(s("Which services do you give?"), Service)
    problem = LongTextField(
        s("The problem and whom it affects"),
        required=True,
        limit=1500,
        hint=s("No names of victims."),
    )
    change = LongTextField(s("The change"), most_words=150, rows=3)
    budget = RowsField(BudgetRow, s("Budget"), product=("quantity", "unit_cost"), shown=2, most=4)
    people = MatrixField(s("Planned beneficiaries"), rows=Sex, columns=AgeBand)
    certificate = FileField(s("Registration certificate"), accept=(".pdf", ".jpg"), required=True)
    password = PasswordField(s("Password"), required=True)
    version = HiddenField()
    consent = CheckboxField(s("I may speak for this organisation."), required=True)


class GalleryFilter(QueryForm):
    q = TextField(s("Organisation or number"))
    state = SelectField(s("Status"), lambda: [("open", s("Open")), ("won", s("Awarded"))])
    country = CountryField(s("Country"))


LINES = (("aid", "Legal aid", 12, 45050), ("staff", "Counsellor", 8, 120000))
TYPED: dict[str, Any] = {
    "version": "1",
    "name": "Maison d’Espoir",
    "kind": "ngo",
    "budget": [
        {
            "category": category,
            "description": description,
            "quantity": quantity,
            "unit_cost": Money(cost, "USD"),
        }
        for category, description, quantity, cost in LINES
    ],
    "people": {"female": {"12-17": 40, "18-24": 65}, "male": {"12-17": 12}},
    "problem": "Girls who return from the coast find no shelter.\nThe nearest is 140 km away.",
}


def register(app: Flask, mark: Any = lambda view: view) -> None:
    """Mount the gallery at /gallery; `mark` says who may open it."""
    app.add_url_rule("/gallery", "gallery", mark(gallery), methods=["GET", "POST"])


def gallery() -> str:
    """All components; ?errors shows the form refused, ?lists the lists and figures alone."""
    if not is_local(request.host_url):
        abort(404)
    form = GalleryForm(data=TYPED)
    if request.method == "POST":
        form.validate()
    return render_template("layout/gallery.html", **facts(), form=form, query=GalleryFilter())


def facts() -> dict[str, Any]:
    """Plausible things to show."""
    usd = [Money(minor, "USD") for minor in (471_250_000, 385_000_050, 126_430_000, -4_500_000)]
    deadline = datetime(2026, 2, 28, 22, 59, tzinfo=UTC)
    return {
        "s": Sample,
        "usd": usd,
        "monies": [Money(250_000, "EUR"), Money(5_000_000, "JPY"), Money(1_234_500, "KWD"), usd[3]],
        "day": date(2026, 3, 27),
        "deadline": deadline,
        "bars": Markup(
            '<svg viewBox="0 0 300 60" role="img"><title>{}</title>'
            '<rect width="240" height="14" fill="#0f2f52"/>'
            '<rect y="22" width="180" height="14" fill="#2f6f9f"/>'
            '<rect y="44" width="64" height="14" fill="#e2a03f"/></svg>'
        ).format(Sample("Pledged, received, available")),
    }


def navigation() -> list[NavItem]:
    """A navigation as a fund manager has it."""
    return [
        NavItem(str(s("Home")), "/gallery"),
        NavItem(str(s("Applications")), "#a", count=12),
        NavItem(str(s("Grants")), "#g"),
        NavItem(
            str(s("Funding")),
            "#f",
            current=True,
            count=3,
            pages=(
                NavItem(str(s("Pledges")), "#p", current=True),
                NavItem(str(s("Contributions")), "#c", count=3),
            ),
        ),
        NavItem(str(s("Statements")), "#s"),
    ]


def account() -> Account:
    return Account("Amina Okonkwo", str(s("Fund manager")), "#me", "/sign-out", desk=True)


def choices() -> list[LanguageChoice]:
    code = current_language().code
    return [
        LanguageChoice("en", "English", "ltr", "?language=en", code.startswith("en")),
        LanguageChoice("ar", "العربية", "rtl", "?language=ar", code.startswith("ar")),
    ]


def face() -> Face:
    return Face("UNVTF", str(s("UN Voluntary Trust Fund for Victims of Trafficking in Persons")))


FRAME: dict[str, Any] = {
    "navigation": navigation,
    "account": account,
    "sign_in_url": lambda: "",
    "language_choices": choices,
    "face": face,
    "give_url": lambda: "",
    "who": lambda: "1",
    "signed_in_until": lambda: 4_102_444_800,
    "help_here": Help,
    "more_pages": list,
    "tabs_here": list,
    "saved_stamps": list,
    "funds_to_choose": list,
}
"""What the gallery shows around the page when there is no application behind it."""
