"""Prepare a process to print documents of this installation."""

import gc

from grants.config import Settings
from grants.core.kernel import links
from grants.core.kernel.processes import give_back
from grants.papers.typesetting.finishing import prepare_signing
from grants.papers.typesetting.source import use_limit
from grants.platform.documents.store import store_at, use_store


def prepare_printing(settings: Settings) -> None:
    """Set, once a process, the address of the installation, its seal key, its file store, who
    signs, and how long a document may take.
    """
    links.use_base_url(settings.base_url)
    prepare_signing(settings)
    use_store(store_at(settings.files_url, settings.data_dir))
    use_limit(settings.print_limit)


def load_for_helpers() -> None:
    """Load what helpers need before they are forked, so that they share it. No letter is typeset
    here: Pango starts a thread with the first, and threads are not forked.
    """
    import altair as alt  # noqa: F401
    import vl_convert  # noqa: F401

    from grants.papers.typesetting import pdf
    from grants.platform.pdf_signing import in_memory  # noqa: F401

    pdf.cut()
    give_back()
    gc.freeze()  # the collector never looks at it again, so its memory stays shared


def get_ready() -> None:
    """Read typefaces and rules now, in a helper, and not with its first document."""
    from grants.papers.typesetting import pdf

    pdf.get_ready()
