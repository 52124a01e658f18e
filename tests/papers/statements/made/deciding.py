"""Papers of applications and of their decision, as tests make them."""

from dataclasses import replace
from decimal import Decimal

from grants.applying.submissions.clarifying import Compared
from grants.applying.submissions.dossier import Clarified, Dossier, OrganisationShown
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import usd
from grants.deciding.board.models import Endorsement
from grants.deciding.decision_lists.facts import (
    AdviceGiven,
    DecisionList,
    DecisionTaken,
    Signer,
)
from grants.deciding.decision_lists.facts import Line as Decided
from grants.deciding.dossiers.case import Case, CriterionScored, Proposed
from grants.deciding.letters.models import Letter as LetterTo
from grants.papers.statements.builders.calls import applying, board
from grants.papers.statements.builders.grants import outcome
from grants.papers.typesetting.paper import Paper
from grants.platform.questionnaires.presentation import Answer, FileShown, ShownSection
from grants.platform.questions.reading import Grid
from tests.papers.statements.made.basics import FIRST, GRANTEE, LAST, WHEN, made
from tests.papers.statements.made.grants import _frame


def reserve_letter() -> Paper:
    facts = outcome.Reserved(
        application="‹43-2026›",
        organisation=GRANTEE,
        title="‹Safe return›",
        call="‹Short-term grants›",
        call_reference="‹1-2026›",
        confirmed_on=LAST,
        place=3,
        of=17,
        requested=usd(1_850_000),
        score=outcome.Score(
            Decimal("74.25"), 60, 2, (outcome.Mark("‹Feasibility›", Decimal(30), Decimal("3.5")),)
        ),
        words=outcome.Words("‹We will write again in March.›"),
        frame=_frame(LetterTo.RESERVE),
    )
    return made("reserve-letter", facts)


def regret_letter() -> Paper:
    unmet = outcome.UnmetCriterion("‹Registered before 1 December 2023›", "‹Registered in 2025.›")
    facts = outcome.Regret(
        application="‹43-2026›",
        organisation=GRANTEE,
        title="‹Safe return›",
        call="‹Short-term grants›",
        call_reference="‹1-2026›",
        decided_on=LAST,
        eligible=False,
        unmet=(unmet,),
        reason="‹One condition is not met.›",
        score=outcome.Score(
            Decimal("54.25"), 60, 2, (outcome.Mark("‹Feasibility›", Decimal(30), Decimal("2.5")),)
        ),
        words=outcome.Words(
            "‹The next call opens in May.›", (("‹Feasibility›", "‹Say who does the work.›"),)
        ),
        frame=_frame(LetterTo.INELIGIBLE),
    )
    return made("regret-letter", facts)


def submission() -> Paper:
    answers = (
        Answer("title", "short_text", "‹Title›", text="‹Safe return›"),
        Answer("story", "long_text", "‹Problem›", text="‹First.›\n‹Second.›"),
        Answer("services", "several_of", "‹Services›", items=("‹Shelter›", "‹Legal aid›")),
        Answer("empty", "short_text", "‹Partner›"),
        Answer(
            "budget",
            "budget",
            "‹Budget›",
            table=Grid(
                heads=(("‹Category›", "text"), ("‹Units›", "number"), ("‹Total›", "money")),
                rows=(("‹Staff›", Decimal("2.5"), usd(1_000_000)), ("‹Rent›", None, None)),
                foot=("‹Total›", "", usd(1_000_000)),
            ),
        ),
        Answer(
            "certificate",
            "files",
            "‹Certificate›",
            files=(FileShown(1, "‹certificate.pdf›", "application/pdf", 81_000, "‹0a1b›"),),
        ),
    )
    change = Compared("‹The project›", answers[1], replace(answers[1], text="‹Said again.›"))
    facts = Dossier(
        reference="‹43-2026›",
        fund="‹Fund›",
        call_reference="‹1-2026›",
        call_title="‹Short-term grants›",
        title="‹Safe return›",
        organisation=OrganisationShown(
            "‹CASA›",
            "‹Casa Segura›",
            None,
            {"registration_number": "‹123›", "registered_on": FIRST},
        ),
        country=None,
        requested=usd(1_000_000),
        state="‹Received›",
        sections=(ShownSection("project", "‹Project›", "", answers),),
        budget=(("‹Staff›", usd(1_000_000)),),
        submitted_at=WHEN,
        submitted_by="‹Luz Reyes›",
        signed_off_by="‹Ana Paz›",
        sha256="‹9f86d081›",
        time_zone="Europe/Vienna",
        clarified=(Clarified("‹Who else pays?›", WHEN, (change,)),),
    )
    return made("submission", facts)


