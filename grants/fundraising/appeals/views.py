"""An appeal: its text, to whom it would go, and each time it went out."""

import io
import secrets
import zipfile
from itertools import islice

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core.kernel.errors import DomainError, Missing
from grants.core.kernel.language import LANGUAGES
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.people.permissions import Permission
from grants.fundraising.appeals import service
from grants.fundraising.appeals.foreseen import Line, first_and_number, foreseen
from grants.fundraising.appeals.forms import AppealForm
from grants.fundraising.appeals.merge import FIELDS
from grants.fundraising.appeals.models import Appeal, MailingLine, Post
from grants.fundraising.appeals.queries import (
    appeal_of,
    lines_of,
    mailing_for_viewer,
    mailings_of,
    printed_letters,
    progress_of,
)
from grants.fundraising.appeals.recipients import addressees_of, facts_of, word
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.queries import campaign_for_viewer
from grants.giving.outreach.service import require_changeable
from grants.giving.outreach.workflow import CHANGEABLE
from grants.platform.documents.service import content_of
from grants.platform.forms.forms import Form
from grants.platform.tables.lists import Column, Listing, Order
from grants.platform.web.access import needs, this_act, viewer
from grants.platform.web.acts import attempt, refusal
from grants.platform.web.again import asks_first, files_ask_first
from grants.platform.web.database import session
from grants.platform.web.downloads import attachment, note_opening
from grants.platform.web.unchanged import while_nothing_happens

pages = Blueprint("appeals", __name__, url_prefix="/outreach")
P = Permission
SHOWN = 60
MOST = 1_000_000
"""No campaign has so many recipients."""


def _status_text(line: MailingLine) -> str:
    if line.excluded:
        return str(line.excluded.label)
    return _("Done") if line.done_at else _("Waiting")


def _tone_of(line: MailingLine) -> str:
    if line.excluded:
        return "neutral"
    return "good" if line.done_at else "waiting"


def _record_reply_text(line: MailingLine) -> str:
    return _("Record a reply") if _reply_page(line) else ""


def _reply_page(line: MailingLine) -> str:
    """The page on which what a recipient answered is recorded, with what is known filled in."""
    campaign = line.mailing.campaign
    if line.done_at is None or not viewer().may(P.OUTREACH_RECORD, line.mailing.scope):
        return ""
    return url_for(
        "outreach.new_contact",
        code=line.donor.code,
        fund=campaign.fund.code,
        campaign=campaign.code,
        means=line.mailing.post.value,
        whom=line.name,
    )


LINES = Listing(
    columns=(
        Column(_l("Number"), lambda x: x.number, kind="number"),
        Column(
            _l("Donor"),
            lambda x: x.donor.name,
            worth="name",
            link=lambda x: url_for("outreach.donor", code=x.donor.code),
        ),
        Column(_l("Contact person"), lambda x: x.name),
        Column(_l("E-mail address"), lambda x: x.email),
        Column(_l("Language"), lambda x: LANGUAGES[x.language].name),
        Column(_l("Status"), _status_text, tone=_tone_of),
        Column(_l("Reply"), lambda _x: "", link=_reply_page, shows=_record_reply_text, blank=True),
        Column(_l("Reference"), lambda x: x.reference, shown=False),
        Column(_l("Job title"), lambda x: x.function, shown=False),
        Column(_l("Address"), lambda x: x.address, shown=False),
        Column(_l("Heading"), lambda x: x.heading, shown=False),
        Column(_l("Done at"), lambda x: x.done_at, shown=False),
    ),
    orders={"number": Order(MailingLine.number)},
)


@pages.get("/campaigns/<code>/appeal")
@needs(P.OUTREACH_SEE)
def show(code: str) -> ResponseReturnValue:
    """The text of a campaign, and when it went out."""
    campaign = campaign_for_viewer(session(), code, viewer())
    mailings = mailings_of(session(), campaign)
    person = viewer()
    return render_template(
        "fundraising/appeals/appeal.html",
        campaign=campaign,
        appeal=appeal_of(session(), campaign),
        languages=LANGUAGES,
        mailings=mailings,
        progress=progress_of(session(), mailings),
        may_write=person.may(P.OUTREACH_RECORD, campaign.scope) and not _is_over(campaign),
        posts=list(Post),
    )


def _is_over(campaign: Campaign) -> bool:
    return campaign.state not in CHANGEABLE


@pages.route("/campaigns/<code>/appeal/write", methods=["GET", "POST"])
@needs(P.OUTREACH_RECORD)
def write(code: str) -> ResponseReturnValue:
    """Write the text, with fields that each letter fills in."""
    campaign = campaign_for_viewer(session(), code, viewer())
    form = AppealForm.of(appeal_of(session(), campaign))
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.write_appeal(opened, campaign, form.headings(), form.bodies(), this_act())
        if outcome:
            flash(
                _("Saved. Preview the appeal as each donor will see it before you send it."),
                "success",
            )
            return redirect(url_for("appeals.show", code=code))
    return render_template(
        "fundraising/appeals/write.html",
        form=form,
        refused=refusal(lambda: require_changeable(campaign)),
        campaign=campaign,
        fields=FIELDS,
    )


