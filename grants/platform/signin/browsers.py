"""What a browser calls itself, in words that its owner knows: "Firefox on Windows"."""

from grants.core.kernel.language import gettext as _

NAMES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""A sign in what it says of itself, and its name; nearly all of them say Safari too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name_of(agent: str) -> str:
    """Name and system; what it says of itself where neither is known."""
    name = next((words for sign, words in NAMES if sign in agent), "")
    system = next((words for sign, words in SYSTEMS if sign in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s", browser=name, system=system)
    return name or system or agent[:60] or _("Unknown browser")
