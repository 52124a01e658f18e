"""The staff's list finds applications by the words of answers, for those who may read them."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from grants.applying.application_search import searching
from grants.applying.application_search.answer_words import AnswerWords, keep_missing_words
from grants.applying.application_search.finding import Criteria, called
from grants.applying.application_search.searching import sought
from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.applying.drafts.service import save_section
from grants.applying.submissions.clarifying import ClarificationRequest, answer, ask
from grants.applying.submissions.service import submit
from grants.core.database.typed import typed
from grants.core.database.words import speaks_of, words_of
from grants.core.funds.models import Fund
from grants.core.funds.service import Charter, establish
from grants.core.kernel import clock
from grants.core.people.models import Person
from grants.core.people.permissions import Role
from grants.core.people.queries import organisations_called, viewer_of
from grants.core.people.service import appoint
from grants.deciding.reviews import service as reviewing
from tests.applying.applications.answers import complete_answers
from tests.factories import (
    Team,
    a_call,
    a_complete_draft,
    a_draft,
    act_of,
    assigned,
    staff,
    writer_of,
)
from tests.platform.web.client import SignInAs

WRITTEN = {
    "Maison Sûre": "Nous accompagnons les survivantes vers un hébergement protégé, à Ségura.",
    "Дом надежды": "Мы предоставляем приют и юридическую помощь пострадавшим.",
    "بيت الأمل": "نقدّم المأوى والمساعدة القانونية للنساء الناجيات.",
    "希望之家": "我们为被贩运的受害者提供庇护所和法律援助。",
    "Casa Luz": "Ofrecemos acompañamiento psicológico en la frontera.",
    "Lantern House": "We run a night-time helpline; twelve psychologists answer.",
}


def submitted(session: Session, call: Call, name: str, text: str) -> Application:
    """An application whose answer about the problem says something of its own."""
    draft = a_complete_draft(session, call, name=name)
    by = writer_of(session, draft)
    typed = {**complete_answers("HN", 12_000)["problem"], "q_problem": [text]}
    save_section(session, draft, "problem", typed, 1, by)
    submit(session, draft, by)
    return draft


@pytest.fixture
def call(session: Session, fund: Fund) -> Call:
    call = a_call(session, fund)
    for name, text in WRITTEN.items():
        submitted(session, call, name, text)
    return call


def found(
    session: Session, person: Person, text: str, call: str | None = None, country: str | None = None
) -> list[str]:
    """The organisations of what a search finds, in the order of the list."""
    viewer = viewer_of(session, person.id)
    assert viewer is not None
    whole, listed = (
        sought(session, viewer, Criteria(call, None, country, text), whole=whole)
        for whole in (True, False)
    )
    rows = session.scalars(listed.query.order_by(None).order_by(Application.id.desc())).all()
    assert {one.id for one in rows} == set(
        session.scalars(whole.query.with_only_columns(Application.id))
    )
    return [one.organisation.name for one in rows]


FOUND = {
    "hébergement": "Maison Sûre",
    "HEBERGEMENT protege": "Maison Sûre",
    "Segura": "Maison Sûre",
    "ségura": "Maison Sûre",
    "приют": "Дом надежды",
    "юридическ пострадав": "Дом надежды",
    "приюты пострадавшие": "Дом надежды",
    "hébergements": "Maison Sûre",
    "القانوني": "بيت الأمل",
    "مأوى": "بيت الأمل",
    "الماوى": "بيت الأمل",
    "المأ": "بيت الأمل",
    "نساء": "بيت الأمل",
    "庇护所": "希望之家",
    "庇护": "希望之家",
    "受害者 法律援助": "希望之家",
    "acompanamiento": "Casa Luz",
    "helpline": "Lantern House",
    "night-time": "Lantern House",
    "counsel twelve": "Lantern House",
}
NOT_FOUND = ("ebergement", "庇援", "helpline hébergement", "%", "'", "a'b|c & !", "\\")


def test_words_of_answers_are_found_in_every_language_and_no_others(
    session: Session, call: Call
) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    assert {text: found(session, officer, text) for text in FOUND} == {
        text: [name] for text, name in FOUND.items()
    }
    assert not any(found(session, officer, text) for text in NOT_FOUND)


def test_filters_hold_in_a_search(session: Session, fund: Fund, call: Call) -> None:
    officer, other = staff(session, Role.PROGRAMME_OFFICER), a_call(session, fund)
    submitted(session, other, "Second House", "A helpline as well.")
    assert found(session, officer, "helpline") == ["Second House", "Lantern House"]
    assert found(session, officer, "helpline", call=call.reference) == ["Lantern House"]
    assert found(session, officer, "helpline", country="NP") == []


def test_a_draft_is_not_found_before_it_is_submitted(session: Session, fund: Fund) -> None:
    draft = a_draft(session, a_call(session, fund))
    by = writer_of(session, draft)
    save_section(session, draft, "problem", {"q_problem": ["A helpline."]}, 0, by)
    assert found(session, staff(session, Role.PROGRAMME_OFFICER), "helpline") == []


def test_what_was_clarified_is_found_once_it_is_sent_and_what_was_submitted_still_is(
    session: Session, call: Call
) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    house = session.scalars(select(Application).order_by(Application.id.desc()).limit(1)).one()
    asked = ClarificationRequest(["problem"], "Who answers?", clock.now() + timedelta(days=14))
    clarification = ask(session, house, asked, act_of(session, officer))
    by = writer_of(session, house)
    typed = {**complete_answers("HN", 12_000)["problem"], "q_problem": ["Volunteers answer."]}
    save_section(session, house, "problem", typed, 2, by)
    assert found(session, officer, "volunteers") == []
    answer(session, clarification, by)
    session.flush()
    assert found(session, officer, "volunteers") == ["Lantern House"]
    assert found(session, officer, "psychologists") == ["Lantern House"]
    session.execute(delete(AnswerWords))
    keep_missing_words(session)
    assert found(session, officer, "volunteers") == ["Lantern House"]


def test_the_newest_hits_are_listed_and_the_file_has_all(
    session: Session, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.execute(delete(AnswerWords))
    assert keep_missing_words(session) == len(WRITTEN)
    assert keep_missing_words(session) == 0
    officer = staff(session, Role.PROGRAMME_OFFICER)
    assert found(session, officer, "hébergement") == ["Maison Sûre"]
    monkeypatch.setattr(searching, "MOST_FOUND", 3)
    viewer = viewer_of(session, officer.id)
    assert viewer is not None
    every = complete_answers("HN", 1)["problem"]["q_target_group"][0].split()[0]
    many = sought(session, viewer, Criteria(text=every))
    newest = list(session.scalars(select(Application.id).order_by(Application.id.desc()).limit(3)))
    assert many.cut
    assert list(session.scalars(many.query.order_by(Application.id.desc()))) == [
        session.get(Application, number) for number in newest
    ]
    whole = sought(session, viewer, Criteria(text=every), whole=True)
    assert len(session.scalars(whole.query).all()) == len(WRITTEN)


def test_numbers_far_apart_are_searched_like_others(
    session: Session, fund: Fund, call: Call
) -> None:
    last = session.scalar(func.nextval("application_id_seq"))
    session.execute(select(func.setval("application_id_seq", 2_000_000_000)))
    try:
        submitted(session, a_call(session, fund), "Second House", "A helpline as well.")
    finally:  # the numbers of a sequence are not rolled back
        session.execute(select(func.setval("application_id_seq", last)))
    officer = staff(session, Role.PROGRAMME_OFFICER)
    assert found(session, officer, "helpline") == ["Second House", "Lantern House"]


def test_a_common_word_and_a_seldom_one_are_found_together(session: Session, call: Call) -> None:
    officer = staff(session, Role.PROGRAMME_OFFICER)
    every = complete_answers("HN", 1)["problem"]["q_target_group"][0].split()[0]
    assert found(session, officer, f"{every} hébergement") == ["Maison Sûre"]
    assert found(session, officer, f"hébergement Ségura {every}") == ["Maison Sûre"]
    assert found(session, officer, f"hébergement helpline {every}") == []
    assert found(session, officer, f"受害者 {every}") == ["希望之家"]


def ids_called(session: Session, said: str) -> set[int]:
    """What a search by number, title and organisation finds."""
    return set(session.scalars(called(typed(said))))


def test_titles_are_found_by_how_their_words_begin(session: Session, fund: Fund) -> None:
    call = a_call(session, fund)
    titles = ("Safe house", "Safe return", "House of hope", "Légal safe aid", "安全 safe 家", "Aid")
    drafts = {title: a_draft(session, call, name=f"House {title}") for title in titles}
    for title, draft in drafts.items():
        draft.title = title
    session.flush()
    titled = {draft.id: title for title, draft in drafts.items()}
    expected = {
        "safe house": {"Safe house", "Safe return", "Légal safe aid", "安全 safe 家"},
        "safe legal": {"Légal safe aid"},
        "aid SAFE leg": {"Légal safe aid"},
        "legal return": set(),
        "hop hou": {"House of hope"},
        "全 safe": {"安全 safe 家"},
        "家 hope": set(),
        "%": set(),
    }
    assert {
        said: {titled[number] for number in ids_called(session, said)} for said in expected
    } == expected


SAID = (
    *("safe", "Safety", "safer", "s", "legal", "Légale", "L’égalité", "aid", "Aide", "and", "et"),
    *(
        "O'Neill",
        "安全之家",
        "センター",
        "が",
        "COVID-19",
        "2024-2026",
        "1.5",
        "12",
        "night-time",
        "a_b",
        "naïve",
        "mother’s",
        "R&D",
        "50%",
        "back\\slash",
    ),
    *(
        "مساندة",
        "المساندة",
        "مُساندة",
        "إيواء",
        "ايواء",
        "للنساء",
        "приют",
        "Приюты",
        "ΣΠΊΤΙ",
        "σπίτι",
    ),
    *("şükür", "İstanbul", "straße", "हिन्दी", "ที่พัก", "안전", "１２", "²", "ﬁne", "ǅ", "e\u0301t"),
)


def begins_words(title: str, text: str) -> bool:
    """The plain reading of a search: each word of the text begins a word of the title."""
    said = words_of(title)
    return all(any(one.startswith(word) for one in said) for word in words_of(text))


@pytest.mark.parametrize("seed", range(4))
def test_a_search_finds_what_reading_every_title_finds(
    session: Session, fund: Fund, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - no secret
    call = a_call(session, fund)
    drafts = [a_draft(session, call, name=f"Org {number}") for number in range(12)]
    for draft in drafts:
        draft.submitted_at = clock.now()
    for _changed in range(2):  # the second time each has another title
        for draft in drafts:
            draft.title = " ".join(chance.choices(SAID, k=chance.randint(0, 6)))
        session.flush()
        for _ in range(25):
            words = chance.choices(SAID, k=chance.randint(1, 3))
            typed_text = " ".join(word[: chance.randint(1, len(word))] for word in words)
            if not words_of(typed_text):
                continue
            titled = speaks_of(typed_text, Application.title)
            named = Application.organisation_id.in_(organisations_called(typed_text))
            numbered = Application.reference.startswith(typed_text.upper(), autoescape=True)
            read = select(Application.id).where(or_(titled, named, numbered))
            assert ids_called(session, typed_text) == set(session.scalars(read)), typed_text
            if typed_text.isascii():
                said = {one.id for one in drafts if begins_words(one.title, typed_text)}
                assert said == set(session.scalars(select(Application.id).where(titled)))


def test_what_has_the_name_comes_before_what_mentions_it(
    session: Session, call: Call, sign_in_as: SignInAs
) -> None:
    submitted(session, call, "Night School", "We teach.")
    submitted(session, call, "Casa Norte", "Like the Lantern House, a helpline.")
    session.commit()
    browser = sign_in_as(staff(session, Role.PROGRAMME_OFFICER))
    page = browser.get("/applications?q=lantern").text
    assert page.index("Lantern House") < page.index("Casa Norte")
    assert "Night School" not in page
    latest = browser.get("/applications?q=lantern&order=last").text
    assert latest.index("Casa Norte") < latest.index("Lantern House")


# Who may not read it -----------------------------------------------------------------------------


@pytest.mark.parametrize("blind", [True, False])
def test_staff_who_review_do_not_find_what_they_may_not_open(
    session: Session, fund: Fund, team: Team, blind: bool
) -> None:
    application = submitted(
        session, a_call(session, fund, blind=blind), "Lantern House", "Lantern has a helpline."
    )
    assert found(session, team.officer, "helpline") == ["Lantern House"]
    reviewer = team.reviewers[0]
    review, _other = assigned(session, application, team)
    appoint(session, reviewer, Role.PROGRAMME_OFFICER)
    assert found(session, reviewer, "helpline") == []
    reviewing.declare_no_conflict(session, review, act_of(session, reviewer))
    assert found(session, reviewer, "helpline") == ([] if blind else ["Lantern House"])
    assert found(session, team.officer, "helpline") == ["Lantern House"]


@pytest.mark.parametrize("blind", [True, False])
def test_a_reviewers_search_does_not_read_answers(
    session: Session, fund: Fund, team: Team, sign_in_as: SignInAs, blind: bool
) -> None:
    application = submitted(
        session, a_call(session, fund, blind=blind), "Lantern House", "Amahoro has a helpline."
    )
    review, _other = assigned(session, application, team)
    reviewing.declare_no_conflict(session, review, act_of(session, review.reviewer))
    session.commit()
    browser = sign_in_as(review.reviewer)
    for text in ("amahoro", "helpline"):
        assert application.reference not in browser.get(f"/search?q={text}").text
        assert browser.get(f"/applications?q={text}").status_code in (403, 404)


def test_another_fund_is_not_searched(session: Session, fund: Fund, call: Call) -> None:
    other = establish(session, Charter("OTHER", {"en": "Other fund"}, {"en": "Other"}))
    person = staff(session, Role.REVIEWER, "Ola Berg")
    appoint(session, person, Role.PROGRAMME_OFFICER, fund_id=other.id)
    assert found(session, person, "helpline") == []
