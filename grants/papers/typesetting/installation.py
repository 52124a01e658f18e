"""Prepare a process to print documents of this installation."""

from grants.config import Settings
from grants.core.kernel import links
from grants.platform.documents import origin
from grants.platform.documents.store import store_at, use_store


def prepare_printing(settings: Settings) -> None:
    """Set, once a process, the address of the installation, its seal key and its file store."""
    links.use_base_url(settings.base_url)
    origin.use_seal_key(settings.secret())
    use_store(store_at(settings.files_url, settings.data_dir))
