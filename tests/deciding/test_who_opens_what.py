"""Who sees and does what in which state: every role, every state of an application, the pages
of the case and every act on it.

What a conflicted reviewer and a recused trustee get by every other route (lists, searches, exports,
documents, e-mails) is asked in reviews/test_gate.py and interests/test_gate.py; which role opens
which page at all is docs/access.md.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from grants.applying.applications.workflow import RANKED, ApplicationState
from grants.core.funds.models import Fund
from grants.core.people.models import Person
from grants.core.people.permissions import Permission, Role
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.interests.service import Declaration, declare
from grants.platform.web.access import door_of
from tests.deciding.cases import Cases
from tests.factories import a_person, act_of, an_organisation, member, staff, without_conflict
from tests.platform.web.client import SignInAs, StrictClient

PAGES = {
    "a": "/applications/{}",
    "d": "/decisions/{}",
    "r": "/reviews/{}",
    "b": "/board/applications/{}",
    "o": "/applying/{}",
}
"""What is read."""
ACTS = {
    "S": "/screening/{}",
    "C": "/applications/{}/clarify",
    "A": "/reviews/assign/{}",
    "M": "/reviews/assign/{}/note",
    "V": "/visits/{}/plan",
    "R": "/decisions/{}/recommend",
    "K": "/decisions/{}/reserve",
    "N": "/decisions/{}/not-recommend",
    "I": "/decisions/{}/invite",
    "B": "/decisions/{}/advice",
    "F": "/feedback/{}",
    "P": "/decisions/{}/approve",
    "J": "/decisions/{}/reject",
    "X": "/decisions/{}/confirm-reserve",
    "D": "/reviews/{}",
    "Q": "/reviews/{}/step-aside",
    "U": "/board/applications/{}/recuse",
    "E": "/applying/{}/reopen",
    "W": "/applying/{}/withdraw",
}
"""What is done: the page shows a form to be sent."""
FORM = '<form method="post"'
APPLICANTS = [role for role in Role if role.value.startswith("organisation_")]

TABLE = """
                 manager   programme  approver  auditor  reviewer  reviewer 2  conflicted  trustee
draft            -         -          -         -        -         -           -           -
submitted        adSC      adSC       ad        ad       -         -           -           -
ineligible       ad        ad         ad        ad       -         -           -           -
eligible         adCA      adCA       ad        ad       -         -           -           -
withdrawn        ad        ad         ad        ad       -         -           -           -
under review     adCM      adCM       ad        ad       rDQ       rDQ         r           -
reviewed         adCMRKNF  adCMF      ad        ad       r         r           r           dbU
recommended      adMRKNBF  adMF       adJ       ad       r         r           r           dbU
advised          adMRKNBF  adMF       adPJ      ad       r         r           r           dbU
reserve          adMRNF    adMF       adJX      ad       r         r           r           dbU
not recommended  adMRKF    adMF       adJ       ad       r         r           r           dbU
approved         adM       adM        ad        ad       r         r           r           dbU
rejected         adM       adM        ad        ad       r         r           r           dbU
concept note     adCMIF    adCMF      ad        ad       -         -           -           dbU
invited          adM       adM        ad        ad       -         -           -           dbU
not invited      adMI      adM        ad        ad       -         -           -           dbU
"""
APPLICANTS_TABLE = """
                 admin  editor  signatory  reader
