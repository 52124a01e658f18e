"""Each e-mail about the business of a fund speaks in its name, also where there are two funds."""

import ast
from collections.abc import Iterator
from pathlib import Path

GRANTS = Path(__file__).parents[2] / "grants"
ABOVE = ("applying", "giving", "fundraising", "deciding", "granting")
"""Wings whose e-mails are about a fund."""
RECORDS = {"fund", "application", "award", "pledge", "meeting"}
"""Facts that are a fund, or a record of one."""
NOBODYS = {
    "applying/organisations/confirm",
    "applying/organisations/invitation",
    "applying/organisations/paper_{stage}",
    "applying/organisations/role_changed",
}
"""About an organisation, which applies to any fund."""


def sent(source: str) -> Iterator[tuple[str, set[str]]]:
    """The template of each e-mail of a module, and the names of its facts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"send", "tell"}:
            named = [ast.unparse(one).strip("f'\"") for one in node.args]
            template = next((one for one in named if "/" in one), "")
            if template:
                yield template, {keyword.arg or "**" for keyword in node.keywords}


def speechless(source: str) -> list[str]:
    return [
        template
        for template, facts in sent(source)
        if template not in NOBODYS and not facts & {*RECORDS, "**"}
    ]


def test_an_e_mail_without_its_fund_is_found() -> None:
    call = 'send(session, who, "granting/payments/paid", event="x", amount=1{more})'
    assert speechless(call.format(more="")) == ["granting/payments/paid"]
    assert speechless(call.format(more=", fund=award.fund")) == []


def test_each_e_mail_speaks_in_the_name_of_its_fund() -> None:
    modules = [path for wing in ABOVE for path in (GRANTS / wing).rglob("*.py")]
    assert sum(len(list(sent(path.read_text()))) for path in modules) > 20
    faults = {str(path): speechless(path.read_text()) for path in modules}
    assert {path: found for path, found in faults.items() if found} == {}, "pass fund=… to them"
