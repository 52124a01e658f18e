"""Who opens a case in which state: every role of the fund, every state, the pages of the case."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.service import withdraw
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.deciding.awards.service import reject
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.reviews.service import declare_no_conflict
from grants.deciding.screening.service import Answer, decide
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    a_team,
    act_of,
    an_award,
    an_organisation,
    assigned,
    eligible,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
    without_conflict,
)
from tests.platform.web.client import SignInAs

PAGES = {
    "a": "/applications/{}",
    "d": "/decisions/{}",
    "r": "/reviews/{}",
    "b": "/board/applications/{}",
}
TABLE = """
manager              ad    ad    ad    ad    ad    ad    ad    ad    ad    ad    ad
trustee              -     -     -     -     -     db    db    db    db    db    db
undeclared trustee   -     -     -     -     -     -     -     -     -     -     -
reviewer             -     -     -     -     r     r     r     r     r     r     r
other reviewer       -     -     -     -     r     r     r     r     r     r     r
observer             -     -     -     -     -     -     -     -     -     -     -
another applicant    -     -     -     -     -     -     -     -     -     -     -
"""
"""A row for each person, a column for each state in the order in which `Cases` makes them. Letters
stand for the pages that open; under review, the other reviewer gets the declaration alone.
"""


class Cases:
    """Applications of one call, each in another state, brought there through the real acts."""

    def __init__(self, session: Session, fund: Fund, team: Team) -> None:
        money_for_awards(session, fund)
        self.session, self.team, self.call = session, team, a_closed_call(session, fund)
        self.made: dict[str, Application] = {}
        self.why = act_of(session, team.manager, "For the reason given.")

    def new(self, state: str) -> Application:
        house = an_organisation(self.session, f"House of {state}")
        self.made[state] = a_submitted_application(self.session, self.call, house)
        return self.made[state]

    def before_review(self) -> None:
        self.new("submitted")
        unmet = {one["key"]: Answer(False, "No.") for one in self.call.eligibility}
        decide(self.session, self.new("ineligible"), unmet, act_of(self.session, self.team.officer))
        eligible(self.session, self.new("eligible"), self.team)
        gone = self.new("withdrawn")
        applicant = member(self.session, gone.organisation)
        withdraw(self.session, gone, act_of(self.session, applicant, "No staff."))
        first = assigned(self.session, self.new("under_review"), self.team)[0]
        declare_no_conflict(self.session, first, act_of(self.session, first.reviewer))

    def after_review(self) -> None:
        reviewed(self.session, self.new("reviewed"), self.team)
        recommended(self.session, self.new("recommended"), self.team)
        keep_in_reserve(self.session, self._reviewed("reserve"), self.why)
        not_recommend(self.session, self._reviewed("not_recommended"), self.why)
        an_award(self.session, self.new("approved"), self.team)
        refused = self._reviewed("rejected")
        not_recommend(self.session, refused, self.why)
        reject(self.session, refused, act_of(self.session, self.team.approver, "Weak."))

    def _reviewed(self, state: str) -> Application:
        return reviewed(self.session, self.new(state), self.team)


def test_who_opens_a_case_in_which_state(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    team = a_team(session)
    trustee, stranger = staff(session, Role.TRUSTEE), staff(session, Role.TRUSTEE, "Undeclared")
    outside = member(session, an_organisation(session, "Elsewhere"), name="Ana Ruiz")
    cases = Cases(session, fund, team)
    cases.before_review()
    cases.after_review()
    made = cases.made
    without_conflict(session, trustee, *made.values())
    people = {
        "manager": team.manager,
        "trustee": trustee,
        "undeclared trustee": stranger,
        "reviewer": team.reviewers[0],
        "other reviewer": team.reviewers[1],
        "observer": staff(session, Role.OBSERVER),
        "another applicant": outside,
    }
    session.commit()
    lines = []
    for name, person in people.items():
        browser = sign_in_as(person)
        cells = []
        for case in made.values():
            opened = [
                key
                for key, page in PAGES.items()
                if browser.get(page.format(case.reference)).status_code == 200
            ]
            cells.append("".join(opened) or "-")
        lines.append(f"{name:20} " + " ".join(f"{cell:5}" for cell in cells).rstrip())
    assert "\n".join(lines) == TABLE.strip("\n")
