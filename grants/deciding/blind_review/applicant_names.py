"""The names by which an applicant could be known: the organisation's, its people's, its partners'.

Only what the fund has in its records and in the application; what is derived from it is rather a
name too many.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application, Submission
from grants.applying.organisations.declared import Fact
from grants.applying.organisations.facts import FACTS, SUBMITTED, names_of, profile_of
from grants.applying.submissions.dossier import values_of
from grants.core.countries.countries import country_code
from grants.core.people.models import Membership, Organisation, Person
from grants.core.texts.hiding import Name, Written
from grants.integrity.names.lexicon import distinguishes
from grants.platform.questions import Organisations, Question


@dataclass(frozen=True, slots=True)
class Applicants:
    """What is known of the applicants of some applications, read at once."""

    organisations: Mapping[int, Organisation]
    people: Mapping[int, list[str]]
    """Who acts or acted for an organisation, by its id."""
    submitted: Mapping[int, Submission]
    partners: Mapping[str, Organisation]
    """Organisations of the register by code."""

    @classmethod
    def of(cls, session: Session, applications: Sequence[Application]) -> "Applicants":
        ids = [application.id for application in applications]
        houses = {application.organisation_id for application in applications}
        organisations = session.scalars(select(Organisation).where(Organisation.id.in_(houses)))
        submissions = session.scalars(select(Submission).where(Submission.application_id.in_(ids)))
        submitted = {submission.application_id: submission for submission in submissions}
        codes = {
            row["code"]
            for application in applications
            for row in _partners_of(application, submitted.get(application.id))
            if row.get("code")
        }
        partners = select(Organisation).where(Organisation.code.in_(codes))
        registered = session.scalars(partners).all() if codes else ()
        return cls(
            {organisation.id: organisation for organisation in organisations},
            _people_of(session, houses),
            submitted,
            {partner.code: partner for partner in registered},
        )

    def names(self, application: Application) -> Iterator[Name]:
        """Everything that is hidden from the reviewers of an application."""
        submission = self.submitted.get(application.id)
        yield from names_of_organisation(self.organisations[application.organisation_id])
        yield from _person_names(self.people.get(application.organisation_id, ()))
        for row in _partners_of(application, submission):
            partner = self.partners.get(row.get("code") or "")
            yield from names_of_organisation(partner) if partner else ()
            yield from _organisation_names([row.get("name") or ""])
            yield from (Name(row[key]) for key in ("number", "code") if row.get(key))
        if submission is not None:
            then = submission.snapshot["organisation"]
            for fact in SUBMITTED:
                yield from _names_in_fact(fact, fact.kind.restored(then.get(fact.key)))
            yield from _person_names([submission.snapshot["submitted_by"]])
            yield from _person_names(_named_in(application, submission))
            organisation = self.organisations[application.organisation_id]
            called = [*names_of(profile_of(organisation)), then["name"]]
            where = [organisation.address or "", then.get("address") or ""]
            yield from places_in(called, [*where, *_texts_in(values_of(submission))])


def _people_of(session: Session, organisation_ids: Iterable[int]) -> Mapping[int, list[str]]:
    rows = session.execute(
        select(Membership.organisation_id, Person.name)
        .join(Membership.person)
        .where(Membership.organisation_id.in_(organisation_ids))
        .distinct()
        .order_by(Person.name)
    )
    names_by_organisation: dict[int, list[str]] = {}
    for organisation_id, name in rows:
        if organisation_id is not None:
            names_by_organisation.setdefault(organisation_id, []).append(name)
    return names_by_organisation


def _partners_of(
    application: Application, submission: Submission | None
) -> Iterator[Mapping[str, Any]]:
    """The organisations named in the answers, as rows of name, number and code."""
    values = values_of(submission) if submission else {}
    for question in application.call.questionnaire.questions:
        if isinstance(question, Organisations):
            yield from values.get(question.key) or ()


def _named_in(application: Application, submission: Submission) -> Iterator[str]:
    """What may be a person's name in the answers that ask for the applicant's own people."""
    values = values_of(submission)
    for question in application.call.questionnaire.questions:
        for text in _about_people(question, values.get(question.key)):
            parts = (part.strip() for part in re.split(r"[,;:،؛\n/()|]", text))
            yield from (part for part in parts if _may_be_a_person(part))


def _about_people(question: Question, value: Any) -> Iterator[str]:
    """The answer, or the cells of its rows, in which people may be named."""
    for part, text in question.written_texts(value):
        if getattr(part, "people", False):
            yield text


def _may_be_a_person(text: str) -> bool:
    words = text.split()
    large = all(word[0].upper() == word[0] for word in words)
    return 2 <= len(words) <= 4 and large and not re.search(r"\d|@", text)


def names_of_organisation(organisation: Organisation) -> Iterator[Name]:
    profile = profile_of(organisation)
    yield Name(organisation.code)
    for fact in FACTS:
        yield from _names_in_fact(fact, fact.of(profile))


def _names_in_fact(fact: Fact, value: Any) -> Iterator[Name]:
    """What a fact of the profile tells of who applies."""
    stated: Iterable[Any] = [value] if isinstance(value, str) else value
    if not value or fact.uses.tells == "nothing":
        return
    if fact.uses.tells == "name":
        yield from _organisation_names(stated)
    elif fact.uses.tells == "person":
        yield from _person_names(person.name for person in stated)
    elif fact.uses.tells == "website":
        yield from map(Name, filter(None, map(_host_of, stated)))
    else:
        yield from map(Name, stated)


def _host_of(website: str) -> str:
    site = urlsplit(website)
    return (site.netloc or site.path).split("/")[0].removeprefix("www.")


_IN_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")


def _organisation_names(names: Iterable[str]) -> Iterator[Name]:
    """Each name; what stands in brackets after it; its own words without “Foundation” or a country;
    and its initials.
    """
    for name in names:
        bare = _IN_BRACKETS.sub(" ", name).strip()
        for text in (name, bare, *_IN_BRACKETS.findall(name)):
            yield Name(text)
        words = bare.split()
        distinctive = _own_words(words)
        if distinctive != words and distinctive:
            yield Name(
                " ".join(distinctive),
                Written.AS_A_NAME if len(distinctive) == 1 else Written.ANYHOW,
            )
        for initials in (
            _initials_of(words),
            _initials_of([word for word in words if len(word) > 3]),
        ):
            if len(initials) > 2:
                yield Name(initials, Written.IN_CAPITALS)


def _own_words(words: list[str]) -> list[str]:
    """The words of a name without general ones at both ends: “Casa Segura” of “Fundación Casa
    Segura de Honduras”.
    """
    marks = [distinguishes(word) for word in words]
    if True not in marks:
        return []
    return words[marks.index(True) : len(marks) - marks[::-1].index(True)]


def _initials_of(words: Iterable[str]) -> str:
    return "".join(word[0].upper() for word in words if word[0].upper() != word[0].lower())


_BETWEEN = re.compile(r"[,;:،؛\n/()|.]")


def places_in(names: Sequence[str], texts: Iterable[str]) -> Iterator[Name]:
    """What is part of a name and stands in a list or an address by itself: “Mawlamyine” of “River
    House Mawlamyine”, where the answer to “Where do you work?” is “Mawlamyine, Yangon”.
    """
    spaced = [f" {' '.join(name.split())} ".casefold() for name in names]
    parts = {" ".join(part.split()) for text in texts for part in _BETWEEN.split(text)}
    for part in sorted(parts):
        words = part.split()
        in_a_name = any(f" {part.casefold()} " in name for name in spaced)
        if in_a_name and _own_words(words) and not country_code(part):
            yield Name(part, Written.AS_A_NAME)


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in the answers."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _texts_in(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _texts_in(part))


def _person_names(names: Iterable[str]) -> Iterator[Name]:
    """Each name as it is written and with the last word first, and each of its words alone where it
    is written as a name.
    """
    for name in names:
        words = name.split()
        yield Name(name)
        if len(words) > 1:
            yield Name(" ".join([words[-1], *words[:-1]]))
            yield from (Name(word, Written.AS_A_NAME) for word in words if _stands_alone(word))


def _stands_alone(word: str) -> bool:
    """Is this word of a name long enough to be looked for by itself?"""
    return len(word) > 3 or (len(word) == 3 and word[0].isupper())
