"""Every address at which a role can ask for a record, and what it tells."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from grants.core.people.permissions import Permission, Role
from grants.core.people.role_permissions import GRANTED
from grants.platform.web.access import door_of
from tests.platform.web.client import StrictClient

PRINTED = {"statements.download", "statements.spreadsheet"}
"""The documents' facts are asked for instead, by the same door, which takes less."""


def routes(browser: StrictClient, role: Role, values: dict[str, Any]) -> set[str]:
    """The address of every page about a record that a role's permissions let in; which pages
    refuse the role as such is in docs/access.md.
    """
    app = browser.application
    with app.test_request_context():
        return {
            url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and "reference" in rule.arguments <= set(values)
            and rule.endpoint not in PRINTED
            and _lets_in(app.view_functions[rule.endpoint], role)
        }


def _lets_in(view: Callable[..., Any], role: Role) -> bool:
    door = door_of(view)
    return not isinstance(door, Permission) or door in GRANTED[role]


def read(browser: StrictClient, path: str) -> str:
    """What an address gives, whatever the kind of file; nothing where it is refused."""
    got = browser.get(path, buffered=True)
    return got.get_data().decode("utf-8", "replace") if got.status_code == 200 else ""