def _written_appeal(code: str) -> tuple[Campaign, Appeal]:
    campaign = campaign_for_viewer(session(), code, viewer())
    appeal = appeal_of(session(), campaign)
    if appeal is None:
        raise Missing(_("The appeal has not been written yet."))
    return campaign, appeal


@pages.route("/campaigns/<code>/appeal/send/<post>", methods=["GET", "POST"])
@needs(P.OUTREACH_SEE)
def send(code: str, post: str) -> ResponseReturnValue:
    """Show to whom the appeal would go, and who is left out and why; the button sends it."""
    campaign, appeal = _written_appeal(code)
    way, form = _post_of(post), Form()
    key = request.form.get("key") or secrets.token_urlsafe(24)
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            mailing = service.begin_mailing(opened, campaign, way, key[:64], this_act())
        if outcome:
            return redirect(url_for("appeals.mailing", mailing_id=mailing.id))
    return render_template(
        "fundraising/appeals/send.html",
        campaign=campaign,
        post=way,
        form=form,
        key=key,
        found=foreseen(session(), appeal, _foreseen_lines(appeal, way)),
        may_send=viewer().may(P.OUTREACH_SEND, campaign.scope) and campaign.is_running,
        me=viewer(),
        shown=SHOWN,
    )


def _foreseen_lines(appeal: Appeal, post: Post) -> list[Line]:
    """The lines of an appeal, kept for all who look until something happens."""
    facts = facts_of(session(), appeal)
    key = "appeal", appeal.campaign_id, post, facts
    return while_nothing_happens(
        key, lambda: first_and_number(session(), appeal, post, facts, SHOWN)
    )


def _post_of(text: str) -> Post:
    try:
        return Post.of(text)
    except ValueError as error:
        raise Missing(_("Page not found.")) from error


@pages.get("/campaigns/<code>/appeal/read/<post>/<int:place>")
@needs(P.OUTREACH_SEE)
def read(code: str, post: str, place: int) -> ResponseReturnValue:
    """The appeal as one donor would read it now; `place` counts those it goes to, from 1."""
    campaign, appeal = _written_appeal(code)
    facts = facts_of(session(), appeal)
    goes = (
        line
        for line in addressees_of(session(), appeal, _post_of(post), facts)
        if not line.excluded
    )
    recipients = list(islice(goes, place - 1, place + 1)) if 0 < place <= MOST else []
    if not recipients:
        raise Missing(_("There is no recipient at this place in the list."))
    line = word(appeal, recipients[0], facts)
    return render_template(
        "fundraising/appeals/read.html",
        campaign=campaign,
        post=_post_of(post),
        line=line,
        spoken=LANGUAGES[line.language],
        place=place,
        more=len(recipients) > 1,
    )


@pages.get("/mailings/<int:mailing_id>")
@needs(P.OUTREACH_SEE)
@files_ask_first
def mailing(mailing_id: int) -> ResponseReturnValue:
    """One time the appeal went out: how far it is, and every line; as a file too."""
    begun_mailing = mailing_for_viewer(session(), mailing_id, viewer())
    listed = LINES.of(session(), lines_of(begun_mailing), f"mailing-{begun_mailing.reference}")
    return listed.file or render_template(
        "fundraising/appeals/mailing.html",
        mailing=begun_mailing,
        listed=listed,
        progress=progress_of(session(), [begun_mailing])[begun_mailing.id],
        may_send=viewer().may(P.OUTREACH_SEND, begun_mailing.scope),
    )


@pages.post("/mailings/<int:mailing_id>/go-on")
@needs(P.OUTREACH_SEND)
def go_on(mailing_id: int) -> ResponseReturnValue:
    """Work off what is left, after a worker was stopped in the middle."""
    begun_mailing, form = mailing_for_viewer(session(), mailing_id, viewer()), Form()
    if form.validate_on_submit():
        with attempt(form) as (opened, outcome):
            service.go_on(opened, begun_mailing, this_act())
        if outcome:
            flash(_("Sending has resumed."), "success")
    return redirect(url_for("appeals.mailing", mailing_id=mailing_id))


@pages.get("/mailings/<int:mailing_id>/letters.zip")
@needs(P.OUTREACH_SEE)
@asks_first
def letters(mailing_id: int) -> ResponseReturnValue:
    """All letters of a mailing in one archive, as they were printed, in their order."""
    begun_mailing = mailing_for_viewer(session(), mailing_id, viewer())
    if begun_mailing.finished_at is None:
        raise DomainError(_("The letters are still being printed. Come back when all are done."))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for line in printed_letters(session(), begun_mailing):
            assert line.document is not None
            name = f"{line.number:04d}-{line.donor.code}.pdf"
            file.writestr(zipfile.ZipInfo(name), content_of(line.document))
    name = f"{begun_mailing.reference}.zip"
    note_opening(name, begun_mailing.scope)
    return attachment(name, "application/zip", archive.getvalue())
