"""The public page of a campaign: its goal, how far it has come, and how to give."""

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.core.funds.queries import fund_by_code
from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.links import absolute
from grants.giving.outreach.link_codes import printed_code
from grants.giving.outreach.models import Campaign
from grants.giving.outreach.queries import public_campaign
from grants.giving.outreach.results import asking_of, is_over, public_progress
from grants.platform.layout.share_pictures import shared_picture
from grants.platform.web.access import public
from grants.platform.web.database import session
from grants.platform.web.unchanged import same_for_visitors

pages = Blueprint("campaigns", __name__)


def share_picture_of(campaign: Campaign) -> str:
    """The address of the picture that other sites show beside a link to it, in the reader's
    language.
    """
    return absolute(
        url_for(
            "campaigns.preview",
            code=campaign.fund.code,
            campaign=campaign.code,
            language=current_language().code,
        )
    )


@pages.get("/funds/<code>/campaigns/<campaign>")
@public
@same_for_visitors()
def show(code: str, campaign: str) -> ResponseReturnValue:
    """A campaign that asks, or has asked. It names nobody who gave."""
    fund = fund_by_code(session(), code)
    record = public_campaign(session(), fund, campaign)
    return render_template(
        "giving/outreach/public.html",
        fund=fund,
        campaign=record,
        progress=public_progress(session(), record),
        over=is_over(record),
        share_picture=share_picture_of(record),
        days_left=(record.ends_on - clock.today()).days,
    )


@pages.get("/funds/<code>/campaigns/<campaign>/preview.png")
@public
def preview(code: str, campaign: str) -> ResponseReturnValue:
    """The picture that other sites show beside a link to this campaign."""
    fund = fund_by_code(session(), code)
    record = public_campaign(session(), fund, campaign)
    return shared_picture(fund.code, record.title, asking_of(session(), record))


@pages.get("/funds/<code>/campaigns/<campaign>/qr.png")
@public
def code(code: str, campaign: str) -> ResponseReturnValue:
    """The code that opens the page of a campaign, to be printed."""
    record = public_campaign(session(), fund_by_code(session(), code), campaign)
    answer = make_response(printed_code(absolute(record.page)))
    answer.content_type = "image/png"
    answer.headers["Content-Disposition"] = f"attachment; filename={record.code}.png"
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
