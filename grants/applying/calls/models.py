"""A call for proposals: what differs from call to call is a setting here, never code."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.calls.purposes import STANDARDS, FormPurpose
from grants.applying.calls.workflow import CALL, SCHEDULED, CallState
from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Minor, Texts, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.funds.models import Fund
from grants.core.kernel.clock import day_of
from grants.core.kernel.language import in_language
from grants.core.kernel.money import Money, usd
from grants.core.kernel.workflow import StateName
from grants.core.people.models import Person
from grants.core.people.owned import OfFund
from grants.platform.questionnaires.form import Form
from grants.platform.questionnaires.repeated import with_repetitions
from grants.platform.questionnaires.stages import names_note, with_note
from grants.platform.questionnaires.translation import complete_languages, languages_of
from grants.platform.questionnaires.written import from_json

THE_MINUTE = timedelta(minutes=1)
"""A deadline of 23:59 holds until 23:59 is over: that is how people read it."""


YEARS_UNTIL_START = 2
"""A project starts before the end of so many calendar years after the deadline."""


LONGEST_CYCLE = 40
"""Characters."""


class Call(OfFund, Versioned, Base):
    """One call with its rules, form and criteria. Sums in USD cents."""

    __tablename__ = "call"
    __bound__ = (
        "id",
        "reference",
        "fund_id",
        "state",
        "opens_at",
        "deadline_at",
        "envelope_minor",
        "lowest_minor",
        "highest_minor",
        "months",
        "reviewers",
        "pass_mark",
        "criteria",
        "eligibility",
        "blind",
        "second_screener",
        "board_advises",
        "approvers",
        "second_stage_id",
        "visit",
        "archived_as",
        "cycle",
        "window",
        "title",
        "summary",
        "time_zone",
        "least_months",
        "earliest_start_on",
        "registered_by",
        "experience_years",
        "years_in_a_row",
        "applications_per_organisation",
        "questions_until",
        "answers_on",
        "countries",
        "languages",
        "reviewers_abroad",
        "divergence",
        "ranks_adjusted",
        "references_needed",
        "signatory_signs",
        "form",
        "grantee_forms",
        "ceilings",
        "made_at",
        "examines_grantees",
        "reports_first",
        "safeguarding",
    )
    __deletable__ = True
    """While it is a draft; the database keeps every other."""
    __table_args__ = (
        CheckConstraint("opens_at < deadline_at", name="opens_before_deadline"),
        CheckConstraint("0 < lowest_minor AND lowest_minor <= highest_minor", name="amounts"),
        CheckConstraint("months > 0 AND reviewers >= 0", name="counts"),
        CheckConstraint("least_months BETWEEN 1 AND months", name="least_months"),
        CheckConstraint("experience_years > 0", name="experience_years"),
        CheckConstraint("years_in_a_row > 0", name="years_in_a_row"),
        CheckConstraint("applications_per_organisation > 0", name="applications_per_organisation"),
        CheckConstraint("divergence BETWEEN 1 AND 99", name="divergence"),
        CheckConstraint("approvers BETWEEN 1 AND 5", name="approvers"),
        CheckConstraint("references_needed BETWEEN 0 AND 9", name="references_needed"),
        CheckConstraint("safeguarding IN ('', 'warning', 'required')", name="safeguarding"),
        CheckConstraint("visit IN ('', 'interview', 'visit')", name="visit"),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark"),
        CheckConstraint(
            "state <> 'archived' OR coalesce(archived_as, '') IN ('published', 'withdrawn')",
            name="archived_as",
        ),
        Index("ix_call_fund_deadline", "fund_id", "deadline_at"),
        Index("ix_call_words", text("plain_words(title ->> 'en')"), postgresql_using="gin"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    state: Mapped[CallState] = mapped_column(choice(CallState))
    archived_as: Mapped[CallState | None] = mapped_column(choice(CallState, "call_archived_as"))
    """What it was when it went to the archive, and is again when it is brought back."""
    cycle: Mapped[str] = mapped_column(String(LONGEST_CYCLE), default="", server_default="")
    """The round of calls to which it belongs, such as "2026–2027"; empty: none is named."""
    window: Mapped[str] = mapped_column(String(40))
    """Within the cycle: SGP1 (short-term humanitarian), SGP2 (comprehensive), special."""
    title: Mapped[Texts]
    summary: Mapped[Texts]
    opens_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(40))
    envelope_minor: Mapped[Minor]
    """USD cents for all awards together."""
    lowest_minor: Mapped[Minor]
    highest_minor: Mapped[Minor]
    """USD cents an application may ask for."""
    months: Mapped[int]
    """Longest duration of a project."""
    least_months: Mapped[int | None]
    """Shortest duration of a project; none: any."""
    earliest_start_on: Mapped[date | None]
    registered_by: Mapped[date | None]
    """Registration certificates issued after this day are not eligible."""
    experience_years: Mapped[int | None]
    """Years for which an organisation must have assisted victims by the deadline; none: any."""
    years_in_a_row: Mapped[int | None]
    """Most years in a row with a grant of the fund, that of `earliest_start_on` included; none: no
    limit."""
    applications_per_organisation: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many applications an organisation may have begun or submitted; a second stage takes one
    for each concept note that is invited instead."""
    questions_until: Mapped[date | None]
    """The last day, in the call's time zone, on which questions can be asked; none: never."""
    answers_on: Mapped[date | None]
    """The day by which their answers are published."""
    countries: Mapped[list[str]] = mapped_column(default=list)
    """ISO codes of countries of implementation; empty = all."""
    languages: Mapped[list[str]] = mapped_column(default=list)
    """Languages in which answers are accepted."""
    reviewers: Mapped[int] = mapped_column(default=2)
    """Reviews an application needs. 0: the secretariat recommends without any."""
    reviewers_abroad: Mapped[bool] = mapped_column(default=False)
    """Nobody reviews an application from, or for, the own country."""
    divergence: Mapped[int | None]
    """Points of 100 by which the reviews of an application may differ; beyond it one more review is
    asked for. None: never."""
    blind: Mapped[bool] = mapped_column(default=False)
    """Reviewers are not shown which organisation applies."""
    ranks_adjusted: Mapped[bool] = mapped_column(default=False)
    """Ranked by scores adjusted for how strictly each reviewer scores, not by those given."""
    pass_mark: Mapped[int] = mapped_column(default=60)
    """Weighted score out of 100 below which nothing is recommended."""
    references_needed: Mapped[int] = mapped_column(default=0)
    """Answered references on an organisation without which it is awarded nothing."""
    examines_grantees: Mapped[bool] = mapped_column(default=True)
    """An organisation is awarded and paid nothing before it is verified, examined, rated and
    screened.
    """
    reports_first: Mapped[bool] = mapped_column(default=True)
    """An organisation submits nothing while a report on a grant of the fund is late or returned."""
    safeguarding: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """What becomes of an organisation whose safeguarding is not assessed (`SafeguardingGate`);
    empty: the call does not ask for it.
    """
    second_screener: Mapped[bool] = mapped_column(default=False)
    """Nobody decides on eligibility whose own answers stand in the checklist."""
    visit: Mapped[str] = mapped_column(String(20), default="")
    """How the secretariat meets each applicant that it recommends (`Encounter`); empty: not."""
    board_advises: Mapped[bool] = mapped_column(default=True)
    """The Board of Trustees advises on each recommendation before it is approved."""
    approvers: Mapped[int | None]
    """Approving officers an award needs at least. None: as many as the fund asks for."""
    signatory_signs: Mapped[bool] = mapped_column(default=False)
    """Nothing is submitted before a signatory of the organisation has signed off its text."""
    form: Mapped[dict[str, Any]]
    """The form's definition: see `questionnaire`."""
    grantee_forms: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """By `FormPurpose`, what those are asked to whom the call makes a grant; none: the fund's
    standard form.
    """
    criteria: Mapped[list[dict[str, Any]]]
    """Weighted criteria: [{"key", "label": texts, "help": texts, "weight"}], weights sum to 100."""
    eligibility: Mapped[list[dict[str, Any]]]
    """Screening checklist: [{"key", "label": texts}]."""
    ceilings: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    """The most that a category of the budget may take: see `ceilings`."""
    second_stage_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), unique=True)
    """The call for full proposals, if this one asks for concept notes: by invitation."""
    made_at: Mapped[datetime]
    fund: Mapped[Fund] = relationship()
    second_stage: Mapped["Call | None"] = relationship(
        remote_side="Call.id", back_populates="first_stage"
    )
    first_stage: Mapped["Call | None"] = relationship(
        remote_side="Call.second_stage_id", back_populates="second_stage", uselist=False
    )

    @hybrid_property
    def is_open(self) -> bool:
        return self.state == CallState.OPEN

    @hybrid_property
    def is_published(self) -> bool:
        """Are its results published?"""
        return self.state == CallState.PUBLISHED

    @property
    def zone(self) -> ZoneInfo:
        """In which its opening and its deadline are told."""
        return ZoneInfo(self.time_zone)

    @property
    def latest_start_on(self) -> date:
        """The last day on which a project may start: a later one is a slip of the keyboard."""
        first = day_of(self.deadline_at, self.zone)
        year = max(first, self.earliest_start_on or first).year
        return date(year + YEARS_UNTIL_START, 12, 31)

    @property
    def envelope(self) -> Money:
        """For all awards together."""
        return usd(self.envelope_minor)

    @property
    def lowest(self) -> Money:
        """The smallest amount of a grant."""
        return usd(self.lowest_minor)

    @property
    def highest(self) -> Money:
        """The largest amount of a grant."""
        return usd(self.highest_minor)

    @property
    def questionnaire(self) -> Form:
        """What applicants fill in; read once for as long as the record stays as it is."""
        read: tuple[dict[str, Any], Form] | None = self.__dict__.get("_questionnaire")
        if read is None or read[0] is not self.form:
            read = self.form, self._with_note_named(with_repetitions(from_json(self.form)))
            self.__dict__["_questionnaire"] = read
        return read[1]

    def with_concept_note(self, form: Form) -> Form:
        """A form of this call; in a second stage its rules may be about the concept note."""
        first = self.first_stage
        return with_note(form, from_json(first.form)) if first else form

    def _with_note_named(self, form: Form) -> Form:
        """The concept note is read only where a rule is about it."""
        return self.with_concept_note(form) if names_note(form) else form

    def form_for(self, purpose: FormPurpose) -> Form:
        """What the call asks for this purpose, as its makers see it: each section once."""
        if purpose is FormPurpose.APPLICATION:
            return self._with_note_named(from_json(self.form))
        definition = self.grantee_forms.get(purpose.value)
        return from_json(definition) if definition else STANDARDS[purpose]

    def takes_applications(self, at: datetime) -> bool:
        """Is something that arrives at this moment in time? Open, begun, and not over."""
        return self.state is CallState.OPEN and self.opens_at <= at < self.deadline_at + THE_MINUTE

    def standing_at(self, at: datetime) -> StateName:
        """The state of the call in words; an open one is scheduled until the clock opens it."""
        coming = self.state is CallState.OPEN and at < self.opens_at
        return SCHEDULED if coming else CALL.names[self.state]

    def takes_questions(self, at: datetime) -> bool:
        """Can a question be asked about it at this moment?"""
        last = self.questions_until
        return (
            self.state is CallState.OPEN
            and last is not None
            and self.opens_at <= at
            and at.astimezone(self.zone).date() <= last
        )

    @property
    def has_published_results(self) -> bool:
        """Are its results public? In the archive they stay so."""
        return CallState.PUBLISHED in (self.state, self.archived_as)

    @property
    def is_withdrawn(self) -> bool:
        """Was it taken back? In the archive it stays so."""
        return CallState.WITHDRAWN in (self.state, self.archived_as)

    @property
    def is_first_stage(self) -> bool:
        """Does it ask for concept notes, and invite the best to send a full proposal?"""
        return self.second_stage_id is not None

    @property
    def is_second_stage(self) -> bool:
        """Does it take full proposals of those whom another call has invited?"""
        return self.first_stage is not None

    @property
    def text_languages(self) -> list[str]:
        """Every language in which its own text or its form can be read; English first. A language
        that it has not chosen counts once the form is complete in it.
        """
        form = self.questionnaire
        codes = {*languages_of(form), *self.title, *self.summary}
        codes &= {"en", *self.languages, *complete_languages(form)}
        return sorted(codes, key=lambda code: (code != "en", code))

    @property
    def name(self) -> str:
        """The call's title in the reader's language."""
        return in_language(self.title)


