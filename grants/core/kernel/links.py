"""Addresses of our own pages in e-mails and documents, where there is no web request."""

_base = "http://localhost:5000"


def use_base_url(base_url: str) -> None:
    """Set the address of this installation, once, in the assembly."""
    global _base  # noqa: PLW0603 - one process serves one installation
    _base = base_url.rstrip("/")


def absolute(path: str) -> str:
    """The full address of one of our pages, such as /giving."""
    return f"{_base}/{path.lstrip('/')}"
