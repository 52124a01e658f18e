"""An application, its answers section by section, its files, and what was submitted."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.applying.applications.workflow import ApplicationState, ClarificationState
from grants.applying.calls.models import Call
from grants.core.database.bound import Unbound
from grants.core.database.db import Base, Key, Minor, Versioned, choice
from grants.core.database.personal import Personal
from grants.core.kernel.money import Money, usd
from grants.core.people.models import Organisation, Person
from grants.core.people.viewer import Scope
from grants.platform.documents.models import Document


class Application(Versioned, Base):
    """One organisation's answer to one call, with the facts that lists sort by."""

    __tablename__ = "application"
    __bound__ = (
        "id",
        "reference",
        "fund_id",
        "call_id",
        "organisation_id",
        "state",
        "title",
        "requested_minor",
        "submitted_at",
        "place",
        "note_id",
        "country",
        "language",
        "begun_at",
    )
    __bound_from__ = "submitted_at"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted_when"
        ),
        Index("ix_application_call_state", "call_id", "state", "id"),
        Index("ix_application_fund_newest", "fund_id", "id"),
        Index("ix_application_state", "state", "id"),
        Index("ix_application_words", "title_words", postgresql_using="gin"),
        Index(
            "ix_application_reference_begins",
            "reference",
            postgresql_ops={"reference": "varchar_pattern_ops"},
        ),
        Index("ix_application_organisation", "organisation_id", "id"),
        Index(
            "uq_application_of_call",
            "call_id",
            "organisation_id",
            "place",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index(
            "uq_application_of_note",
            "note_id",
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint("place > 0", name="place"),
    )

    id: Mapped[Key]
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    """The call's fund, repeated for the lists' index."""
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    place: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which of the applications of its organisation to this call it is, from 1: no two that stand
    have the same place.
    """
    note_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    """The concept note that was invited to send this full proposal."""
    state: Mapped[ApplicationState] = mapped_column(choice(ApplicationState))
    title: Mapped[str] = mapped_column(String(200), default="")
    title_words: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("plain_words(title)", persisted=True), deferred=True
    )
    """The words of the title, for the search."""
    country: Mapped[str | None] = mapped_column(String(2))
    """Country of implementation."""
    requested_minor: Mapped[Minor | None]
    """USD cents asked for: the total of the budget."""
    language: Mapped[str] = mapped_column(String(10), default="en")
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    call: Mapped[Call] = relationship()
    organisation: Mapped[Organisation] = relationship()
    note: Mapped["Application | None"] = relationship(remote_side="Application.id")
    answers: Mapped[list["Answers"]] = relationship(back_populates="application")
    files: Mapped[list["AttachedFile"]] = relationship(
        back_populates="application", order_by="AttachedFile.id"
    )
    submission: Mapped["Submission | None"] = relationship(back_populates="application")
    clarifications: Mapped[list["Clarification"]] = relationship(
        back_populates="application", order_by="Clarification.id"
    )
    translations: Mapped[list["AnswerTranslation"]] = relationship(
        back_populates="application", order_by="AnswerTranslation.id"
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.fund_id, self.organisation_id)

    @hybrid_property
    def is_eligible(self) -> bool:
        """Does it wait for reviewers?"""
        return self.state == ApplicationState.ELIGIBLE

    @hybrid_property
    def is_ineligible(self) -> bool:
        return self.state == ApplicationState.INELIGIBLE

    @hybrid_property
    def is_not_recommended(self) -> bool:
        return self.state == ApplicationState.NOT_RECOMMENDED

    @hybrid_property
    def is_withdrawn(self) -> bool:
        return self.state == ApplicationState.WITHDRAWN

    @hybrid_property
    def is_draft(self) -> bool:
        """Is it not submitted yet?"""
        return self.state == ApplicationState.DRAFT

    @hybrid_property
    def awaits_screening(self) -> bool:
        return self.state == ApplicationState.SUBMITTED

    @hybrid_property
    def is_under_review(self) -> bool:
        return self.state == ApplicationState.UNDER_REVIEW

    @hybrid_property
    def is_recommended(self) -> bool:
        """Does it wait for the decision?"""
        return self.state == ApplicationState.RECOMMENDED

    @hybrid_property
    def is_on_reserve(self) -> bool:
        """Does it wait for money that is given up elsewhere?"""
        return self.state == ApplicationState.RESERVE

    @property
    def requested(self) -> Money | None:
        """What the organisation asks for, as far as it has written a budget."""
        return None if self.requested_minor is None else usd(self.requested_minor)


class Answers(Base):
    """The answers of one section, as typed; each save keeps whatever is there."""

    __tablename__ = "answers"
    __personal__ = Personal.ACTED.of("saved_by_id")
    __unbound__ = Unbound.DRAFT

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Name of the input → texts, word for word as typed, whether or not they can be used."""
    attested: Mapped[list[str]] = mapped_column(default=list)
    """Digests of words that looked as if they mentioned a victim, and do not: the writer said
    so."""
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sheet: Mapped[str] = mapped_column(String(32), default="")
    """The opened page on which the newest text was typed, and how often that page has sent it."""
    turn: Mapped[int] = mapped_column(default=0)
    written: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Question key → who wrote its answer, when, and on which opened page."""
    application: Mapped[Application] = relationship(back_populates="answers")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class AnswerVersion(Base):
    """An answer as it was saved at a moment. The newest of a question is the one that stands."""

    __tablename__ = "answer_version"
    __personal__ = Personal.ACTED.of("saved_by_id")
    __unbound__ = Unbound.DRAFT
    __table_args__ = (
        Index("ix_answer_version_question", "application_id", "question", "id"),
        Index("ix_answer_version_section", "application_id", "section", "id"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    section: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(String(60))
    given: Mapped[dict[str, Any]]
    """Name of the input → texts, word for word."""
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AttachedFile(Base):
    """A document of the dossier, hung on the question that asks for it."""

    __tablename__ = "attached_file"
    __bound__ = (
        *("id", "application_id", "question", "document_id", "doubts", "removed_at"),
        "is_letter",
    )
    __unbound__ = Unbound.PASSING.of("offer_answered_at")
    __table_args__ = (UniqueConstraint("application_id", "question", "document_id"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    question: Mapped[str] = mapped_column(String(100))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    doubts: Mapped[list[dict[str, str]]] = mapped_column(default=list, server_default="[]")
    """Words in it that may identify a person: [{"kind", "excerpt"}]."""
    removed_at: Mapped[datetime | None]
    is_letter: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Is it a letter of reference? It came from another person, and is none of the applicant's."""
    offer_answered_at: Mapped[datetime | None]
    """When the organisation said whether its profile keeps this document for next applications."""
    application: Mapped[Application] = relationship(back_populates="files")
    document: Mapped[Document] = relationship(lazy="joined")


class Submission(Base):
    """What was submitted, word for word, with its hash. Append-only."""

    __tablename__ = "submission"
    __personal__ = Personal.ACTED.of("submitted_by_id")
    __bound__ = ("application_id", "snapshot", "sha256", "submitted_at", "submitted_by_id")

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    snapshot: Mapped[dict[str, Any]]
    """Call, organisation, form version, every answer, every file's name and SHA-256."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the snapshot in canonical JSON: sorted keys, no spaces, UTF-8."""
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application: Mapped[Application] = relationship(back_populates="submission")


class Clarification(Versioned, Base):
    """What the fund asks an organisation to make clear in sections of a submitted application, and
    these sections before and after. The submission itself stays as it is.
    """

    __tablename__ = "clarification"
    __bound__ = (
        "id",
        "application_id",
        "state",
        "sections",
        "question",
        "due_at",
        "before",
        "after",
        "asked_at",
        "answered_at",
    )
    __table_args__ = (
        CheckConstraint("state <> 'answered' OR after IS NOT NULL", name="answered_after"),
        Index("ix_clarification_application", "application_id", "id"),
        Index(
            "uq_clarification_asked",
            "application_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    state: Mapped[ClarificationState] = mapped_column(choice(ClarificationState))
    sections: Mapped[list[str]]
    """The keys of the sections that are open again."""
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    """{"answers": values by question key, "files": as in a submission}, of these sections."""
    after: Mapped[dict[str, Any] | None]
    answered_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship(back_populates="clarifications")

    @property
    def scope(self) -> Scope:
        return self.application.scope

    @hybrid_property
    def is_answered(self) -> bool:
        return self.state == ClarificationState.ANSWERED

    def is_open(self, at: datetime) -> bool:
        """Can its sections be changed at this moment?"""
        return self.state is ClarificationState.ASKED and at < self.due_at


class AnswerTranslation(Base):
    """A translation that stands beside an answer, in one of its versions. Append-only: the answer
    stays as it was submitted, and a revision is the next version.
    """

    __tablename__ = "answer_translation"
    __personal__ = Personal.ABOUT.of("written_by_id")
    __bound__ = (
        "id",
        "application_id",
        "question",
        "language",
        "number",
        "text",
        "original",
        "by_applicant",
        "written_at",
        "written_by_id",
    )
    __table_args__ = (
        UniqueConstraint("application_id", "question", "language", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    question: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    """Of the version, from 1, of this answer in this language."""
    text: Mapped[str] = mapped_column(Text)
    original: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the text that was translated: beside any other text it is not shown."""
    by_applicant: Mapped[bool]
    """Did the organisation write it, rather than the secretariat?"""
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application: Mapped[Application] = relationship(back_populates="translations")
    written_by: Mapped[Person | None] = relationship()


class SignOff(Base):
    """A signatory is asked to sign off an application, and does: of exactly one text. It counts
    only as long as the application still says that text.
    """

    __tablename__ = "sign_off"
    __personal__ = Personal.ACTED.of("asked_by_id", "signed_by_id")
    __bound__ = (
        "id",
        "application_id",
        "asked_at",
        "asked_by_id",
        "signed_at",
        "signed_by_id",
        "sha256",
    )
    __table_args__ = (
        CheckConstraint("(signed_at IS NULL) = (sha256 IS NULL)", name="signed_one_text"),
        Index("ix_sign_off_application", "application_id", "id"),
        Index(
            "uq_sign_off_asked",
            "application_id",
            unique=True,
            postgresql_where=text("signed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the answers and files that were signed off: see `signing_off.text_of`."""
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id], lazy="joined")


class SectionComment(Base):
    """What a colleague says of a section of the application, to colleagues alone."""

    __tablename__ = "section_comment"
    __personal__ = Personal.ABOUT.of("written_by_id") | Personal.ACTED.of("resolved_by_id")
    __bound__ = (
        "id",
        "application_id",
        "section",
        "text",
        "written_at",
        "written_by_id",
        "resolved_at",
        "resolved_by_id",
    )
    __table_args__ = (Index("ix_section_comment_application", "application_id", "section", "id"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    section: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_by: Mapped[Person | None] = relationship(foreign_keys=[written_by_id], lazy="joined")
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id], lazy="joined")
