"""A call that asks for a letter of reference, and what people do with the links."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.people.viewer import VISITOR
from grants.platform.messages.models import Message
from grants.platform.questionnaires.written import from_json
from tests.factories import a_call

WORDS = "I have known the organisation for eleven years."
ROSA = "rosa@clinic.example"


def visitor() -> Act:
    """A person without an account, who follows a link."""
    return Act(VISITOR)


def letters_to(session: Session, email: str) -> list[Message]:
    query = select(Message).where(Message.recipient == email).order_by(Message.id)
    return list(session.scalars(query))


def link_to(session: Session, email: str, number: int = -1) -> str:
    """The token of the newest link that was sent to an address."""
    texts = "\n".join(message.text for message in letters_to(session, email))
    tokens: list[str] = re.findall(r"/letters-of-reference/([\w-]+)", texts)
    return tokens[number]


def call_with_letter(session: Session, fund: Fund, *, blind: bool = False, **settings: Any) -> Call:
    """An open call with a small form that asks for a letter."""
    label = {"en": "Label"}
    questions = [
        {"kind": "short_text", "key": "title", "label": {"en": "Title"}, "required": True},
        {"kind": "amount", "key": "asked", "label": label},
        {
            "kind": "reference_letter",
            "key": "letter",
            "label": {"en": "A letter of somebody who knows you"},
            "required": True,
            **settings,
        },
    ]
    form = from_json(
        {
            "format": 1,
            "facts": {"title": "title", "requested": "asked"},
            "sections": [{"key": "all", "title": label, "questions": questions}],
        }
    )
    return a_call(session, fund, form=form, blind=blind)
