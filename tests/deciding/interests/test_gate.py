"""Nothing of an application opens to a trustee before the declaration, nor after a conflict."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.applications.queries import application_for_staff, open_to
from grants.applying.calls.models import Call
from grants.core.audit.queries import trail_of
from grants.core.funds.models import Fund
from grants.core.kernel.errors import Conflict, DomainError, Forbidden, Missing
from grants.core.people.models import Person
from grants.core.people.permissions import OUTSIDE, Role
from grants.core.people.queries import viewer_of
from grants.core.people.service import appoint
from grants.core.people.viewer import Viewer
from grants.deciding.awards.queries import for_viewer as awards_for_viewer
from grants.deciding.awards.service import reject
from grants.deciding.dossiers.queries import before_the_board, readable
from grants.deciding.interests import queries, views
from grants.deciding.interests.models import Interest
from grants.deciding.interests.queries import interest_of, to_declare, undeclared_in
from grants.deciding.interests.service import Declaration, declare, recuse
from grants.deciding.reviews.queries import may_open
from grants.deciding.sessions import board_views
from grants.platform.messages.models import Message
from tests.deciding.routes import read, routes
from tests.factories import (
    Team,
    a_closed_call,
    a_submitted_application,
    act_of,
    an_award,
    an_organisation,
    member,
    money_for_awards,
    recommended,
    reviewed,
    staff,
)
from tests.platform.web.client import SignInAs, StrictClient


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    money_for_awards(session, fund)
    return a_closed_call(session, fund)


def an_application(session: Session, call: Call, name: str) -> Application:
    application = a_submitted_application(session, call, an_organisation(session, name))
    application.title = f"Shelter of {name}"
    return application


@pytest.fixture
def pair(session: Session, call: Call, team: Team) -> tuple[Application, Application]:
    """Two recommended applications."""
    return (
        recommended(session, an_application(session, call, "Alba"), team),
        recommended(session, an_application(session, call, "Brisa"), team),
    )


def seen_by(session: Session, person: Person) -> Viewer:
    found = viewer_of(session, person.id)
    assert found is not None
    return found


def open_ids(session: Session, viewer: Viewer) -> set[int]:
    return {*session.scalars(select(Application.id).where(open_to(viewer)))}


def declared(
    session: Session, person: Person, call: Call, conflicts: tuple[Application, ...] = ()
) -> list[Interest]:
    """The trustee declares on everything there is to declare on."""
    shown = [one.id for one in undeclared_in(session, call, seen_by(session, person))]
    nature = "My sister works there." if conflicts else ""
    said = Declaration(shown, [one.id for one in conflicts], nature)
    return declare(session, call, said, act_of(session, person))


Pair = tuple[Application, Application]


def test_a_declaration_opens_what_is_free_of_conflict_and_shuts_the_rest(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    free, conflicted = pair
    viewer = seen_by(session, trustee)
    assert (open_ids(session, viewer), session.scalar(to_declare(viewer))) == (set(), 2)
    declared(session, trustee, call, (conflicted,))
    assert (open_ids(session, viewer), session.scalar(to_declare(viewer))) == ({free.id}, 0)
    kept = interest_of(session, conflicted.id, trustee.id)
    assert kept is not None
    assert kept.nature == "My sister works there."
    assert trail_of(session, "interest", kept.id)[-1].facts == {"conflict": True}


def test_only_reviewed_applications_are_declared_on(
    session: Session, call: Call, team: Team, trustee: Person
) -> None:
    early = an_application(session, call, "Early")
    late = reviewed(session, an_application(session, call, "Late"), team)
    viewer = seen_by(session, trustee)
    assert undeclared_in(session, call, viewer) == [late]
    declare(session, call, Declaration([early.id, late.id]), act_of(session, trustee))
    assert open_ids(session, viewer) == {late.id}


def test_nothing_is_declared_on_what_was_not_shown(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    first, second = pair
    act = act_of(session, trustee)
    with pytest.raises(DomainError, match="in the list"):
        declare(session, call, Declaration([first.id], [second.id], "Known."), act)
    with pytest.raises(DomainError, match="Describe"):
        declare(session, call, Declaration([first.id], [first.id], "  "), act)
    declare(session, call, Declaration([first.id]), act)
    assert open_ids(session, seen_by(session, trustee)) == {first.id}


def test_who_acts_for_the_applicant_has_a_conflict_whatever_they_declare(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    appoint(session, trustee, Role.ORGANISATION_EDITOR, organisation=pair[0].organisation)
    own, other = sorted(declared(session, trustee, call), key=lambda one: one.application_id)
    assert (own.conflict, other.conflict) == (True, False)


def test_a_declaration_made_twice_stays_as_it_was_first(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    declared(session, trustee, call, pair)
    again = declare(session, call, Declaration([one.id for one in pair]), act_of(session, trustee))
    assert again == []
    assert open_ids(session, seen_by(session, trustee)) == set()


def test_a_conflict_found_later_shuts_the_application_for_good(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    interest = declared(session, trustee, call)[0]
    with pytest.raises(DomainError, match="Describe"):
        recuse(session, interest, act_of(session, trustee, " "))
    with pytest.raises(Forbidden):
        recuse(session, interest, act_of(session, staff(session, Role.TRUSTEE, "Irena"), "x"))
    recuse(session, interest, act_of(session, trustee, "I met the director."))
    assert open_ids(session, seen_by(session, trustee)) == {pair[1].id}
    with pytest.raises(Conflict):
        recuse(session, interest, act_of(session, trustee, "Again."))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRUSTEE])
def test_only_trustees_declare(session: Session, call: Call, pair: Pair, role: Role) -> None:
    own = an_organisation(session, "Other")
    outside = role in OUTSIDE
    person = member(session, own, role) if outside else staff(session, role, "Another")
    with pytest.raises(Forbidden):
        declare(session, call, Declaration([one.id for one in pair]), act_of(session, person))


def test_a_trustee_with_another_role_is_barred_all_the_same(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    appoint(session, trustee, Role.AUDITOR)
    viewer = seen_by(session, trustee)
    with pytest.raises(Missing):
        application_for_staff(session, pair[0].reference, viewer)
    declared(session, trustee, call, (pair[1],))
    assert application_for_staff(session, pair[0].reference, viewer) == pair[0]
    assert (may_open(session, pair[0], viewer), may_open(session, pair[1], viewer)) == (True, False)


def test_a_conflict_outlasts_the_seat(
    session: Session, call: Call, pair: Pair, trustee: Person
) -> None:
    declared(session, trustee, call, (pair[1],))
    trustee.memberships[0].role = Role.AUDITOR
    session.flush()
    assert open_ids(session, seen_by(session, trustee)) == {pair[0].id}


def test_an_award_is_shut_like_its_application(
    session: Session, call: Call, team: Team, trustee: Person
) -> None:
    first = an_award(session, an_application(session, call, "Alba"), team)
    second = an_award(session, an_application(session, call, "Brisa"), team)
    viewer = seen_by(session, trustee)
    assert session.scalars(awards_for_viewer(viewer)).all() == []
    assert second.application is not None
    declared(session, trustee, call, (second.application,))
    assert session.scalars(awards_for_viewer(viewer)).all() == [first]


ACTS = st.lists(
    st.tuples(st.sampled_from(["free", "conflict", "recuse"]), st.integers(0, 1)), max_size=6
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
def test_in_any_order_of_acts_open_is_what_was_denied_and_never_recused(
    session: Session, call: Call, pair: Pair, trustee: Person, acts: list[tuple[str, int]]
) -> None:
    model: dict[int, bool] = {}
    with session.begin_nested() as aside:
        for act, place in acts:
            application = pair[place]
            if act == "recuse" and model.get(application.id):
                interest = interest_of(session, application.id, trustee.id)
                assert interest is not None
                recuse(session, interest, act_of(session, trustee, "Found out."))
                model[application.id] = False
            elif act != "recuse":
                said = [application.id] if act == "conflict" else []
                declaration = Declaration([application.id], said, "Known." if said else "")
                declare(session, call, declaration, act_of(session, trustee))
                model.setdefault(application.id, act == "free")
        viewer = seen_by(session, trustee)
        opened = {key for key, is_open in model.items() if is_open}
        assert open_ids(session, viewer) == opened
        assert {one.id for one in session.scalars(readable(viewer))} == opened
        assert {one.id for one in before_the_board(session, call, viewer)} == opened
        aside.rollback()


# Every route --------------------------------------------------------------------------------------


@pytest.fixture
def reader(session: Session, sign_in_as: SignInAs, trustee: Person) -> StrictClient:
    session.commit()
    return sign_in_as(trustee)


DOCUMENTS = ("submission", "award-letter", "agreement", "grant-statement", "regret-letter")


OF_MANAGERS = ("/applications", "/screening", "/reviews/assign", "/feedback", "/visits", "/start")


@pytest.mark.parametrize("role", [Role.TRUSTEE, Role.FUND_MANAGER, Role.CERTIFYING_OFFICER])
def test_an_application_with_a_conflict_is_nowhere(
    session: Session, call: Call, team: Team, trustee: Person, reader: StrictClient, role: Role
) -> None:
    """Every page, list, search, export, file and document, with every reference of the case; for
    a trustee alone, and for one who holds another role as well.
    """
    hidden = recommended(session, an_application(session, call, "Hidden Harbour"), team)
    award = an_award(session, an_application(session, call, "Hidden Haven"), team)
    shown = recommended(session, an_application(session, call, "Open Oasis"), team)
    assert award.application is not None
    hidden.title = award.application.title = award.title = "A shelter"  # may be known
    declared(session, trustee, call, (hidden, award.application))
    if role is not Role.TRUSTEE:
        appoint(session, trustee, role)
    session.commit()
    tried = set()
    for reference in (hidden.reference, award.application.reference, award.reference):
        values = {"reference": reference, "code": "UNVTF", "attached_id": 1, "document": ""}
        for document in DOCUMENTS:
            for held in {Role.TRUSTEE, role}:
                tried |= routes(reader, held, values | {"document": document})
    lists = ("/decisions", f"/calls/{call.reference}/ranking", "/awards", "/board", "/search")
    for path in (*lists, *(OF_MANAGERS if role is Role.FUND_MANAGER else ()), "/disbursements"):
        tried |= {path, f"{path}?format=csv", f"{path}?q=Hidden"}
    tried |= {f"/board/calls/{call.reference}/interests", f"/calls/{call.reference}/decisions"}
    tried |= routes(reader, role, {"reference": call.reference, "code": "UNVTF"})
    tried |= {f"/documents/decision-list/{call.reference}.json"}
    tried |= {f"/documents/board-dossier/{call.reference}.json"}
    told = "\n".join(read(reader, path) for path in sorted(tried))
    assert not [word for word in ("Harbour", "Haven") if word in told]
    assert "Open Oasis" in told
    assert shown.reference in told
    letters = session.scalars(select(Message).where(Message.person_id == trustee.id)).all()
    assert not [letter for letter in letters if "Hidden" in letter.text]


def test_a_trustee_declares_page_by_page_or_on_the_rest_at_once(
    session: Session,
    call: Call,
    pair: Pair,
    team: Team,
    reader: StrictClient,
    trustee: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "LISTED", replace(views.LISTED, size=1))
    third = an_application(session, call, "Casa")
    reviewed(session, third, team)
    session.commit()
    path = f"/board/calls/{call.reference}/interests"
    page = reader.get(path).text
    assert "3 applications of this call await your declaration." in page
    assert ("Alba" in page, "Brisa" in page) == (True, False)
    said = {"declared": "y", "shown": str(pair[0].id)}
    assert reader.submit(path, said).status_code == 302
    page = reader.get(path).text
    assert "Your declaration has been recorded. 2 applications remain." in page
    assert "in the 1 application on the other pages either" in page
    viewer = seen_by(session, trustee)
    assert open_ids(session, viewer) == {pair[0].id}
    said = {"declared": "y", "shown": str(pair[1].id), "conflicts": str(pair[1].id)}
    said |= {"nature": "I advised them.", "rest": "y", "others": others_on(page)}
    assert reader.submit(path, said).status_code == 302
    assert open_ids(session, viewer) == {pair[0].id, third.id}
    assert undeclared_in(session, call, viewer) == []
    assert reader.get(path).text.count("No declaration is needed")


def test_nothing_is_declared_on_an_application_that_the_page_did_not_count(
    session: Session,
    call: Call,
    pair: Pair,
    team: Team,
    reader: StrictClient,
    trustee: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether it was begun before or after the others: what counts is when it was reviewed."""
    monkeypatch.setattr(views, "LISTED", replace(views.LISTED, size=1))
    early, third, late = [an_application(session, call, one) for one in ("Casa", "Deva", "Eos")]
    reviewed(session, third, team)
    session.commit()
    path, viewer = f"/board/calls/{call.reference}/interests", seen_by(session, trustee)
    page, number = reader.get(path).text, 2
    said = {"declared": "y", "shown": str(pair[0].id), "conflicts": str(pair[0].id)}
    said |= {"nature": "I advised them.", "rest": "y"}
    for joining in (early, late):
        reviewed(session, joining, team)
        session.commit()
        answer, number = reader.submit(path, said | {"others": others_on(page)}), number + 1
        assert open_ids(session, viewer) == set()
        page = answer.text
        assert "The applications on the other pages have changed" in page
        assert f"in any of the {number} applications on the other pages either" in page
        assert "I advised them." in page, "nothing is lost"
        assert re.findall(r'name="(\w+)"[^>]* checked', page) == ["conflicts", "declared"]
    assert reader.submit(path, said | {"others": others_on(page)}).status_code == 302
    assert open_ids(session, viewer) == {pair[1].id, early.id, third.id, late.id}


