"""Which paragraph is about which page: what a page links to at its foot."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from grants.core.people.permissions import OF_APPLICANTS, OF_DONORS, Role
from grants.core.people.viewer import VISITOR
from grants.platform.guides.applicant import APPLICANT
from grants.platform.guides.donor import DONOR
from grants.platform.guides.grantee import GRANTEE
from grants.platform.guides.officers import FINANCE, FUND_MANAGER, PROGRAMME_OFFICER
from grants.platform.guides.overseers import ADMINISTRATOR, AUDITOR, REVIEWER, TRUSTEE
from grants.platform.guides.paragraphs import Guide, Paragraph
from grants.platform.web.access import viewer

GUIDES: Mapping[str, Guide] = {
    "donor": DONOR,
    "applicant": APPLICANT,
    "grantee": GRANTEE,
    "fund_manager": FUND_MANAGER,
    "programme_officer": PROGRAMME_OFFICER,
    "finance": FINANCE,
    "reviewer": REVIEWER,
    "trustee": TRUSTEE,
    "auditor": AUDITOR,
    "administrator": ADMINISTRATOR,
}
"""Each guide by its name in addresses."""
READERS: Mapping[str, tuple[Role, ...]] = {
    "donor": OF_DONORS,
    "applicant": OF_APPLICANTS,
    "grantee": OF_APPLICANTS,
    "fund_manager": (Role.FUND_MANAGER,),
    "programme_officer": (Role.PROGRAMME_OFFICER,),
    "finance": (Role.FINANCE_OFFICER, Role.CERTIFYING_OFFICER, Role.APPROVING_OFFICER),
    "reviewer": (Role.REVIEWER,),
    "trustee": (Role.TRUSTEE,),
    "auditor": (Role.AUDITOR,),
    "administrator": (Role.ADMINISTRATOR,),
}
"""Whom each guide is for."""
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
    "cards": ("donor#give",),
    "monthly": ("donor#give",),
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
    "emails": ACCOUNT,
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
    "outside": ("donor#give",),
    "own_data": DATA,
    "own_donors": ("donor#colleagues",),
    "own_pledges": ("donor#follow",),
    "own_pledges.new_date": ("donor#change",),
    "own_pledges.return_agreement": ("donor#agreement",),
    "own_pledges.attach_note": ("donor#agreement",),
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
    "set_offs": ("grantee#closing",),
    "reporting": ("grantee#reports",),
    "reporting.report_files": ("grantee#files",),
    "references": ("applicant#answers",),
    "results": ("donor#results",),
    "signin": ACCOUNT,
    "signing": ("grantee#sign",),
    "statements": ("donor#statements",),
    "thanks": ("donor#statements",),
    "translating": ("applicant#translations",),
}
"""The page, or the pages of a blueprint → its paragraph, one for each kind of person it is for."""


AT_DESK: Mapping[str, tuple[str, ...]] = {
    "access_log": ("auditor#trail",),
    "accounts": ("finance#bank",),
    "agreement_signing": ("fund_manager#pledges",),
    "agreements": ("fund_manager#agreements",),
    "appeals": ("fund_manager#appeals",),
    "applications": ("programme_officer#screening", "fund_manager#awards"),
    "assigning": ("programme_officer#reviews", "fund_manager#awards"),
    "audit_samples": ("auditor#samples",),
    "awards": ("finance#approvals", "fund_manager#awards", "trustee#decisions"),
    "bank": ("finance#bank",),
    "bank_details": ("programme_officer#accounts", "finance#accounts"),
    "board": ("fund_manager#awards",),
    "builder": ("fund_manager#calls",),
    "calls": ("fund_manager#calls",),
    "card_payments": ("finance#receipts",),
    "card_mandates": ("finance#receipts",),
    "certification": ("finance#statements", "auditor#documents"),
    "changes": ("programme_officer#changes", "finance#approvals"),
    "clauses": ("fund_manager#agreements",),
    "contributions": ("finance#receipts", "fund_manager#pledges"),
    "data_protection": ("administrator#data",),
    "decision_lists": ("fund_manager#awards", "trustee#decisions"),
    "decisions": ("finance#approvals", "fund_manager#awards", "trustee#decisions"),
    "diligence": ("programme_officer#organisations", "fund_manager#pledges", "finance#approvals"),
    "donors": ("fund_manager#pledges",),
    "dossiers": ("trustee#dossiers",),
    "earmark_proposals": ("fund_manager#pledges",),
    "findings": ("programme_officer#monitoring",),
    "fund_setup": ("fund_manager#fund", "administrator#funds"),
    "interests": ("trustee#interests",),
    "mail": ("administrator#messages",),
    "messages": ("administrator#messages",),
    "monitoring": ("programme_officer#monitoring",),
    "moving_in": ("administrator#programs",),
    "organisations": ("programme_officer#organisations",),
    "outreach": ("fund_manager#appeals",),
    "outside": ("fund_manager#appeals",),
    "payment_runs": ("finance#payments",),
    "payments": ("finance#payments",),
    "periods": ("finance#months", "auditor#books"),
    "pledge_changes": ("fund_manager#pledges",),
    "pledges": ("fund_manager#pledges", "finance#receipts"),
    "portfolio": ("fund_manager#awards",),
    "printing": ("finance#statements",),
    "prospects": ("fund_manager#appeals",),
    "public_questions": ("fund_manager#calls",),
    "rates": ("finance#months", "auditor#books"),
    "payouts": ("finance#receipts",),
    "reconciliation": ("finance#bank", "auditor#books"),
    "reporting": ("programme_officer#reports",),
    "retention": ("administrator#data",),
    "reviews": ("reviewer#scoring",),
    "reviews.index": ("reviewer#conflicts",),
    "reviews.recuse": ("reviewer#conflicts",),
    "reviews.submit": ("reviewer#submit",),
    "sanctions": ("programme_officer#organisations",),
    "screening": ("programme_officer#screening",),
    "sessions": ("trustee#session", "fund_manager#awards"),
    "settings": ("fund_manager#fund",),
    "signing": ("fund_manager#agreements",),
    "staff": ("administrator#people", "fund_manager#people"),
    "statements": ("finance#statements", "auditor#documents"),
    "summaries": ("programme_officer#summaries",),
    "thanks": ("fund_manager#appeals",),
    "tokens": ("administrator#programs",),
    "trail": ("auditor#trail",),
    "translating": ("programme_officer#screening",),
    "verification": ("auditor#books",),
    "visits": ("programme_officer#monitoring",),
    "webhooks": ("administrator#programs",),
}
"""For the people of the fund: their start page and pages without a paragraph lead to the guide."""


def guides_of_reader() -> list[str]:
    """The guides written for who looks; a visitor may need any."""
    person = viewer()
    return [name for name, roles in READERS.items() if person is VISITOR or person.holds(*roles)]


def paragraph_of(place: str) -> Paragraph:
    """The paragraph at a place such as "donor#pay"."""
    guide, _hash, key = place.partition("#")
    return next(one for one in GUIDES[guide].paragraphs if one.key == key)


@dataclass(frozen=True, slots=True)
class Help:
    """The link from a page to the paragraph about it; empty where there is none."""

    href: str = ""
    heading: str = ""


def _places_here() -> tuple[str, ...]:
    """The paragraphs about this page, for whomever they are written."""
    names = (request.endpoint or "", request.blueprint or "")
    return tuple(
        place
        for table in (PARAGRAPHS, AT_DESK)
        for place in next((table[name] for name in names if name in table), ())
    )


def help_here() -> Help:
    """The paragraph about this page in a guide of who looks, else the first of their guides."""
    guides = guides_of_reader()
    for place in _places_here():
        if place.partition("#")[0] in guides:
            return Help(f"/guide/{place}", paragraph_of(place).heading)
    if viewer() is VISITOR or not guides:
        return Help()
    return Help(f"/guide/{guides[0]}", GUIDES[guides[0]].title)
