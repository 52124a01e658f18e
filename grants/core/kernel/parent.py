"""A process that another one started for itself ends with it, however that one ended."""

import ctypes
import signal
from contextlib import suppress

_PDEATHSIG = 1
"""PR_SET_PDEATHSIG of Linux."""


def end_with_parent() -> None:
    """Let the system ask this process to stop (SIGTERM) when the one that started it is gone."""
    with suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)
