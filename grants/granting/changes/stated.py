"""Who and where a grant is for before anything was changed: as applied for, and as signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.calls.models import Call
from grants.core.texts.marks import spaced
from grants.deciding.awards.models import Award
from grants.granting.reporting.projects import answers_of
from grants.granting.signing.queries import last_signing
from grants.granting.signing.workflow import Side
from grants.platform.questions import Organisations

PLACES, PARTNERS = "places", "partners"
"""The questions of the standard form."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Stated:
    """Place, partner and signatory; "" where nothing says them."""

    place: str = ""
    partner: str = ""
    signatory: str = ""


def stated_of(session: Session, award: Award) -> Stated:
    """Place and partner of the application, as submitted and as clarified since; the signatory of
    the agreement where it was signed here.
    """
    signatory, application = _signatory_of(session, award), award.application
    if application is None or application.submission is None:
        return Stated(signatory=signatory)
    values = answers_of(application)
    return Stated(
        _in_short(values.get(PLACES)), _in_short(_partners_in(application.call, values)), signatory
    )


def _partners_in(call: Call, values: Mapping[str, Any]) -> str:
    """The organisations that the application lists as partners; else its words about them."""
    for question in call.questionnaire.questions:
        if isinstance(question, Organisations) and (rows := values.get(question.key)):
            return spaced(",").join(str(row["name"] or row["code"] or "") for row in rows)
    return str(values.get(PARTNERS) or "")


def _signatory_of(session: Session, award: Award) -> str:
    signing = last_signing(session, award.id, "agreement")
    for signature in signing.signatures if signing else ():
        if signature.side is Side.GRANTEE and signature.returned_at is None:
            return f"{signature.name}{spaced(',')}{signature.function}"
    return ""


def _in_short(words: object) -> str:
    text = " ".join(str(words or "").split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
