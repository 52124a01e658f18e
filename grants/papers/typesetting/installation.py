"""Prepare a process to print documents of this installation."""

from grants.config import Settings
from grants.core.kernel import links
from grants.papers.typesetting.drawing import Drawer
from grants.papers.typesetting.printers import Printers
from grants.papers.typesetting.source import use_printers
from grants.platform.documents import origin
from grants.platform.documents.store import store_at, use_store
from grants.platform.pdf_signing.installing import Desk
from grants.platform.pdf_signing.signing import use_signer
from grants.platform.web.charts import draw_elsewhere


def prepare_printing(settings: Settings) -> None:
    """Set, once a process, the address of the installation, its seal key, its file store and who
    signs.
    """
    links.use_base_url(settings.base_url)
    origin.use_seal_key(settings.secret())
    desk = Desk(settings)
    use_signer(desk.current, desk.known)
    use_store(store_at(settings.files_url, settings.data_dir))


def print_apart(settings: Settings) -> None:
    """From now on each document is printed, and each chart drawn, in a process apart from this
    one, within a limit of time; in tests by this one, which is quicker to look into.
    """
    logs = ("json" if settings.logs_json else "text", settings.level)
    printers = Printers(settings.print_limit, logs=logs)
    use_printers(None if settings.testing else printers)
    draw_elsewhere(None if settings.testing else Drawer(logs).drawn)
