"""Each act asks whether its author may take it, keeps the organisation’s own people apart, and is
written on the trail.
"""

import ast
from collections.abc import Mapping

from tests.rules import source
from tests.rules.calls import Place, is_act, leading_to, module_of, naming, uses

VISITORS = "a visitor takes it, who has no role"
OWN = "it is about a person’s own lists, files, proofs and drafts"
WITHIN = "the act that takes it has asked"
WORKER = "the worker takes it, or the import"
DRAFT = "a draft is kept; what is submitted is on the trail"
MESSAGE = "the list of messages keeps it"
LEDGER = "the ledger keeps it, with its author"
NO_CHANGE = "it changes no record"
WITHOUT_A_ROLE = {
    **dict.fromkeys(
        (
            "applying.public_questions.ask",
            "applying.public_questions.confirm",
            "applying.public_questions.prepare",
            "giving.donors.opt_out",
            "giving.outreach.join_by_link",
            "giving.outreach.join_as_addressed",
            "giving.pledging.propose",
            "giving.pledging.send_link",
        ),
        VISITORS,
    ),
    **dict.fromkeys(
        (
            "core.choices.set_columns",
            "core.proofs.add_app",
            "core.proofs.end_factor",
            "core.proofs.enter_app",
            "core.proofs.make_recovery_codes",
            "desk.data_protection.ask_erasure",
            "deciding.reviews.keep_draft",
            "platform.casework.choose_mail",
            "platform.casework.mark_read",
            "platform.large_files.cancel",
            "platform.large_files.order",
            "platform.undelivered.lift_own",
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            "applying.organisations.verification.open_file",
            "books.certificates.open_certificate",
            "giving.donors.close_card",
            "giving.donors.note_contact",
            "giving.pledges.book_agreement",
            "giving.pledges.unbook_agreement",
            "granting.agreements.renew_reservation",
            "granting.changes.release",
            "granting.payments.begin_instalments",
            "granting.reporting.begin_reports",
            "platform.documents.keep",
            "platform.documents.keep_issued",
            "platform.undelivered.lift",
            "platform.undelivered.mark_posted",
            "platform.undelivered.note_undelivered",
        ),
        WITHIN,
    ),
    **dict.fromkeys(("books.verification.verify", "giving.reminders.remind"), WORKER),
    **dict.fromkeys(("banking.bank.voucher_of", "granting.changes.officers_missing"), NO_CHANGE),
    "applying.references.carry_over": WITHIN,
}
"""Acts that ask for no permission, and why."""
NOT_ON_THE_TRAIL = {
    **dict.fromkeys(
        (
            "core.choices.delete_view",
            "core.choices.save_view",
            "core.choices.set_columns",
            "platform.casework.choose_mail",
            "platform.casework.follow",
            "platform.casework.mark_read",
            "platform.casework.stop_following",
            "platform.large_files.cancel",
            "platform.large_files.order",
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            "applying.drafts.save_held",
            "applying.drafts.save_section",
            "deciding.reviews.keep_draft",
            "deciding.screening.keep_checks",
        ),
        DRAFT,
    ),
    **dict.fromkeys(
        (
            "applying.public_questions.prepare",
            "giving.pledges.signing.send_code",
            "giving.pledges.tell_donor",
            "granting.recovery.remind_late",
            "platform.messages.tell",
        ),
        MESSAGE,
    ),
    **dict.fromkeys(
        (
            "giving.pledges.book_agreement",
            "granting.agreements.renew_reservation",
            "granting.changes.release",
        ),
        LEDGER,
    ),
    **dict.fromkeys(
        (
            "applying.drafts.writable",
            "banking.bank.hold_open",
            "banking.bank.voucher_of",
            "deciding.board.lock_for",
            "giving.donors.permitted",
            "granting.changes.officers_missing",
        ),
        NO_CHANGE,
    ),
    **dict.fromkeys(("platform.documents.keep", "platform.documents.keep_issued"), WITHIN),
    "applying.form_files.place_file": "the form that names the file is on the trail",
    "applying.form_files.take_files": "the form that names the files is on the trail",
    "books.verification.verify": "each verification is a record of its own",
    "granting.allegations.add_note": "allegations have a trail of their own",
}
"""Acts of which the trail says nothing, and why."""
THEIRS = "the organisation takes it for itself"
REVIEWERS = "a reviewer has declared to have no conflict of interest"
NOT_KEPT_APART = {
    **dict.fromkeys(("platform.casework.choose_mail", "platform.casework.mark_read"), OWN),
    **dict.fromkeys(
        (
            "applying.organisations.verification.ask",
            "giving.pledges.signing.send_back",
            "granting.bank_details.request_details",
            "granting.bank_details.withdraw",
            "granting.changes.ask_again",
            "granting.changes.request_change",
            "granting.changes.withdraw",
            "granting.closure.state_closing",
            "granting.findings.add_file",
            "granting.findings.answer",
            "granting.preparing.submit",
            "granting.preparing.submit_budget",
            "granting.preparing.submit_finance",
            "granting.reporting.submit",
            "granting.signing.send_back",
        ),
        THEIRS,
    ),
    **dict.fromkeys(
        (
            "applying.organisations.verification.open_file",
            "giving.pledges.signing.end_open",
            "granting.agreements.conclude",
            "granting.agreements.renew_reservation",
            "granting.changes.release",
            "granting.findings.conclude",
            "granting.payments.begin_instalments",
            "granting.reporting.begin_reports",
            "granting.signing.end_with_award",
        ),
        WITHIN,
    ),
    **dict.fromkeys(
        (
            "deciding.awards.lapse_award",
            "granting.recovery.remind_late",
            "integrity.diligence.take_over",
        ),
        WORKER,
    ),
    **dict.fromkeys(
        (
            "deciding.reviews.keep_draft",
            "deciding.reviews.recuse",
            "deciding.reviews.submit",
        ),
        REVIEWERS,
    ),
    "granting.changes.officers_missing": NO_CHANGE,
}
"""Acts in rooms that keep the organisation’s own people apart, which do not do so, and why."""
ADVANCE = "grants.core.audit.advance"
APART = ("grants.core.people.viewer", "keep_apart")
ASKING = {(ADVANCE, "advance"), (ADVANCE, "require")}
WRITING = {(ADVANCE, name) for name in ("advance", "begin", "begin_all", "record")}
QUESTIONS = {"demand", "may", "organisations_with", "system"}
"""What an act or its author is asked."""


