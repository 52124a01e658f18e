"""Pages of what stops a payment or comes back of it: returned, held, refused."""

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.payments import returns, service
from grants.granting.payments.forms import (
    HoldForm,
    ReturnedForm,
    SendBackForm,
    UnpaidForm,
)
from grants.granting.payments.returns import Arrival, Corrector
from grants.granting.payments.views import ONE, find_instalment, instalment_url, pages
from grants.granting.payments.workflow import INSTALMENT
from grants.platform.forms.step_pages import StepPages
from grants.platform.forms.typed import counted

instalment_pages = StepPages(
    pages,
    INSTALMENT,
    find_instalment,
    instalment_url,
    lambda instalment: (instalment.award.reference, instalment.award.organisation.name),
    _l("The instalment"),
)

instalment_pages.step(
    "send_back",
    f"{ONE}/send-back",
    SendBackForm,
    lambda opened, instalment, form, act: service.send_back(
        opened, instalment, act, version=counted(form.version.data)
    ),
    title=lambda instalment: _("Return instalment %(number)s", number=instalment.number),
    lead=_l("The instalment will not be paid. The certifying officer will check it again."),
    button=_l("Return"),
    tone="warning",
    done=_l("Returned for certification."),
)

instalment_pages.step(
    "send",
    f"{ONE}/send",
    title=lambda instalment: _("Mark instalment %(number)s as sent", number=instalment.number),
    lead=_l(
        "The payment order is with the bank, the treasury or the system that pays. "
        "When it has been debited, record the payment; if it is refused, record the "
        "refusal."
    ),
    button=_l("Mark as sent"),
    done=_l("Marked as sent."),
)

instalment_pages.step(
    "hold",
    f"{ONE}/hold",
    HoldForm,
    title=lambda instalment: _("Hold instalment %(number)s", number=instalment.number),
    lead=_l("It is not paid until the hold ends. It must then be certified and approved again."),
    button=_l("Hold"),
    tone="warning",
    done=_l("The instalment has been put on hold."),
)

instalment_pages.step(
    "let_go",
    f"{ONE}/end-hold",
    title=lambda instalment: _("End the hold on instalment %(number)s", number=instalment.number),
    lead=_l("It can then be certified, approved and paid."),
    button=_l("End the hold"),
    done=_l("The hold has ended."),
)

instalment_pages.step(
    "fail",
    f"{ONE}/refused",
    UnpaidForm,
    lambda opened, instalment, form, act: returns.fail(
        opened, instalment, Corrector(form.corrector.data), act
    ),
    title=lambda instalment: _("The bank refused instalment %(number)s", number=instalment.number),
    lead=_l("Nothing was debited. The instalment is still owed and must be certified again."),
    button=_l("Record the refusal"),
    done=_l("Recorded. Those who must correct something have been notified."),
)

instalment_pages.step(
    "take_back",
    f"{ONE}/returned",
    ReturnedForm,
    lambda opened, instalment, form, act: returns.take_back(
        opened,
        instalment,
        Arrival(form.returned_on.data, form.bank_reference.data),
        Corrector(form.corrector.data),
        act,
    ),
    title=lambda instalment: _("The bank returned instalment %(number)s", number=instalment.number),
    lead=_l(
        "The money is back in the fund’s account. Expense and programme support costs"
        " are reduced, and the instalment is committed again, to be paid under "
        "another reference."
    ),
    button=_l("Record the return"),
    done=_l("Recorded. Those who must correct something have been notified."),
)
