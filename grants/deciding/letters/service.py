"""Sending an outcome letter: an e-mail, with the printed letter attached where there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.core.people.queries import people_of_organisations
from grants.platform.messages.service import Letter, Recipient, send_all


def attached(document: str, reference: str, language: str) -> list[dict[str, str]]:
    """The printed letter to attach: its name in the catalogue of papers, the record it is about,
    and the language of the application, whatever language the e-mail is in.
    """
    return [{"document": document, "reference": reference, "language": language}]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the people of an organisation are told. `name` is a template of this room."""

    organisation_id: int
    name: str
    event: str
    facts: Mapping[str, Any]
    attachments: Sequence[dict[str, str]] = ()


def send_outcome(
    session: Session,
    organisation_id: int,
    name: str,
    event: str,
    attachments: Sequence[dict[str, str]] = (),
    **facts: Any,
) -> None:
    """Send one e-mail to each person of the organisation, each in their own language.

    `name` is a template of this room. The same `event` is written to the same person once.
    """
    send_outcomes(session, [Outcome(organisation_id, name, event, facts, attachments)])


def send_outcomes(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write to several organisations, in as few statements as to one."""
    people = people_of_organisations(session, {outcome.organisation_id for outcome in outcomes})
    letters = [
        Letter(
            Recipient.of(person),
            f"deciding/letters/{outcome.name}",
            outcome.event,
            outcome.facts,
            outcome.attachments,
        )
        for outcome in outcomes
        for person in people[outcome.organisation_id]
    ]
    send_all(session, letters)