def acts_of(trees: Mapping[str, ast.Module]) -> set[Place]:
    """Every act of every `service.py`."""
    return {
        (module_of(path), node.name)
        for path, tree in trees.items()
        for node in (tree.body if path.endswith("/service.py") else ())
        if is_act(node)
    }


def without_a_question(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that nowhere ask whether their author may take them."""
    asking = leading_to(uses(trees), ASKING | naming(trees, QUESTIONS))
    return {_short_name(place) for place in acts_of(trees) - asking}


def off_the_trail(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that nowhere write on the trail."""
    return {_short_name(place) for place in acts_of(trees) - leading_to(uses(trees), WRITING)}


def within_the_organisation(trees: Mapping[str, ast.Module]) -> set[str]:
    """Acts that people of the organisation may take, in rooms where others are kept from them."""
    graph = uses(trees)
    rooms = {module for (module, _act), named in graph.items() if APART in named}
    acts = {(module, act) for module, act in acts_of(trees) if module in rooms}
    return {_short_name(place) for place in acts - leading_to(graph, {APART})}


def _short_name(place: Place) -> str:
    module, act = place
    return f"{module.removeprefix('grants.').removesuffix('.service')}.{act}"


def test_each_act_asks_whether_its_author_may_take_it() -> None:
    acts = without_a_question(source.modules())
    assert acts - WITHOUT_A_ROLE.keys() == set(), (
        "call act.demand(…), or say in WITHOUT_A_ROLE why not"
    )
    assert WITHOUT_A_ROLE.keys() - acts == set(), "they ask now: strike them"


def test_each_act_is_written_on_the_trail() -> None:
    acts = off_the_trail(source.modules())
    assert acts - NOT_ON_THE_TRAIL.keys() == set(), (
        "call record(…) or advance(…), or say here why not"
    )
    assert NOT_ON_THE_TRAIL.keys() - acts == set(), "they are written now: strike them"


def test_who_acts_for_an_organisation_is_kept_apart_from_each_act_of_the_fund() -> None:
    acts = within_the_organisation(source.modules())
    assert acts - NOT_KEPT_APART.keys() == set(), "call keep_apart(…), or say here why not"
    assert NOT_KEPT_APART.keys() - acts == set(), "they are kept apart now: strike them"


def test_an_act_beside_others_that_keep_apart_is_told() -> None:
    text = """
from grants.core.people.viewer import keep_apart
def hold(session: Session, visit: Visit, act: Act) -> None:
    keep_apart(act.actor, visit.organisation_id)
def postpone(session: Session, visit: Visit, act: Act) -> None: ...
"""
    trees = {"grants/deciding/visits/service.py": ast.parse(text)}
    assert within_the_organisation(trees) == {"deciding.visits.postpone"}


def test_an_act_that_neither_asks_nor_is_written_is_told() -> None:
    begun = "from grants.core.audit.advance import record\n"
    head = "def note(session: Session, donor: Donor, act: Act) -> None:\n    "
    for body, faults in {
        "donor.notes = ''": ({"giving.donors.note"}, {"giving.donors.note"}),
        "record(session, donor, 'note', act)": ({"giving.donors.note"}, set()),
        "act.demand(Permission.DONOR_EDIT, None)": (set(), {"giving.donors.note"}),
        "_note_all(session, donor, act)": (set(), set()),
    }.items():
        within = "\n\ndef _note_all(session, donor, act):\n    act.demand(P.DONOR_EDIT, None)\n"
        within += "    record(session, donor, 'note', act)"
        trees = {"grants/giving/donors/service.py": ast.parse(begun + head + body + within)}
        assert (without_a_question(trees), off_the_trail(trees)) == faults, body
