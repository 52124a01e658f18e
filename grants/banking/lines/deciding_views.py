"""The page of one line of the bank, and the acts by which a person says what it is."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grants.banking.bank import queries, service
from grants.banking.bank.forms import (
    CostForm,
    LinesFilter,
    MatchForm,
    MatchSearch,
    ReasonForm,
    TransferForm,
    line_choice,
)
from grants.banking.bank.models import BankLine
from grants.banking.bank.queries import own_amount
from grants.banking.bank.sides import require_side
from grants.banking.bank.support_cost import transferred_by
from grants.banking.bank.undoing import require_undoable
from grants.banking.bank.undoing import undo as take_back
from grants.banking.bank.views import pages
from grants.banking.bank.workflow import LINE, LineState
from grants.banking.lines.payouts import in_transit, payout_of
from grants.banking.lines.views import LINES, wanted_by
from grants.banking.matching.grantees import InstalmentProposal, instalments_for, refunds_for
from grants.banking.matching.proposals import entries_for, likely_kind, pledges_for
from grants.banking.matching.sent_payments import returns_for, runs_as_one_sum
from grants.banking.matching.stated import Stated
from grants.banking.matching.unmatched import offered_postings
from grants.books.ledger.models import Posting
from grants.core.audit.act import Act
from grants.core.audit.advance import may_take
from grants.core.audit.models import TrailRow
from grants.core.audit.queries import trail_of
from grants.core.funds.models import BankAccount
from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_day, plain_money
from grants.giving.contributions.queries import deposit_for_viewer
from grants.granting.payments.models import Instalment
from grants.granting.payments.service import require_releasable
from grants.platform.forms.typed import counted
from grants.platform.tables.cases import Case, Stage, dated, stage_bar
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.beside import beside
from grants.platform.web.database import session, transaction
from grants.platform.web.steps import possible

LINE_PAGE = "/lines/<int:line_id>"


def line_called(line_id: int) -> BankLine:
    return possible(queries.line_for_viewer(session(), line_id, viewer()), LINE)


def to_line(line: BankLine) -> ResponseReturnValue:
    return redirect(url_for("bank.show", line_id=line.id))


@pages.get(LINE_PAGE)
@needs(Permission.BANK_SEE)
def show(line_id: int) -> ResponseReturnValue:
    """What the bank said, what it is or could be, and why."""
    line = line_called(line_id)
    act = this_act()
    may = {
        step.action for step in LINE.steps_from(line.state) if may_take(session(), line, step, act)
    }
    deciding = bool(may) and line.is_undecided
    return render_template(
        "banking/lines/line.html",
        line=line,
        name=LINE.names[line.state],
        may=may,
        **_possible_matches(line, deciding=deciding),
        deposits={match.id: _deposit_behind(match.posting) for match in line.standing},
        events=[_history_row(row) for row in trail_of(session(), "bank_line", line.id)],
        **_case_of(line),
    )


def _possible_matches(line: BankLine, *, deciding: bool) -> dict[str, Any]:
    """What an open line could be: of pledges, of grants, in the books already."""
    credit, debit = deciding and line.is_credit, deciding and not line.is_credit
    pledges = pledges_for(session(), line) if credit else []
    entries = entries_for(session(), line) if deciding else []
    refunds = refunds_for(session(), line) if credit else []
    instalments = instalments_for(session(), line) if debit else []
    returned = returns_for(session(), line) if credit else []
    in_books = any(entry.sure for entry in entries)
    is_return = any(proposal.sure for proposal in returned)
    return {
        "runs": runs_as_one_sum(session(), line) if debit else (),
        "returned": [] if in_books else returned,
        "likely": likely_kind(Stated.of(line)),
        "proposals": pledges,
        "entries": entries,
        "refunds": [] if in_books or is_return else refunds,
        "instalments": [(proposal, _why_not(proposal)) for proposal in instalments],
        "support_cost": transferred_by(session(), line) if deciding else None,
        "transit": (transit := in_transit(session(), line) if credit else []),
        "payout": payout_of(line, transit),
        "sure": any(proposal.sure for proposal in pledges),
        "of_a_grant": is_return
        or any(proposal.resembles for proposal in refunds)
        or any(proposal.resembles for proposal in instalments),
    }


def _why_not(proposal: InstalmentProposal) -> str:
    """Why this person cannot record an instalment as paid now; empty if they can."""
    instalment = session().get_one(Instalment, proposal.instalment.id)
    return refusal(lambda: require_releasable(session(), instalment, this_act()))


def _history_row(row: TrailRow) -> dict[str, Any]:
    """What was done with the line, as its history shows it."""
    title = _("Imported") if row.action == "create" else LINE.step(row.action).label
    return {"title": title, "at": row.at, "by": row.actor, "text": row.reason or ""}


def _case_of(line: BankLine) -> dict[str, Any]:
    """The line as a case: how far it is, and the lines before and after it in the list."""
    listed = wanted_by(LinesFilter(queries.accounts_for_viewer(session(), viewer())))
    return {
        "case": Case(
            dated(
                stages_of(line.state),
                {_("Import"): line.statement.imported_at},
                LINE.names[line.state].next,
            )
        ),
        "in_list": LINES.beside(session(), listed, line, "bank.index"),
    }


def stages_of(state: LineState) -> Sequence[Stage]:
    """How far a line of the bank has come; nothing of one that was set aside."""
    texts = [_("Import"), _("Matching with the ledger")]
    reached = {LineState.UNMATCHED: 1, LineState.MATCHED: len(texts)}
    return stage_bar(texts, reached[state]) if state in reached else ()


def _deposit_behind(posting: Posting) -> int | None:
    kind, _colon, number = posting.entry.key.partition(":")
    return int(number) if kind == "deposit" and number.isdecimal() else None


@pages.get("/deposits/<reference>")
@beside(
    "deposit",
    _l("Bank statement line"),
    10,
    when=lambda deposit: queries.line_of_deposit(session(), deposit) is not None,
)
@needs(Permission.BANK_SEE)
def of_deposit(reference: str) -> ResponseReturnValue:
    """The line of the bank that a deposit is."""
    number = counted(reference)
    deposit = deposit_for_viewer(session(), number, viewer())
    line = queries.line_of_deposit(session(), deposit)
    if line is None:
        raise Missing(_("No bank statement line is matched to this deposit."))
    return to_line(line)


@pages.route(f"{LINE_PAGE}/match", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def match(line_id: int) -> ResponseReturnValue:
    """The line is what is in the books already."""
    line = line_called(line_id)
    search = MatchSearch()
    picked = {number for text in request.form.getlist("postings") if (number := counted(text))}
    offered, more = offered_postings(session(), line, search.words, picked)
    form = MatchForm([_posting_choice(posting, line.account) for posting in offered])
    if form.validate_on_submit():
        chosen = [p for p in offered if str(p.id) in form.postings.data]
        with attempt(form) as (opened, outcome):
            service.match(opened, line, chosen, this_act())
        if outcome:
            flash(_("Matched."), "success")
            return to_line(line)
    return render_template(
        "banking/lines/match.html", line=line, form=form, search=search, more=more
    )


@pages.post(f"{LINE_PAGE}/match/<numbers>", endpoint="match_entry")
@needs(Permission.BANK_MATCH)
def match_entry(line_id: int, numbers: str) -> ResponseReturnValue:
    """One press of a button: the line is these postings, as was proposed."""
    line = line_called(line_id)
    entries = [entry for entry in entries_for(session(), line) if entry.numbers == numbers]
    if not entries:
        raise DomainError(_("This match is no longer suggested. Check the line again."))
    with transaction() as opened:
        service.match(opened, line, entries[0].postings, this_act())
    flash(_("Matched."), "success")
    return to_line(line)


def _posting_choice(posting: Posting, account: BankAccount) -> tuple[str, str, str]:
    """An entry as something to choose, with the dollars that foreign money was booked at."""
    entry = posting.entry
    sums = (plain_money(posting.amount), plain_money(own_amount(account, [posting])))
    words = " · ".join((plain_day(entry.booked_on), *dict.fromkeys(sums)))
    return str(posting.id), words, " · ".join(filter(None, (str(entry.event.label), entry.note)))


@pages.route(f"{LINE_PAGE}/transfer", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def transfer(line_id: int) -> ResponseReturnValue:
    """The line is one side of a transfer between the fund's own accounts."""
    line = line_called(line_id)
    sides = queries.other_sides(session(), line)
    form = TransferForm([line_choice(other) for other in sides])
    if form.validate_on_submit():
        other = next(candidate for candidate in sides if str(candidate.id) == form.other.data)
        out, into = (other, line) if line.is_credit else (line, other)
        with attempt(form) as (opened, outcome):
            service.transfer(opened, out, into, this_act())
        if outcome:
            flash(_("Both lines have been matched and the transfer has been posted."), "success")
            return to_line(line)
    return render_template("banking/lines/transfer.html", line=line, form=form, others=sides)


