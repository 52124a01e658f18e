"""The pages of a pledge in their order: which are asked of whom, and what comes next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.kernel.taxonomies import DonorKind, Earmarking
from grants.core.people.models import Organisation
from grants.core.people.viewer import Viewer
from grants.giving.pledges.forms import BoundForm
from grants.giving.pledges.making import Contact, Giver, Offer
from grants.giving.pledging.draft import Draft
from grants.giving.pledging.forms import (
    AmountForm,
    ContactForm,
    DonorForm,
    GiverForm,
    KindForm,
    OnePaymentForm,
    SeveralPaymentsForm,
    WordsForm,
    YearlyForm,
)
from grants.platform.forms.forms import Form

STATES = (DonorKind.MEMBER_STATE, DonorKind.IGO)


@dataclass(frozen=True)
class Pledging:
    """A person filling in the pages: the draft, who they are, whom they may pledge for."""

    draft: Draft
    viewer: Viewer
    donors: Sequence[Organisation]

    def form(self, step: str) -> Any:
        """A page's form with the answers kept, not yet checked."""
        return STEP[step].kept(self)

    def answer(self, step: str) -> Any:
        """A page's form if its answers can be used, else None."""
        if step not in self.draft.answers or not STEP[step].asked(self):
            return None
        form = self.form(step)
        return form if form.validate() else None

    @property
    def kind(self) -> DonorKind:
        form = self.answer("kind")
        return DonorKind.of(form.kind.data) if form else DonorKind.NGO

    @property
    def amount(self) -> Money:
        form = self.answer("amount")
        return form.amount.data if form else Money(0, "USD")

    @property
    def plan(self) -> str:
        """How the pledge is paid, as the page of the amount calls it."""
        form = self.answer("amount")
        return str(form.plan.data) if form else "one"

    @property
    def several(self) -> bool:
        """Is it paid in more than one payment?"""
        return self.plan != "one"

    @property
    def donor(self) -> Organisation | None:
        """The donor they act for; None if they come as a new one."""
        if len(self.donors) == 1:
            return self.donors[0]
        form = self.answer("donor")
        code = form.donor.data if form else ""
        return next((donor for donor in self.donors if donor.code == code), None)

    @property
    def speaks_for_states(self) -> bool:
        """Is the donor a State or an organisation of States? It pledges in its own currency."""
        return (self.donor.kind if self.donor else self.kind) in STATES

    @property
    def country(self) -> str | None:
        """Where the donor is, as far as it is known yet."""
        if self.donor:
            return self.donor.country
        return self.giver().country if self.answer("giver") else None

    def steps(self) -> list["Step"]:
        """The pages that this person is asked."""
        return [step for step in STEPS if step.asked(self)]

    def missing(self) -> "Step | None":
        """The first page whose answers are not there, or do not fit any more."""
        return next((step for step in self.steps() if self.answer(step.name) is None), None)

    def giver(self) -> Giver:
        giver: Giver = self.answer("giver").giver()
        return giver

    def contact(self) -> Contact:
        contact: Contact = self.answer("contact").contact(self.giver())
        return contact

    def offer(self) -> Offer:
        """What is pledged; every page has been answered."""
        bound, words = self.answer("earmarking"), self.answer("words")
        return Offer(
            amount=self.amount,
            payments=self.answer("payments").payments(),
            earmarking=Earmarking.of(bound.earmarking.data),
            message=words.message.data or "",
            public_name=bool(words.public_name.data),
            key=self.draft.key,
            **bound.bound(),
        )


@dataclass(frozen=True)
class Step:
    """One page: its name in the address, its title, whom it is asked, and its form."""

    name: str
    title: str
    asked: Callable[[Pledging], bool]
    kind: Callable[[Pledging], type[Form]]
    options: Callable[[Pledging], Mapping[str, Any]] = lambda _way: {}
    preset: Callable[[Pledging], Mapping[str, Any]] = lambda _way: {}

    def fresh(self, way: Pledging) -> Form:
        """The form as this request fills it."""
        return self.kind(way)(**self.options(way))

    def kept(self, way: Pledging) -> Form:
        """The form as its answers were left, or with what can be proposed."""
        typed = way.draft.answers.get(self.name)
        if typed is None:
            return self.kind(way)(None, data=dict(self.preset(way)), **self.options(way))
        return self.kind(way).reopen(typed, **self.options(way))


PAYMENTS: Mapping[str, type[Form]] = {
    "one": OnePaymentForm,
    "yearly": YearlyForm,
    "several": SeveralPaymentsForm,
}
"""What is asked about the days of the payments, by how the pledge is paid."""


def _is_newcomer(way: Pledging) -> bool:
    return not way.donors


def _halved_amount(way: Pledging) -> Mapping[str, Any]:
    if way.plan != "several":
        return {}
    return {"rows": [{"amount": part} for part in way.amount.allocate([1, 1])]}


STEPS = (
    Step(
        "donor",
        _l("Who are you pledging for?"),
        lambda way: len(way.donors) > 1,
        lambda _way: DonorForm,
        lambda way: {"donors": way.donors},
    ),
    Step("kind", _l("Who is making the pledge?"), _is_newcomer, lambda _way: KindForm),
    Step(
        "giver",
        _l("Name and country"),
        _is_newcomer,
        lambda _way: GiverForm,
        lambda way: {"kind": way.kind},
    ),
    Step(
        "contact",
        _l("Who should we write to?"),
        lambda way: _is_newcomer(way) and way.viewer.person_id is None,
        lambda _way: ContactForm,
        lambda way: {"individual": way.kind is DonorKind.INDIVIDUAL},
    ),
    Step(
        "amount",
        _l("Your pledge"),
        lambda _way: True,
        lambda _way: AmountForm,
        lambda way: {"country": way.country},
    ),
    Step(
        "payments",
        _l("When you will pay"),
        lambda _way: True,
        lambda way: PAYMENTS[way.plan],
        lambda way: {"promised": way.amount},
        _halved_amount,
    ),
    Step("earmarking", _l("What it is for"), lambda _way: True, lambda _way: BoundForm),
    Step(
        "words",
        _l("Publication of your name, and your message"),
        lambda _way: True,
        lambda _way: WordsForm,
    ),
)
STEP = {step.name: step for step in STEPS}
RESTS_ON = {"giver": "kind", "contact": "kind", "payments": "amount"}
"""What a page asks depends on the answer of another."""


def step_called(name: str, way: Pledging) -> Step:
    """The page of this name, or Missing if there is none for this person."""
    step = STEP.get(name)
    if step is None or not step.asked(way):
        raise Missing(_("Page of the pledge form not found."))
    return step


def needed_first(step: Step, way: Pledging) -> Step | None:
    """The page on whose answer this one rests, if that is not answered yet."""
    name = RESTS_ON.get(step.name)
    return STEP[name] if name and way.answer(name) is None else None


def after(step: Step, way: Pledging, *, changing: bool) -> Step | None:
    """The page that follows; None when the answers are to be checked.

    Who changes one answer goes back to the check, unless another answer no longer fits.
    """
    if changing:
        return way.missing()
    steps = way.steps()
    following = steps[steps.index(step) + 1 :]
    return following[0] if following else way.missing()


def before(step: Step, way: Pledging) -> Step | None:
    """The page before, None on the first."""
    steps = way.steps()
    at = steps.index(step)
    return steps[at - 1] if at else None
