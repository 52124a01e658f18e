"""Who is behind a fund: its office, its Board, how it decides, and what is often asked."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel.language import in_language
from grants.core.kernel.reading import reading
from grants.platform.layout.reading import words_of
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors
from grants.publishing.facts.board import board_of
from grants.publishing.pages import standard_texts

pages = Blueprint("about", __name__)


@pages.get("/funds/<code>/about")
@public
@same_for_visitors()
def show(code: str) -> ResponseReturnValue:
    """How to reach the fund, the members of its Board with their terms, how it decides, who may
    not take part, how to complain, and what is often asked.
    """
    fund = fund_by_code(session(), code)
    with reading(fund.common_questions):
        own_questions = standard_texts.questions_in(in_language(fund.common_questions))
    return render_template(
        "publishing/pages/about.html",
        fund=fund,
        board=board_of(session(), fund),
        decisions=words_of(fund.decision_making) or standard_texts.how_decided(),
        conflicts=words_of(fund.conflict_rules) or standard_texts.conflict_rules(),
        complaints=words_of(fund.complaints) or standard_texts.complaints(),
        questions=own_questions or standard_texts.common_questions(),
    )