draft            oW     o       oW         o
submitted        oEW    o       oEW        o
ineligible       o      o       o          o
eligible         oW     o       oW         o
withdrawn        o      o       o          o
under review     oW     o       oW         o
reviewed         o      o       o          o
recommended      o      o       o          o
advised          o      o       o          o
reserve          o      o       o          o
not recommended  o      o       o          o
approved         o      o       o          o
rejected         o      o       o          o
concept note     o      o       o          o
invited          o      o       o          o
not invited      o      o       o          o
"""
"""A row for each state, a column for each person: small letters are read, capitals are done. Their
call asks for no visit. A reviewer who stepped aside reads that they did, with title and country.
"""
NOTHING = {
    "recused",
    "undeclared",
    "finance",
    "certifying",
    "observer",
    "administrator",
    "another",
    "donor",
}
"""They read and do nothing in any state."""


def of_the_fund(session: Session, cases: Cases) -> dict[str, Person]:
    """Each role; and a reviewer and a trustee with a conflict of interest in everything."""
    reviewed = [one for one in cases.made.values() if one.state in RANKED]
    trustee, recused = staff(session, Role.TRUSTEE), staff(session, Role.TRUSTEE, "Recused")
    without_conflict(session, trustee, *reviewed)
    for one in reviewed:
        said = Declaration([one.id], [one.id], "My sister works there.")
        declare(session, one.call, said, act_of(session, recused))
    team = cases.team
    return {
        "manager": team.manager,
        "programme": team.officer,
        "approver": team.approver,
        "auditor": staff(session, Role.AUDITOR),
        "reviewer": team.reviewers[0],
        "reviewer 2": team.reviewers[1],
        "conflicted": cases.aside,
        "trustee": trustee,
        "recused": recused,
        "undeclared": staff(session, Role.TRUSTEE, "Undeclared"),
        "finance": staff(session, Role.FINANCE_OFFICER),
        "certifying": staff(session, Role.CERTIFYING_OFFICER),
        "observer": staff(session, Role.OBSERVER),
        "administrator": staff(session, Role.ADMINISTRATOR),
    }


def from_outside(session: Session, cases: Cases) -> dict[str, Person]:
    """Each role in the organisations that apply; another applicant and a donor."""
    own = {role: a_person(session, role.value.replace("_", " ")) for role in APPLICANTS}
    for role, person in own.items():
        for one in cases.made.values():
            appoint(session, person, role, organisation=one.organisation)
    elsewhere = an_organisation(session, "Elsewhere")
    return {role.value.removeprefix("organisation_"): person for role, person in own.items()} | {
        "another": member(session, elsewhere, name="Ana Ruiz"),
        "donor": member(session, elsewhere, Role.DONOR, "Dora Gift"),
    }


def seen_and_done(browser: StrictClient, viewer: Viewer, reference: str) -> str:
    """The letters of what the person reads, then of what the person can do."""
    read = {key: page.format(reference) for key, page in PAGES.items()}
    done = {key: page.format(reference) for key, page in ACTS.items()}
    pages = {path: asked(browser, viewer, path) for path in {*read.values(), *done.values()}}
    reads = [key for key, path in read.items() if pages[path]]
    does = [key for key, path in done.items() if FORM in pages[path]]
    return "".join(reads + does)


def asked(browser: StrictClient, viewer: Viewer, path: str) -> str:
    """What the page says; nothing where it is refused. It is not asked where its door lets no role
    of this person in: docs/access.md asks every door.
    """
    app = browser.application
    endpoint, _values = app.url_map.bind("localhost").match(path)
    door = door_of(app.view_functions[endpoint])
    if isinstance(door, Permission) and not viewer.may(door):
        return ""
    got = browser.get(path)
    return got.text.partition("<main")[2].partition("</main>")[0] if got.status_code == 200 else ""


def drawn(columns: Mapping[str, Sequence[str]], states: Iterable[str]) -> str:
    table = [["", *states], *([name, *cells] for name, cells in columns.items())]
    widths = [max(map(len, column)) for column in table]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in zip(*table, strict=True)
    )


def test_who_reads_and_does_what_in_which_state(
    session: Session, fund: Fund, sign_in_as: SignInAs
) -> None:
    cases = Cases(session, fund)
    cases.before_review()
    cases.after_review()
    cases.of_two_stages()
    assert {one.state for one in cases.made.values()} == set(ApplicationState)
    nothing = set()
    for people, table in ((of_the_fund, TABLE), (from_outside, APPLICANTS_TABLE)):
        columns = {}
        for name, person in people(session, cases).items():
            browser, viewer = sign_in_as(person), act_of(session, person).actor
            cells = [seen_and_done(browser, viewer, one.reference) for one in cases.made.values()]
            if any(cells):
                columns[name] = [cell or "-" for cell in cells]
            else:
                nothing.add(name)
        assert drawn(columns, cases.made) == table.strip("\n")
    assert nothing == NOTHING
