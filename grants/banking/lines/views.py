"""The lines of the bank, with what each most likely is."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from grants.banking.bank import queries
from grants.banking.bank.forms import LinesFilter
from grants.banking.bank.models import BankLine
from grants.banking.bank.views import pages
from grants.banking.bank.workflow import LINE
from grants.banking.lines.listed import FACTS, ListedLine
from grants.banking.matching.grantees import fitting_instalments, fitting_refunds
from grants.banking.matching.proposals import fitting, likely_kind
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.platform.layout.chrome import in_menu
from grants.platform.tables.cases import from_list
from grants.platform.tables.columns import age
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import at_work, needs, viewer
from grants.platform.web.again import files_ask_first
from grants.platform.web.database import session


def _likely_text(line: ListedLine) -> str:
    """What an open line most likely is."""
    if not line.is_undecided:
        return ""
    best = next(iter(fitting(line.stated, line.could_be.pledges, 1)), None)
    kind = likely_kind(line.stated)
    of_grant = _of_a_grant(line)
    if of_grant and not (best and best.fit.score > of_grant[0]):
        return of_grant[1]
    if kind is not None and not (best and best.sure):
        return str(LINE.step(kind).label)
    if best is None:
        return ""
    return _("%(pledge)s (%(score)s of 100)", pledge=best.pledge.reference, score=best.fit.score)


def _of_a_grant(line: ListedLine) -> tuple[int, str] | None:
    """The instalment that a debit resembles, or the grant of a refund, with how well it fits."""
    for paid in fitting_instalments(line.stated, line.could_be.instalments, 1):
        if paid.resembles:
            words = _(
                "Instalment %(grant)s/%(number)s (%(score)s of 100)",
                grant=paid.instalment.grant,
                number=paid.instalment.number,
                score=paid.fit.score,
            )
            return paid.fit.score, words
    if line.stated.is_return:
        return 100, str(LINE.step("take_return").label)
    for back in fitting_refunds(line.stated, line.could_be.grants, 1):
        if back.resembles:
            words = _(
                "Refund on %(grant)s (%(score)s of 100)",
                grant=back.grant.grant,
                score=back.fit.score,
            )
            return back.fit.score, words
    return None


def _link_of(line: BankLine | ListedLine) -> str:
    return from_list("bank.show", line_id=line.id)


LINES = Listing(
    columns=(
        Column(_l("Value date"), lambda n: n.stated.value_on, kind="date", order="day"),
        Column(_l("Account"), lambda n: n.account),
        Column(
            _l("Payer or payee"),
            lambda n: n.stated.counterparty or n.stated.text[:60] or n.stated.code,
            worth="name",
            link=_link_of,
        ),
        Column(_l("Amount"), lambda n: n.amount, kind="money"),
        Column(
            _l("Status"),
            lambda n: LINE.names[n.state].staff,
            tone=lambda n: LINE.names[n.state].tone,
        ),
        Column(_l("Proposal"), _likely_text, worth="title"),
        age(lambda n: n.stated.value_on, lambda n: n.is_undecided),
        Column(_l("Posted on"), lambda n: n.booked_on, shown=False),
        Column(_l("Reference"), lambda n: n.stated.end_to_end, shown=False),
        Column(_l("Bank reference"), lambda n: n.bank_reference, shown=False),
        Column(_l("Text"), lambda n: n.stated.text, shown=False),
        Column(_l("Bank fee deducted"), lambda n: n.fee, kind="money", shown=False),
        Column(_l("Type"), lambda n: n.stated.code, shown=False),
        Column(_l("Statement"), lambda n: n.statement, shown=False),
    ),
    orders={
        "day": Order(BankLine.value_on, BankLine.id, descending=True),
        "newest": Order(BankLine.id, descending=True),
    },
    facts=FACTS,
)


def wanted_by(form: LinesFilter) -> Select[BankLine]:
    """The lines that the address asks for."""
    query, values = _lines_by(form)
    return query.params(values) if values else query


def _lines_by(form: LinesFilter) -> tuple[Select[BankLine], Mapping[str, Any]]:
    filters = form.criteria if form.validate() else queries.Criteria()
    return queries.lines_wanted(session(), at_work(), filters)


@pages.get("")
@in_menu(_l("Bank"), 75, count=queries.to_match, also=("reconciliation",), key="k")
@needs(Permission.BANK_SEE)
@files_ask_first
def index() -> ResponseReturnValue:
    """Every line of the bank, with what each most likely is; as a file too."""
    accounts = queries.accounts_for_viewer(session(), viewer())
    form = LinesFilter(accounts)
    query, values = _lines_by(form)
    listed = LINES.of(session(), query, "bank-lines", values)
    return listed.file or render_template(
        "banking/lines/index.html",
        listed=listed,
        form=form,
        waiting=session().scalar(queries.count_open(at_work())),
        may_import=viewer().may(Permission.BANK_IMPORT),
    )