def board_dossier() -> Paper:
    one = Case(
        reference="‹1-2026-0001›",
        state="‹Recommended›",
        rank=1,
        ranked=14,
        score=Decimal("87.50"),
        pass_mark=60,
        spread=Decimal(5),
        criteria=(CriterionScored("‹Need›", Decimal(40), Decimal("4.5")),),
        remarks=("‹Worth the money.›",),
        integrity="‹Screened›",
        integrity_tone="good",
        proposed=Proposed(
            usd(1_800_000), "‹The best there is.›", "‹An emergency.›", "‹It closes.›"
        ),
        dossier=submission().facts,
    )
    facts = board.BoardDossier("‹Short-term grants›", "‹1-2026›", "‹Amadou Diallo›", (one,))
    return made("board-dossier", facts)


def board_minutes() -> Paper:
    names = ("‹Amadou Diallo›", "‹Sunita Thapa›")
    items = (
        board.ItemOfMinutes(
            title="‹Safe return›",
            country=None,
            reference="‹1-2026-0001›",
            organisation="‹Casa Segura›",
            amount=usd(1_800_000),
            votes=(("‹For›", names), ("‹Recused›", ("‹Irena Kovacs›",))),
            reasons=(("‹Sunita Thapa›", "‹A good plan.›"),),
            advice="‹Endorsed›",
            remarks="‹Mind the costs.›",
        ),
        board.ItemOfMinutes("‹A shelter›", None, shut=True),
        board.ItemOfMinutes(
            "‹Legal aid›",
            None,
            False,
            "‹1-2026-0003›",
            "‹Amparo›",
            usd(900_000),
            put_off="‹Figures are missing.›",
        ),
    )
    facts = board.Minutes(
        session="‹UNVTF-B-2026-01›",
        held_on=LAST,
        place="‹Room C3›",
        opened_at=WHEN,
        closed_at=WHEN,
        time_zone="Europe/Vienna",
        in_office=5,
        quorum=3,
        present=(*names, "‹Irena Kovacs›"),
        absent=("‹Marta Quispe›",),
        items=items,
    )
    return made("board-minutes", facts)


def decision_list() -> Paper:
    advice = AdviceGiven(
        Endorsement.ENDORSED, "‹Endorsed›", LAST, "‹Mind the costs.›", (3, 1, 0, 1)
    )
    lines = (
        Decided(
            title="‹Safe return›",
            country=None,
            reference="‹1-2026-0001›",
            organisation="‹Casa Segura›",
            rank=2,
            score=Decimal("87.50"),
            requested=usd(2_000_000),
            recommended=usd(1_800_000),
            departure="‹Nobody else works there.›",
            advice=advice,
            status="‹Approved›",
            tone="good",
            award="‹UNVTF-G-2026-001›",
            awarded=usd(1_800_000),
            decision=DecisionTaken(("‹Ama Mensah›", "‹Kofi Boateng›"), WHEN, "‹It cannot wait.›"),
        ),
        Decided("‹A shelter›", None, shut=True),
        Decided(
            title="‹Legal aid›",
            country=None,
            reference="‹1-2026-0003›",
            organisation="‹Amparo›",
            put_off="‹Figures are missing.›",
            status="‹Recommended›",
            pending=True,
        ),
    )
    facts = DecisionList(
        subject="‹UNVTF-B-2026-01›",
        title="‹Session›",
        held_on=LAST,
        lines=lines,
        left_out=1,
        signers=(Signer("‹Amadou Diallo›", "‹Trustee›"), Signer("", "‹Secretary of the Board›")),
    )
    return made("decision-list", facts)


def blank_form() -> Paper:
    asked = applying.AskedQuestion
    questions = (
        asked("title", "short_text", "‹Title›", "‹In one line.›", True, "‹At most 90.›"),
        asked("story", "long_text", "‹Problem›", "", False, ""),
        asked("services", "several_of", "‹Services›", "", True, "", ("‹Shelter›", "‹Aid›")),
        asked("again", "yes_no", "‹Again?›", "", True, ""),
        asked("people", "beneficiaries", "‹People›", "", True, "", (), ("‹Girls›",), ("‹0-11›",)),
        asked("paper", "files", "‹Certificate›", "", True, "‹Up to 2 files.›"),
    )
    facts = applying.BlankForm(
        call="‹1-2026›",
        title="‹Short-term grants›",
        summary="‹Aid for victims.›",
        opens_at=WHEN,
        deadline_at=WHEN,
        time_zone="Europe/Vienna",
        lowest=usd(500_000),
        highest=usd(2_000_000),
        duration=ngettext("Up to %(num)s month", "Up to %(num)s months", 8),
        conditions=(applying.Condition("‹Countries›", "‹Honduras›, ‹Nepal›"),),
        eligibility=("‹Registered in time›",),
        criteria=(applying.Criterion("‹Feasibility›", "‹Can it be done?›", 30),),
        sections=(applying.AskedSection("‹Project›", "‹About it.›", questions),),
    )
    return made("blank-form", facts)
