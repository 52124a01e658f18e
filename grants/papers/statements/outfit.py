"""What documents need of the installation they are printed in."""

from grants.config import Settings
from grants.core.kernel import links
from grants.platform.documents import origin
from grants.platform.documents.store import stand_on, store_at


def outfit(settings: Settings) -> None:
    """Tell this process, once, the installation's address, its seal and its store of files."""
    links.stand_at(settings.base_url)
    origin.seal_with(settings.secret())
    stand_on(store_at(settings.files_url, settings.data_dir))
