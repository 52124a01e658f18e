"""Sending an outcome letter: an e-mail, with the printed letter attached where there is one."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.people.queries import people_of_organisation
from grants.platform.messages.service import Recipient, send


def attached(document: str, reference: str, language: str) -> list[dict[str, str]]:
    """The printed letter to attach: its name in the catalogue of papers, the record it is about,
    and the language of the application, whatever language the e-mail is in.
    """
    return [{"document": document, "reference": reference, "language": language}]


def send_outcome(
    session: Session, organisation_id: int, name: str, event: str, **facts: Any
) -> None:
    """Send one e-mail to each person of the organisation, each in their own language.

    `name` is a template of this room. The same `event` is written to the same person once.
    """
    for person in people_of_organisation(session, organisation_id):
        send(session, Recipient.of(person), f"deciding/letters/{name}", event=event, **facts)
