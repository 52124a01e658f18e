"""Letters of reference: a question that asks for one, and persons who write or are waited for."""

from datetime import date

from sqlalchemy import select

from grants.applying.applications.models import Application
from grants.applying.references.answering import answer
from grants.applying.references.letters import LETTER as PURPOSE
from grants.applying.references.service import ask
from grants.core.audit.act import Act
from grants.core.people.credentials import make_link
from grants.core.people.models import Membership, Person
from grants.core.people.viewer import VISITOR
from grants.platform.questions import ReferenceLetter
from seeds.company import Company, days_after, on

LETTER = ReferenceLetter(
    key="letter",
    label={
        "en": "A letter of a person who knows your work",
        "fr": "Une lettre d’une personne qui connaît votre travail",
        "es": "Una carta de una persona que conoce su trabajo",
        "ar": "خطاب توصية من شخص يعرف عملكم",
        "ru": "Письмо человека, который знает Вашу работу",
        "zh": "了解贵组织工作的人士的推荐信",
    },
    days_after=14,
)
WORDS = (
    "I have worked with the house for six years. Its staff answer at any hour, and every woman whom"
    " we sent there found a bed, a doctor and a lawyer. Their accounts are in order."
)


def ask_for_letters(company: Company, draft: Application, writer: Person, day: date) -> None:
    """A person is asked, and has not written yet."""
    with on(days_after(day, 1), 16):
        act = company.act_of(writer)
        ask(company.session, draft, LETTER.key, "Dr Rosa Paz", "rosa.paz@clinic.example", "en", act)


def receive_letter(company: Company, application: Application, day: date) -> None:
    """A person was asked, and has written."""
    of_organisation = Membership.organisation_id == application.organisation_id
    writer = company.session.scalars(select(Person).join(Membership).where(of_organisation)).first()
    assert writer is not None
    with on(days_after(day, 1), 16):
        request = ask(
            company.session,
            application,
            LETTER.key,
            "Mina Ferreira",
            "mina.ferreira@police.example",
            "en",
            company.act_of(writer),
        )
    with on(days_after(day, 3), 9):
        token = make_link(company.session, PURPOSE, request.email, {"request": request.id})
        answer(company.session, token, WORDS, None, Act(VISITOR))
