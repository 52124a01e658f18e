"""Prepare a process to print documents of this installation."""

from grants.config import Settings
from grants.core.kernel import links
from grants.core.kernel.apart import work_elsewhere
from grants.papers.typesetting.drawing import Drawer
from grants.papers.typesetting.finishing import prepare_signing
from grants.papers.typesetting.printers import Printers
from grants.papers.typesetting.source import use_printers
from grants.platform.documents.store import store_at, use_store
from grants.platform.web.drawings import Drawings, keep_drawings


def prepare_printing(settings: Settings) -> None:
    """Set, once a process, the address of the installation, its seal key, its file store and who
    signs.
    """
    links.use_base_url(settings.base_url)
    prepare_signing(settings)
    use_store(store_at(settings.files_url, settings.data_dir))


def print_apart(settings: Settings) -> None:
    """From now on each document is printed and signed, and each chart drawn, in a process apart
    from this one, within a limit of time, and a page is shown before its charts; in tests by this
    one, which is quicker to look into.
    """
    logs = ("json" if settings.logs_json else "text", settings.level)
    printers = Printers(settings.print_limit, logs=logs, settings=settings)
    use_printers(None if settings.testing else printers)
    work_elsewhere(None if settings.testing else Drawer(logs).done)
    keep_drawings(None if settings.testing else Drawings.of(settings))
