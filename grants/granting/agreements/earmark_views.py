"""From which earmarked contribution a grant takes first: chosen for a reason, until signature."""

from typing import Any

from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.kernel.errors import Conflict
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.core.texts.formats import plain_money
from grants.deciding.awards.models import Award
from grants.granting.agreements.views import grant_pages
from grants.granting.earmarks import choosing
from grants.granting.earmarks.choosing import Offered
from grants.platform.forms.fields import LongTextField, RadioField
from grants.platform.forms.forms import Form
from grants.platform.web.database import session


class SourceForm(Form):
    """From which contribution the grant takes first, and why."""

    pledge = RadioField(_l("Which contribution does the grant draw on first?"), required=True)
    reason = LongTextField(
        _l("Why?"), hint=_l("It will be kept on record."), required=True, limit=1000, rows=4
    )

    def __init__(self, *args: Any, offered: list[Offered], **options: Any) -> None:
        self.offered = offered
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.pledge.choices = [(str(one.pledge.id), _in_words(one)) for one in self.offered]
        super().process(formdata, *args, **options)


def _in_words(one: Offered) -> str:
    donor = one.pledge.donor.name if one.pledge.donor else ""
    return _(
        "%(pledge)s of %(donor)s: %(amount)s, %(purpose)s",
        pledge=one.pledge.reference,
        donor=donor,
        amount=plain_money(one.usable),
        purpose=one.pledge.purpose or _("Where the need is greatest"),
    )


def _choose(opened: Session, award: Award, form: SourceForm, act: Act) -> None:
    choosing.take_first(opened, award, int(form.pledge.data), act)


def _require_offered(opened: Session, award: Award, act: Act) -> None:
    choosing.require_choosable(opened, award, act)
    if not choosing.offered_to(opened, award):
        raise Conflict(_("There is no earmarked money that fits this grant."))


grant_pages.act(
    "earmarks",
    Permission.AGREEMENT_SIGN,
    "/grants/<reference>/earmarks",
    lambda award: SourceForm(offered=choosing.offered_to(session(), award)),
    _choose,
    check=_require_offered,
    title=_l("Earmarked money for this grant"),
    lead=_l(
        "A grant draws first on the contribution with the narrowest earmarking that "
        "fits it, then on others that fit, then on money that is not earmarked. Until"
        " the agreement is signed, you can choose which contribution it draws on "
        "first. Give a reason."
    ),
    button=_l("Draw on this one first"),
    done=_l("The grant draws on this contribution first."),
    template="granting/agreements/earmarks.html",
    facts=lambda award: {"uses": choosing.taken_by(session(), award)},
)
