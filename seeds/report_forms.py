"""What the calls of the demonstration ask in each report, besides what every report asks."""

from collections.abc import Mapping

from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.calls.service import change_form
from grants.applying.calls.standard.grantee import STANDARD_REPORT
from grants.core.people.permissions import Role
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import LongText, Number, YesNo
from grants.platform.questions.reading import Typed
from seeds.company import Company

VOICES = Section(
    key="voices",
    title={
        "en": "The voice of survivors",
        "fr": "La parole des personnes rescapées",
        "es": "La voz de las personas supervivientes",
        "ar": "صوت الناجين",
        "ru": "Голос пострадавших",
        "zh": "幸存者的声音",
    },
    questions=(
        YesNo(
            key="asked_survivors",
            label={
                "en": "Did survivors say what they think of the help?",
                "fr": "Les personnes rescapées ont-elles donné leur avis sur l’aide ?",
                "es": "¿Opinaron las personas supervivientes sobre la ayuda?",
                "ar": "هل أبدى الناجون رأيهم في المساعدة؟",
                "ru": "Высказали ли пострадавшие свое мнение о помощи?",
                "zh": "幸存者是否对所获援助发表了意见？",
            },
            required=True,
        ),
        LongText(
            key="what_changed",
            label={
                "en": "What did you change because of it?",
                "fr": "Qu’avez-vous changé pour cette raison ?",
                "es": "¿Qué cambiaron por ese motivo?",
                "ar": "ما الذي غيرتموه نتيجة لذلك؟",
                "ru": "Что Вы изменили в связи с этим?",
                "zh": "您据此作了哪些改变？",
            },
            required=True,
            limit=1500,
            show_when="asked_survivors == true",
        ),
        Number(
            key="complaints",
            label={
                "en": "How many complaints were received?",
                "fr": "Combien de plaintes avez-vous reçues ?",
                "es": "¿Cuántas quejas se recibieron?",
                "ar": "كم عدد الشكاوى الواردة؟",
                "ru": "Сколько жалоб поступило?",
                "zh": "收到了多少件投诉？",
            },
            required=True,
            least=0,
        ),
    ),
)
ANSWERS: Mapping[str, Typed] = {
    "voices": {
        "q_asked_survivors": ["yes"],
        "q_what_changed": ["The house is open in the evening too, as those who work had asked."],
        "q_complaints": ["0"],
    }
}


def ask_for_voices(company: Company, call: Call) -> None:
    """The call asks grantees how survivors were heard."""
    form = Form(sections=(*STANDARD_REPORT.sections, VOICES))
    by = company.act(Role.FUND_MANAGER)
    change_form(
        company.session, call, form, by, purpose=FormPurpose.REPORT, added="The voice of survivors"
    )
