"""What is true of every fund here, for the public: shown until a fund has words of its own."""

from dataclasses import dataclass

from grants.core.kernel.language import gettext as _


@dataclass(frozen=True, slots=True)
class CommonQuestion:
    """A question that is often asked; without words of its own where a text is only an answer."""

    question: str
    answer: str


def questions_in(text: str) -> list[CommonQuestion]:
    """The questions of a fund's text: paragraphs with an empty line between them, whose first line
    asks and whose others answer.
    """
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return [_question_of(block) for block in blocks if block]


def _question_of(block: str) -> CommonQuestion:
    first, _break, others = block.partition("\n")
    return CommonQuestion(first, others.strip()) if others else CommonQuestion("", first)


def how_decided() -> str:
    return _(
        "The fund opens a call for proposals with its rules and criteria. The secretariat checks "
        "that each organisation is eligible. Reviewers without a conflict of interest assess each "
        "application against the criteria of the call. The Board of Trustees advises on the "
        "recommended grants. An officer who did not recommend them approves the awards, and two "
        "other officers certify and release each payment. A person with a conflict of interest "
        "does not see the application."
    )


def conflict_rules() -> str:
    return _(
        "Reviewers and trustees declare for each application whether they work for, "
        "advise or are related to the organisation. A person who declares a conflict "
        "does not see the application and takes no part in the decision. No one "
        "decides on an organisation to which they belong. No one takes two steps of "
        "the same decision or payment: the person who recommends does not approve, "
        "and the person who certifies a payment does not approve it. Each declaration"
        " and each step is on record with name and time."
    )


def complaints() -> str:
    return _(
        "Write to the address above. Say what happened, when, and what you ask for, "
        "and quote the number of the call, application, grant or pledge if you have "
        "it. Do not name victims. You can ask us not to pass on your name."
    )


def common_questions() -> list[CommonQuestion]:
    return [
        CommonQuestion(
            _("Who can give?"),
            _(
                "States, organisations, companies and individuals. The name of each "
                "donor is compared with the sanctions list of the United Nations; "
                "larger contributions are examined further."
            ),
        ),
        CommonQuestion(
            _("Who can apply for a grant?"),
            _(
                "Organisations that are eligible under the rules of an open call. Each call says "
                "who can apply, for which countries and how much."
            ),
        ),
        CommonQuestion(
            _("Can a person apply for help?"),
            _(
                "The fund pays organisations that help victims; it does not pay "
                "individuals. Do not send us names or stories of victims."
            ),
        ),
        CommonQuestion(
            _("Why are some organisations not named?"),
            _(
                "Shelters and those who work in them can be at risk. Their grants and"
                " amounts are published without a name or an exact place, and are "
                "included in every total."
            ),
        ),
        CommonQuestion(
            _("Where do the figures come from?"),
            _(
                "From the ledger of the fund as it is today. Everything that is published can be "
                "downloaded on the data page."
            ),
        ),
    ]
