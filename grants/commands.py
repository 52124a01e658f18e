"""The command line: each command is imported when it is called, so that `flask --help` is quick.

A new command of a room is a row of COMMANDS, or of IMPORTS.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from grants.core.kernel.errors import FundError

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Row:
    """Where a command is, and what the list of commands says of it."""

    module: str
    attribute: str
    help: str


IMPORTS = {
    "bank-statement": Row(
        "grants.banking.bank.commands",
        "import_bank_statement",
        "Import the bank statements in FILE (camt.053 or MT940), all or none.",
    ),
    "history": Row(
        "grants.desk.moving_in.history.commands",
        "import_history",
        "Import past records from the CSV files in FOLDER (or a .zip, or the sheets of an .xlsx), "
        "all or none.",
    ),
    "rates": Row(
        "grants.books.periods.commands",
        "import_rates",
        "Import the exchange rates in FILE (CSV: currency, effective_on, rate), all or none.",
    ),
    "sanctions": Row(
        "grants.integrity.sanctions.commands",
        "import_sanctions",
        "Import the United Nations Consolidated List from FILE (XML), all of it or none.",
    ),
    "template": Row(
        "grants.desk.moving_in.history.commands",
        "write_templates",
        "Write template files to fill in: CSV files and a workbook.",
    ),
}
"""What is below `flask import`."""

COMMANDS = {
    "admin": Row("grants.platform.staff.commands", "admin", "Administrators."),
    "backup": Row(
        "grants.operations.backups.commands",
        "backup",
        "Write database, files and a manifest into FILE, while people go on working.",
    ),
    "backups": Row(
        "grants.operations.backups.nightly",
        "backups",
        "Backups: every night, kept by a rule, tried out.",
    ),
    "call": Row(
        "grants.applying.call_files.commands",
        "call",
        "Calls for proposals and their forms.",
    ),
    "demo": Row(
        "grants.installation",
        "demo",
        "Create demonstration data in an empty database, and print who can sign in.",
    ),
    "document": Row(
        "grants.papers.certification.commands",
        "document",
        "Documents that this installation issued.",
    ),
    "earmarks": Row(
        "grants.granting.earmarks.commands",
        "earmarks",
        "What of each earmarked contribution was received, is set apart, spent and left, in USD.",
    ),
    "files": Row("grants.operations.files.commands", "files", "Where the content of files lies."),
    "fund": Row("grants.desk.fund_setup.commands", "fund", "Funds and their settings as files."),
    "import": Row(
        "grants.commands", "moving_in", "Move in from files: all of a file, or nothing of it."
    ),
    "ledger": Row("grants.books.periods.commands", "ledger", "The fund's ledger."),
    "mail": Row("grants.operations.mail.commands", "mail", "The mail server."),
    "names": Row("grants.integrity.names.commands", "names", "Names of persons and organisations."),
    "payments": Row("grants.granting.payment_runs.commands", "payments", "Payments to grantees."),
    "portfolio": Row(
        "grants.deciding.portfolio.commands", "portfolio", "Which applications to choose."
    ),
    "publish": Row(
        "grants.publishing.standards.commands", "publish", "Open data files of the funds."
    ),
    "remind": Row(
        "grants.giving.reminders.commands",
        "remind",
        "Send the payment reminders that are due.",
    ),
    "restore": Row(
        "grants.operations.backups.commands",
        "restore",
        "Bring FILE, a backup, into this installation, which must be empty.",
    ),
    "serve": Row(
        "grants.serving",
        "serve",
        "Serve the pages, with a worker for e-mails and documents beside them.",
    ),
    "setup": Row(
        "grants.installation",
        "setup",
        "Migrate the database and enter what the fund starts with. Safe to repeat.",
    ),
    "signing-key": Row(
        "grants.platform.signing_key.commands",
        "signing_key",
        "The key that signs the documents we issue.",
    ),
    "staff": Row("grants.platform.staff.commands", "staff", "Fund staff and their roles."),
    "statement": Row(
        "grants.papers.printing.press.commands",
        "statement",
        "Statements of a fund, a donor, a grant.",
    ),
    "suppress": Row(
        "grants.granting.results.commands",
        "suppress_tables",
        "The tables of FILE with their totals, with small counts suppressed.",
    ),
    "trail": Row(
        "grants.platform.trail.commands", "trail", "Who did what: the trail and its chain."
    ),
    "upgrade": Row(
        "grants.installation",
        "upgrade",
        "Say which migrations are to run, and run them as setup does.",
    ),
    "worker": Row(
        "grants.installation", "worker", "Deliver e-mails and render documents as they come."
    ),
}


class Later(click.Command):
    """A command that is imported when it is called."""

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, help=row.help)
        self.row = row

    def real(self) -> click.Command:
        command: click.Command = getattr(import_module(self.row.module), self.row.attribute)
        return command

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **more: Any,
    ) -> click.Context:
        """The context of the real command, within the whole application."""
        if parent is not None:
            group = parent.info_name if parent.parent else ""
            _stand_in_the_whole(parent, f"{group} {info_name}".strip())
        return self.real().make_context(info_name, args, parent, **more)


class Group(click.Group):
    """A group whose commands are imported when they are called."""

    def __init__(self, name: str, rows: Mapping[str, Row], **attributes: Any) -> None:
        super().__init__(name, {key: Later(key, row) for key, row in rows.items()}, **attributes)


moving_in = Group("import", IMPORTS, help="Move in from files: all of a file, or nothing of it.")


def install(app: "Flask") -> None:
    for name, row in COMMANDS.items():
        app.cli.add_command(Later(name, row))


UNASSEMBLED = "unassembled"


def command_line() -> "Flask":
    """An application that knows the names of its commands; the first one called brings the rest."""
    from flask import Flask

    app = Flask("grants")
    app.extensions[UNASSEMBLED] = True
    install(app)
    return app


def only_lists_commands() -> bool:
    """Was the application asked for by `flask` itself, to list or find a command of ours?"""
    context = click.get_current_context(silent=True)
    return context is not None and context.parent is None


def _stand_in_the_whole(context: click.Context, words: str) -> None:
    from flask import current_app

    if current_app and UNASSEMBLED in current_app.extensions:
        from grants import create_app
        from grants.core.kernel import logs

        try:
            app = create_app()
        except FundError as refusal:  # a setting that cannot be: its message names the correct
            sys.exit(refusal.message)
        logs.bind(command=words)
        context.find_root().with_resource(app.app_context())
