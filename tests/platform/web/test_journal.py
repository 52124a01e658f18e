"""Each request has a number and a line in the log, and neither says who it was."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grants.config import Settings
from grants.core.people.permissions import Role
from grants.platform.web import journal
from grants.platform.web.access import public
from grants.platform.web.journal import HEADER
from tests.factories import staff
from tests.platform.web.client import SignInAs, StrictClient

NUMBER = re.compile(r"(\w{4}-){2}\w{4}")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What is written, event and facts."""
    written: list[tuple[str, dict[str, object]]] = []
    for level in ("debug", "info", "error"):
        monkeypatch.setattr(
            journal.LOG, level, lambda event, **facts: written.append((event, facts)), raising=False
        )
    return written


def test_a_line_names_the_page_and_not_its_address(
    client: StrictClient, lines: list[tuple[str, dict[str, object]]]
) -> None:
    client.get("/sign-in/passphrase/a-one-time-token?email=ada@un.example")
    assert lines[0] == ("refused", {"page": "signin.passphrase", "kind": "DomainError"})
    ((_event, facts),) = lines[1:]
    assert (facts["method"], facts["page"]) == ("GET", "signin.passphrase")
    assert facts["status"] == 422
    assert set(facts) == {"method", "page", "status", "milliseconds"}


def test_the_number_is_in_the_answer_and_on_the_page_about_an_error(client: StrictClient) -> None:
    first, second = client.get("/sign-in"), client.get("/nowhere")
    assert NUMBER.fullmatch(first.headers[HEADER])
    assert first.headers[HEADER] != second.headers[HEADER]
    assert second.headers[HEADER] in second.text


def test_an_unexpected_error_is_logged_under_its_number_and_shown_with_it(
    app: Flask,
    client: StrictClient,
    lines: list[tuple[str, dict[str, object]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @public
    def broken() -> str:
        raise RuntimeError("typed by Ada")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "signin.sign_in", broken)
    answer = client.get("/sign-in")
    assert answer.status_code == 500
    assert answer.headers[HEADER] in answer.text
    assert [event for event, _facts in lines] == ["unexpected error", "request"]


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (0, "0123456789abcdef", False),
        (1, "0123456789abcdef", True),
        (1, "one two\tthree", False),
        (1, "x" * 65, False),
    ],
)
def test_a_number_is_taken_from_a_proxy_of_our_own_alone(
    app: Flask, client: StrictClient, settings: Settings, proxies: int, given: str, kept: bool
) -> None:
    app.extensions["settings"] = replace(settings, trusted_proxies=proxies)
    answer = client.get("/sign-in", headers={HEADER: given})
    assert (answer.headers[HEADER] == given) is kept


@pytest.mark.parametrize(
    ("setting", "told"),
    [("", {}), ("network", {"network": "192.0.2.0/24"}), ("address", {"address": "192.0.2.7"})],
)
def test_of_the_address_no_more_is_logged_than_the_setting_says(
    app: Flask,
    client: StrictClient,
    settings: Settings,
    lines: list[tuple[str, dict[str, object]]],
    setting: str,
    told: dict[str, str],
) -> None:
    app.extensions["settings"] = replace(settings, log_client=setting)
    client.get("/sign-in", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    ((_event, facts),) = lines
    assert {key: facts[key] for key in ("network", "address") if key in facts} == told


def test_refused_access_is_recorded(
    session: Session, sign_in_as: SignInAs, lines: list[tuple[str, dict[str, object]]]
) -> None:
    sign_in_as(staff(session, Role.REVIEWER)).get("/trail")
    refused = [facts for event, facts in lines if event == "request"]
    assert [(facts["page"], facts["status"]) for facts in refused] == [("trail.index", 403)]