Simple = Callable[[Session, BankLine, Act], None]


@pages.route(f"{LINE_PAGE}/charge", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def charge(line_id: int) -> ResponseReturnValue:
    """The bank charged the account: shown as the bank put it, then booked with a reason."""
    return _with_reason(line_id, service.charge, "banking/lines/charge.html")


@pages.route(f"{LINE_PAGE}/interest", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def interest(line_id: int) -> ResponseReturnValue:
    """The balance earned interest: shown as the bank put it, then booked with a reason."""
    return _with_reason(line_id, service.interest, "banking/lines/interest.html")


@pages.post(f"{LINE_PAGE}/take-up")
@needs(Permission.BANK_MATCH)
def take_up(line_id: int) -> ResponseReturnValue:
    """A line that was set aside waits again."""
    line = line_called(line_id)
    with transaction() as opened:
        service.take_up(opened, line, this_act())
    flash(_("The line is awaiting a match."), "success")
    return to_line(line)


@pages.route(f"{LINE_PAGE}/set-aside", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def set_aside(line_id: int) -> ResponseReturnValue:
    """The line is nothing of the fund's."""
    return _with_reason(line_id, service.set_aside, "banking/lines/set_aside.html")


@pages.route(f"{LINE_PAGE}/direct-cost", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def direct_cost(line_id: int) -> ResponseReturnValue:
    """The fund itself paid for something: what it was for is written down."""
    return _with_reason(line_id, service.direct_cost, "banking/lines/direct_cost.html", CostForm())


@pages.route(f"{LINE_PAGE}/administration-fee", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def administration_fee(line_id: int) -> ResponseReturnValue:
    """The fee of the agent that administers the fund."""
    template = "banking/lines/administration_fee.html"
    return _with_reason(line_id, service.administration_fee, template, CostForm())


@pages.route(f"{LINE_PAGE}/undo", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def undo(line_id: int) -> ResponseReturnValue:
    """The line was something else: what was posted for it is reversed."""
    return _with_reason(line_id, take_back, "banking/lines/undo.html", check=require_undoable)


def _of_this_side(_session: Session, line: BankLine) -> None:
    require_side(line, str(request.endpoint).partition(".")[2])


def _with_reason(
    line_id: int,
    act: Simple,
    template: str,
    form: ReasonForm | None = None,
    check: Callable[[Session, BankLine], None] = _of_this_side,
) -> ResponseReturnValue:
    line = line_called(line_id)
    form = form or ReasonForm()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            act(opened, line, this_act(form.reason.data))
        if outcome:
            return to_line(line)
    pledges = pledges_for(session(), line) if line.is_credit else []
    of_grants = refunds_for(session(), line) if line.is_credit else instalments_for(session(), line)
    return render_template(
        template,
        line=line,
        form=form,
        sure=any(proposal.sure for proposal in pledges),
        of_a_grant=next((proposal for proposal in of_grants if proposal.resembles), None),
        refused=refusal(lambda: check(session(), line)),
    )
