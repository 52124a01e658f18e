"""Entry point: `flask` and gunicorn find the application here."""

import gc
import sys

from grants import create_app
from grants.commands import command_line, only_lists_commands
from grants.core.kernel.errors import FundError

gc.disable()  # nothing that is imported here is thrown away: it starts a sixth faster
try:
    app = command_line() if only_lists_commands() else create_app()
except FundError as refusal:  # a setting that cannot be: its message names the mend
    sys.exit(refusal.message)
gc.enable()
