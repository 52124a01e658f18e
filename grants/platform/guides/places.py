"""Which paragraph is about which page: what a page links to at its foot."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from grants.core.people.permissions import OF_APPLICANTS, OF_DONORS
from grants.core.people.viewer import VISITOR
from grants.platform.guides.applicant import APPLICANT
from grants.platform.guides.donor import DONOR
from grants.platform.guides.grantee import GRANTEE
from grants.platform.guides.paragraphs import Guide, Paragraph
from grants.platform.web.access import viewer

GUIDES: Mapping[str, Guide] = {"donor": DONOR, "applicant": APPLICANT, "grantee": GRANTEE}
"""Each guide by its name in addresses."""
ACCOUNT = ("donor#account", "applicant#account")
DATA = ("donor#data", "applicant#data")
FUND = ("donor#fund",)
PARAGRAPHS: Mapping[str, tuple[str, ...]] = {
    "about": FUND,
    "account": ACCOUNT,
    "agreement_signing": ("donor#agreement",),
    "agreements": ("grantee#grant",),
    "allegations": ("grantee#misconduct",),
    "api": FUND,
    "applications": ("applicant#answers",),
    "applications.begin": ("applicant#begin",),
    "applications.check": ("applicant#submit",),
    "applications.clarification": ("applicant#clarification",),
    "applications.copy": ("applicant#begin",),
    "applications.mine": ("applicant#decision",),
    "applications.reopen": ("applicant#decision",),
    "applications.sign": ("applicant#submit",),
    "applications.standing": ("applicant#decision",),
    "applications.submitted": ("applicant#decision",),
    "applications.to_sign": ("applicant#submit",),
    "applications.withdraw": ("applicant#decision",),
    "awards": ("applicant#decision",),
    "bank_details": ("grantee#bank",),
    "calls": ("applicant#call",),
    "campaigns": FUND,
    "certification": ("donor#statements",),
    "changes": ("grantee#changes",),
    "closure": ("grantee#closing",),
    "factors": ACCOUNT,
    "findings": ("grantee#findings",),
    "frames": FUND,
    "gap": FUND,
    "gifts": ("donor#give",),
    "large_files": ACCOUNT,
    "leaving": DATA,
    "money": ("donor#results",),
    "monitoring": ("grantee#findings",),
    "open_data": FUND,
    "organisations": ("applicant#colleagues",),
    "organisations.add_paper": ("applicant#documents",),
    "organisations.end_paper": ("applicant#documents",),
    "organisations.papers": ("applicant#documents",),
    "organisations.papers_to_renew": ("applicant#documents",),
    "organisations.profile": ("applicant#profile",),
    "organisations.profile_topic": ("applicant#profile",),
    "organisations.register": ("applicant#register",),
    "organisations.show": ("applicant#profile",),
    "own_data": DATA,
    "own_donors": ("donor#colleagues",),
    "own_pledges": ("donor#follow",),
    "own_pledges.new_date": ("donor#change",),
    "own_pledges.return_agreement": ("donor#agreement",),
    "own_pledges.withdraw": ("donor#change",),
    "payments": ("grantee#payments",),
    "pledging": ("donor#pledge",),
    "pledging.give": ("donor#give",),
    "pledging.reference": ("donor#pay",),
    "portal": FUND,
    "portal.privacy": DATA,
    "portal.start": ("donor#follow", "applicant#decision"),
    "preparing": ("grantee#preparing",),
    "public_questions": ("applicant#ask",),
    "published_grants": ("donor#results",),
    "recovery": ("grantee#closing",),
    "reporting": ("grantee#reports",),
    "reporting.report_files": ("grantee#files",),
    "results": ("donor#results",),
    "signin": ACCOUNT,
    "signing": ("grantee#sign",),
    "statements": ("donor#statements",),
    "thanks": ("donor#statements",),
}
"""The page, or the pages of a blueprint → its paragraph, one for each kind of person it is for."""


def _guides_of_reader() -> frozenset[str]:
    """The guides written for who looks; fund staff have none, and visitors may need any."""
    person = viewer()
    if person is VISITOR:
        return frozenset(GUIDES)
    giving = {"donor"} if person.holds(*OF_DONORS) else set()
    return frozenset(giving | ({"applicant", "grantee"} if person.holds(*OF_APPLICANTS) else set()))


def paragraph_of(place: str) -> Paragraph:
    """The paragraph at a place such as "donor#pay"."""
    guide, _hash, key = place.partition("#")
    return next(one for one in GUIDES[guide].paragraphs if one.key == key)


@dataclass(frozen=True, slots=True)
class Help:
    """The link from a page to the paragraph about it; empty where there is none."""

    href: str = ""
    heading: str = ""


def help_here() -> Help:
    """The paragraph about this page, in the guide of who looks."""
    places = PARAGRAPHS.get(request.endpoint or "") or PARAGRAPHS.get(request.blueprint or "", ())
    guides = _guides_of_reader()
    for place in places:
        if place.partition("#")[0] in guides:
            return Help(f"/guide/{place}", paragraph_of(place).heading)
    return Help()
