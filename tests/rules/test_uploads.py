"""Each room that keeps a file has decided whether it asks for a signed paper."""

import ast
from collections.abc import Iterator

from tests.rules.source import modules

SIGNED = {
    "grants/deciding/board": "the signed minutes of a session on paper",
    "grants/deciding/decision_lists": "the signed list of decisions of a session",
    "grants/deciding/sessions": "the signed minutes of a session",
    "grants/giving/pledges": "the signed agreement of a donor",
    "grants/giving/pledges/changes": "what shows that less will come",
    "grants/giving/pledges/negotiating": "the donor's letter about an earmark",
    "grants/giving/pledging": "the agreement that the donor hands back",
    "grants/granting/agreements": "the signed agreement of a grant",
    "grants/granting/changes": "the signed amendment of a grant",
    "grants/granting/signing": "a copy that one of the parties has signed",
}
"""Where the paper that we issued is refused until it is signed: keep(…, signed=True)."""
PLAIN = {
    "grants/applying/drafts": "documents of the applicant",
    "grants/applying/form_files": "pictures and files that a form shows",
    "grants/applying/organisations/papers": "documents in the profile of an applicant",
    "grants/applying/references": "letters of referees",
    "grants/desk/moving_in": "files of a history",
    "grants/fundraising/appeals": "letters that we print ourselves",
    "grants/giving/outreach": "notes of a talk with a donor",
    "grants/giving/outside": "the note or letter of a donor outside the fund",
    "grants/granting/closure": "a certificate of audit",
    "grants/granting/bank_details": "a letter or a statement of the bank",
    "grants/granting/payments": "the bank's advice of a refund",
    "grants/granting/preparing": "accounts and procedures of a grantee",
    "grants/granting/recovery": "the advice of a bank about a refund",
    "grants/granting/reporting": "receipts, photographs and lists of a grantee",
    "grants/granting/findings": "what shows that a finding was dealt with",
    "grants/granting/monitoring": "reports of visits, spot checks and audits",
    "grants/integrity/diligence": "evidence, which may be a paper of ours",
    "grants/integrity/enquiries": "letters of referees and reports of visits",
    "grants/integrity/risk": "evidence of an assessment of safeguarding",
}


def kept(tree: ast.Module) -> Iterator[bool]:
    """For each call of documents.service.keep: is a signed paper asked for?"""
    if not any(
        isinstance(node, ast.ImportFrom)
        and node.module == "grants.platform.documents.service"
        and any(name.name == "keep" for name in node.names)
        for node in ast.walk(tree)
    ):
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "keep"
        ):
            yield any(word.arg == "signed" for word in node.keywords)


def test_every_upload_of_a_signed_paper_refuses_the_one_that_we_issued() -> None:
    found = [(path.rpartition("/")[0], asked) for path, m in modules().items() for asked in kept(m)]
    assert {room for room, asked in found if asked} == set(SIGNED)
    assert {room for room, asked in found if not asked} == set(PLAIN)


def test_an_upload_that_nobody_thought_about_is_told() -> None:
    service = "from grants.platform.documents.service import keep\n"
    assert list(kept(ast.parse(service + "keep(session, upload, act)"))) == [False]
    assert list(kept(ast.parse(service + "keep(session, upload, act, signed=True)"))) == [True]
