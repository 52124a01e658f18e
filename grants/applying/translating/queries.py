"""Which answers of an application can be translated, into which languages, and what there is."""

from collections.abc import Mapping, Sequence

from grants.applying.applications.models import AnswerTranslation, Application
from grants.applying.submissions.dossier import Dossier
from grants.core.kernel.errors import Missing
from grants.core.kernel.language import OFFERED, current_language
from grants.core.kernel.language import gettext as _
from grants.platform.questionnaires.presentation import Answer


def texts_of(dossier: Dossier) -> Mapping[str, Answer]:
    """The answers in words, and tables with words in them, as they stand since the last
    clarification, by their questions.
    """
    submitted = [answer for section in dossier.sections for answer in section.answers]
    clarified = [change.after for exchange in dossier.clarified for change in exchange.changes]
    return {answer.key: answer for answer in (*submitted, *clarified) if answer.words}


def text_of(dossier: Dossier, question: str) -> Answer:
    """The answer to translate, or Missing."""
    answer = texts_of(dossier).get(question)
    if answer is None:
        raise Missing(_("Answer not found."))
    return answer


def languages_of(application: Application) -> list[str]:
    """The languages of the fund, into which answers are translated."""
    return [code for code in OFFERED if code in application.call.fund.languages]


def language_asked(application: Application, asked: str) -> str:
    """The language that is asked for, else the reader's; another one than that of the application
    if there is one.
    """
    languages = languages_of(application)
    if asked in languages:
        return asked
    others = [code for code in languages if code != application.language] or languages
    readers = current_language().code
    return readers if readers in others else others[0]


def versions_of(
    application: Application, question: str, language: str
) -> Sequence[AnswerTranslation]:
    """The versions of one translation, the newest first."""
    rows = application.translations
    versions = [row for row in rows if (row.question, row.language) == (question, language)]
    return versions[::-1]
