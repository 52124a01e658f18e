"""An application in each state, with a reviewer and a trustee who stepped aside from it."""

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.call_changes.stages import add_second_stage
from grants.applying.calls.service import open_call
from grants.applying.submissions.service import withdraw
from grants.core.funds.models import Fund
from grants.core.people.permissions import Role
from grants.deciding.awards.service import reject
from grants.deciding.board.service import keep_in_reserve, not_recommend
from grants.deciding.decisions.inviting import invite, not_invite
from grants.deciding.reviews import service as reviewing
from grants.deciding.reviews.queries import reviews_of
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.screening.service import Answer, decide
from tests.factories import (
    a_call,
    a_closed_call,
    a_draft,
    a_draft_call,
    a_full_draft,
    a_submitted_application,
    a_team,
    act_of,
    advised,
    an_award,
    an_organisation,
    eligible,
    member,
    money_for_awards,
    recommended,
    staff,
)


class Cases:
    """Applications, each in another state, brought there through the real acts. One reviewer was
    asked to review each and stepped aside; one trustee recused themself from each.
    """

    def __init__(self, session: Session, fund: Fund) -> None:
        money_for_awards(session, fund)
        self.session, self.fund, self.team = session, fund, a_team(session)
        self.call = a_closed_call(session, fund)
        self.aside = staff(session, Role.REVIEWER, "Stepped Aside")
        self.made: dict[str, Application] = {}
        self.why = act_of(session, self.team.manager, "For the reason given.")

    def new(self, state: str) -> Application:
        house = an_organisation(self.session, f"House of {state}")
        self.made[state] = a_submitted_application(self.session, self.call, house)
        return self.made[state]

    def before_review(self) -> None:
        self.made["draft"] = a_draft(self.session, a_call(self.session, self.fund))
        self.new("submitted")
        unmet = {one["key"]: Answer(False, "No.") for one in self.call.eligibility}
        decide(self.session, self.new("ineligible"), unmet, act_of(self.session, self.team.officer))
        eligible(self.session, self.new("eligible"), self.team)
        gone = self.new("withdrawn")
        by = member(self.session, gone.organisation, name="Who Withdrew")
        withdraw(self.session, gone, act_of(self.session, by, "No staff."))
        self._asked("under review")

    def after_review(self) -> None:
        session, team = self.session, self.team
        self._reviewed("reviewed")
        recommended(session, self._reviewed("recommended"), team)
        advised(session, self._reviewed("advised"), team)
        keep_in_reserve(session, self._reviewed("reserve"), self.why)
        not_recommend(session, self._reviewed("not recommended"), self.why)
        an_award(session, self._reviewed("approved"), team)
        refused = self._reviewed("rejected")
        not_recommend(session, refused, self.why)
        reject(session, refused, act_of(session, team.approver, "Weak."))

    def of_two_stages(self) -> None:
        self.call = a_draft_call(self.session, self.fund, reviewers=0)
        add_second_stage(self.session, self.call, self.why)
        open_call(self.session, self.call, self.why)
        eligible(self.session, self.new("concept note"), self.team)
        invite(self.session, eligible(self.session, self.new("invited"), self.team), self.why)
        not_invite(
            self.session, eligible(self.session, self.new("not invited"), self.team), self.why
        )

    def _asked(self, state: str) -> Application:
        """The first reviewer has declared to have no conflict, the second has not answered."""
        one, by = eligible(self.session, self.new(state), self.team), self.team.officer
        first, second = self.team.reviewers
        asked = reviewing.assign(self.session, one, [self.aside, second], act_of(self.session, by))
        for review in asked:
            if review.reviewer == self.aside:
                reviewing.recuse(
                    self.session, review, act_of(self.session, self.aside, "A friend.")
                )
        (own,) = reviewing.assign(self.session, one, [first], act_of(self.session, by))
        reviewing.declare_no_conflict(self.session, own, act_of(self.session, first))
        return one

    def _reviewed(self, state: str) -> Application:
        one = self._asked(state)
        for review in reviews_of(self.session, one):
            act = act_of(self.session, review.reviewer)
            if review.state is ReviewState.ASSIGNED:
                reviewing.declare_no_conflict(self.session, review, act)
            if review.state is ReviewState.DECLARED:
                reviewing.submit(self.session, review, a_full_draft(one), act)
        return one
