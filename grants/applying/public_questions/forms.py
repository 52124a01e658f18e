"""What is typed by a person who asks, and by the secretariat that answers."""

from grants.applying.public_questions.models import LONGEST, LONGEST_ANSWER, PublicQuestion
from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import EmailField, HiddenField, LongTextField
from grants.platform.forms.forms import Form


class AskForm(Form):
    """A question about a call."""

    words = LongTextField(
        _l("Your question"),
        hint=_l(
            "We publish your question with the answer, but not your name. Do not "
            "describe your project or any person."
        ),
        limit=LONGEST,
        rows=5,
        required=True,
    )
    email = EmailField(
        _l("Your e-mail address"),
        hint=_l("We will send you a link to confirm the question, and later the answer."),
        required=True,
    )

    @classmethod
    def of(cls, *, signed_in: bool) -> "AskForm":
        """Without the address of a person who has signed in."""
        return type("OwnAskForm", (cls,), {"email": None})() if signed_in else cls()


class AnswerForm(Form):
    """The question as everyone reads it, and the answer."""

    version = HiddenField()
    words = LongTextField(
        _l("The question as it is published"),
        hint=_l("Remove everything that shows who asked."),
        limit=LONGEST,
        rows=4,
        required=True,
    )
    answer = LongTextField(_l("Answer"), limit=LONGEST_ANSWER, rows=8, required=True)

    @classmethod
    def showing(cls, question: PublicQuestion) -> "AnswerForm":
        return cls(
            data={
                "version": str(question.version),
                "words": question.wording or question.asked,
                "answer": question.answer or "",
            }
        )


class SetAsideForm(Form):
    """Why a question is not published."""

    version = HiddenField()
    reason = LongTextField(
        _l("Reason"),
        hint=_l("The person who asked will see this."),
        limit=1000,
        rows=4,
        required=True,
    )
