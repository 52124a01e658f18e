"""The act by which a line of the bank becomes a payout of the provider of card payments."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from grants.banking.bank.forms import PayoutForm
from grants.banking.bank.views import pages
from grants.banking.lines.deciding_views import LINE_PAGE, line_called, to_line
from grants.banking.lines.payouts import in_transit, payout_of, take_payout
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.platform.web.access import needs, this_act
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@pages.route(f"{LINE_PAGE}/payout", methods=["GET", "POST"])
@needs(Permission.BANK_MATCH)
def take_payout_of(line_id: int) -> ResponseReturnValue:
    """The line is what the provider paid out of the money in transit."""
    line = line_called(line_id)
    transit = in_transit(session(), line)
    likely = payout_of(line, transit)
    form = PayoutForm(transit, data={"source": likely.account.code if likely else None})
    if form.validate_on_submit():
        held = next(held for held in transit if held.account.code == form.source.data)
        sent = line.amount if held.own.currency == line.currency else form.sent.data
        if sent is None:
            form.complain("sent", _("Enter the amount paid out, in the currency in transit."))
        else:
            with attempt(form) as (opened, outcome):
                take_payout(opened, line, held.account, sent, this_act())
            if outcome:
                flash(_("Matched."), "success")
                return to_line(line)
    return render_template("banking/lines/payout.html", line=line, form=form, transit=transit)