class TrialApplication(Base):
    """What one of the fund's people filled in to test a call. It counts nowhere, nobody outside is
    told of it, and it is deleted when the test ends.
    """

    __tablename__ = "trial_application"
    __personal__ = Personal.ABOUT.of("person_id")
    __unbound__ = Unbound.DRAFT
    __table_args__ = (Index("ix_trial_application_call", "call_id", "id"),)

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Name of the input → texts, word for word as typed."""
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    """When it was complete, and could have been submitted."""
    person: Mapped[Person] = relationship(lazy="joined")


class EarlierForm(Base):
    """The form of a call as it was before a change, so that it can be brought back. Kept until the
    call is opened.
    """

    __tablename__ = "earlier_form"
    __personal__ = Personal.ACTED.of("person_id")
    __unbound__ = Unbound.DRAFT
    __table_args__ = (Index("ix_earlier_form_call", "call_id", "id"),)

    id: Mapped[Key]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Who made the change."""
    purpose: Mapped[FormPurpose] = mapped_column(
        choice(FormPurpose, "earlier_form_purpose"), server_default=FormPurpose.APPLICATION.value
    )
    form: Mapped[dict[str, Any]]
    what: Mapped[dict[str, str]]
    """What was changed then, as the trail has it."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    """Of the eligibility checklist, those that went with the change: each with its place."""
    kept_at: Mapped[datetime]
    person: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def questionnaire(self) -> Form:
        return from_json(self.form)