def others_on(page: str) -> str:
    """What the page sends back about the applications on other pages."""
    found = re.search(r'name="others"[^>]*value="(\w+)"', page)
    assert found
    return found[1]


def test_calls_to_declare_on_are_counted_and_older_ones_stand_on_the_next_page(
    session: Session,
    call: Call,
    pair: Pair,
    team: Team,
    trustee: Person,
    reader: StrictClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = a_closed_call(session, call.fund)
    reviewed(session, an_application(session, newer, "Casa"), team)
    rejected = recommended(session, an_application(session, newer, "Deva"), team)
    reject(session, rejected, act_of(session, team.approver, "Weak."))
    session.commit()
    viewer = seen_by(session, trustee)
    assert queries.calls_to_declare(session, viewer) == [(newer, 2, 1), (call, 2, 2)]
    declare(session, call, Declaration([pair[0].id]), act_of(session, trustee))
    session.commit()
    assert queries.calls_to_declare(session, viewer) == [(newer, 2, 1), (call, 1, 1)]
    for module in (queries, board_views):
        monkeypatch.setattr(module, "MOST_CALLS", 1)
    ways = [f"/board/calls/{one.reference}/interests" for one in (newer, call)]
    first, older = reader.get("/board").text, reader.get(f"/board?before={newer.id}").text
    assert [way in first for way in ways] == [True, False]
    assert f"/board?before={newer.id}" in first
    assert [way in older for way in ways] == [False, True]
    declared(session, trustee, newer)
    assert queries.calls_to_declare(session, viewer) == [(call, 1, 1)]


def test_the_start_page_and_the_badges_of_the_board_count_alike(
    session: Session, call: Call, pair: Pair, team: Team, trustee: Person, reader: StrictClient
) -> None:
    """An application on which the Board is not asked is declared on before it is opened, but awaits
    nobody: a decided one, and those of a call without the advice of the Board.
    """
    alone = a_closed_call(session, call.fund)
    alone.board_advises = False
    reviewed(session, an_application(session, alone, "Casa"), team)
    rejected = recommended(session, an_application(session, call, "Deva"), team)
    reject(session, rejected, act_of(session, team.approver, "Weak."))
    session.commit()
    viewer = seen_by(session, trustee)
    assert queries.calls_to_declare(session, viewer) == [(alone, 1, 0), (call, 3, 2)]
    assert session.scalar(to_declare(viewer)) == 2
    page = reader.get("/board").text
    assert "0 of 1 application awaits the advice of the Board" in page
    assert "2 of 3 applications await the advice of the Board" in page
    badges = re.findall(r'class="count">(?:<bdi[^>]*>)?(\d+)', page)
    assert sum(map(int, badges)) == 2


def test_a_trustees_pages_load_nothing_of_the_other_applications(
    session: Session, call: Call, pair: Pair, team: Team, trustee: Person, sign_in_as: SignInAs
) -> None:
    declared(session, trustee, call)
    session.commit()
    browser, address = sign_in_as(trustee), f"/board/applications/{pair[0].reference}"
    assert "1 of 2" in browser.get(address).text
    alone = browser.rows
    for name in ("Casa", "Deva", "Eos"):
        reviewed(session, an_application(session, call, name), team)
    declared(session, trustee, call)
    session.commit()
    assert "1 of 5" in browser.get(address).text
    assert browser.rows <= alone + 1


def test_a_trustee_prints_no_dossier_but_their_own(
    session: Session, call: Call, pair: Pair, trustee: Person, team: Team, sign_in_as: SignInAs
) -> None:
    other = staff(session, Role.TRUSTEE, "Irena Kovacs")
    declared(session, other, call, (pair[1],))
    session.commit()
    own = f"/documents/board-dossier/{call.reference}/{other.id}.json"
    assert sign_in_as(trustee).get(own).status_code == 404
    assert sign_in_as(team.approver).get(own).status_code == 404
    nobody = f"/documents/board-dossier/{call.reference}/{'9' * 30}.json"
    assert sign_in_as(team.manager).get(nobody).status_code == 404
    told = sign_in_as(other).get(own).text
    assert "Alba" in told
    assert "Brisa" not in told
    assert "Brisa" not in sign_in_as(team.manager).get(own).text


def test_a_trustee_declares_reads_and_recuses_on_the_pages(
    session: Session, call: Call, pair: Pair, reader: StrictClient
) -> None:
    first, second = pair
    page = reader.get("/board").text
    assert call.reference in page
    assert "Alba" not in page
    path = f"/board/calls/{call.reference}/interests"
    form = reader.get(path).text
    assert "Shelter of Alba" in form
    assert first.organisation.name not in form.replace("Shelter of Alba", "")
    shown = f"{first.id} {second.id}"
    ticked = {"conflicts": str(second.id), "declared": "y", "shown": shown}
    assert "Describe your conflict" in reader.submit(path, ticked).text
    reader.submit(path, ticked | {"nature": "I advised them."})
    dossier = reader.get(f"/board/applications/{first.reference}").text
    assert "Strong, and nobody else helps there." in dossier
    assert "80" in dossier
    assert reader.get(f"/board/applications/{second.reference}").status_code == 404
    shut = reader.get(f"/board/applications/{second.reference}/recuse").text
    assert "I advised them." in shut
    recusing = f"/board/applications/{first.reference}/recuse"
    reader.submit(recusing, {"reason": "I know the director."})
    assert reader.get(f"/board/applications/{first.reference}").status_code == 404
