"""What is in the frame of every page: the menu, the account, the languages, the fund's name.

A view puts itself into the menu, and its mark decides who sees it there:

    @pages.get("/pledges")
    @in_menu(_l("Pledges"), 30)
    @needs(Permission.PLEDGE_SEE)
    def index() -> ResponseReturnValue: …
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import current_app, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Select, select

from grants.core.kernel import language as languages
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.links import absolute
from grants.core.people.permissions import Permission
from grants.core.people.viewer import VISITOR, Viewer
from grants.platform.web.access import PUBLIC, arriving, at_work, door_of, viewer
from grants.platform.web.arrival import without_unstorable
from grants.platform.web.database import session
from grants.platform.web.face import face

View = TypeVar("View", bound=Callable[..., Any])
Count = Callable[[Viewer], Select[int]]
"""How much waits on a page for a person, as a query of one number; it is kept for the day."""
_ENTRY = "_menu_entry"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu: its name, its place (low first, and in its section), what else must be
    true of a viewer.
    """

    text: str
    place: int
    who: Callable[[Viewer], bool]
    count: Count | None = None
    also: tuple[str, ...] = ()
    alone: bool = False
    """Other pages of its blueprint do not belong to it."""
    key: str = ""
    """The letter that leads there after “g”."""


class _Menu:
    """Every page that asked to be in the menu, in its order, with the mark of its door."""

    def __init__(self, views: Mapping[str, Callable[..., Any]]) -> None:
        marked = (
            (endpoint, getattr(view, _ENTRY), door_of(view))
            for endpoint, view in views.items()
            if hasattr(view, _ENTRY)
        )
        self.entries: list[tuple[str, Entry, str | Permission | None]] = sorted(
            marked, key=lambda row: row[1].place
        )


@dataclass(frozen=True, slots=True)
class _Line:
    """A page in the menu of one person, in their language."""

    endpoint: str
    entry: Entry
    text: str
    href: str
    section: str


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the menu as one person sees it. `count`: how much waits there.

    A section of the menu holds `pages`, shown in a second row while one of them is open.
    """

    text: str
    href: str
    current: bool = False
    count: int = 0
    key: str = ""
    pages: tuple["NavItem", ...] = ()
    folded: bool = False
    """A section that stays closed until a person opens it: seldom needed."""


FLAT = 7
"""Up to so many pages, a person's menu needs no sections."""

SECTIONS = (
    (25, _l("Funding")),
    (35, _l("Grants")),
    (70, _l("Accounts")),
    (90, _l("Administration")),
)
"""From which place on the pages belong to which section; those before it have no section."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, for the menu at the top of the page."""

    name: str
    role: str
    profile_url: str
    sign_out_url: str
    desk: bool = False
    """Works for the fund: gets the dense pages with the rail."""
    roomy: bool = False
    """Prefers rows with more space."""
    shortcuts: bool = False
    """Uses single keys."""


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language the reader may change to."""

    code: str
    name: str
    direction: str
    href: str
    current: bool


def _for_anybody(_viewer: Viewer) -> bool:
    return True


def in_menu(
    text: str,
    place: int,
    who: Callable[[Viewer], bool] = _for_anybody,
    count: Count | None = None,
    also: tuple[str, ...] = (),
    *,
    alone: bool = False,
    key: str = "",
) -> Callable[[View], View]:
    """Show this page in the menu of everyone who may open it and of whom `who` is true.

    `count` says how much waits there; `also` names other blueprints whose pages belong to this
    line of the menu; `alone` that the other pages of its own blueprint do not; `key` is the letter
    that leads there after “g”.
    """

    def marked(view: View) -> View:
        setattr(view, _ENTRY, Entry(text, place, who, count, also, alone, key))
        return view

    return marked


def navigation() -> tuple[NavItem, ...]:
    """The menu of the person who looks: page by page, or by section where there are many."""
    if viewer() is VISITOR and face().one:
        return _public_menu(face().code)
    lines = _lines_of(viewer(), _menu_of_app(), languages.current_language().code)
    counts = _waiting_counts(lines, at_work())
    if len(lines) <= FLAT:
        return tuple(_menu_item(line, counts) for line in lines)
    items: list[NavItem] = []
    for section, members in groupby(lines, key=lambda line: line.section):
        pages = tuple(_menu_item(line, counts) for line in members)
        items += [_gathered_item(section, pages)] if section and len(pages) > 1 else pages
    return tuple(items)


FOR_VISITORS = (
    ("money.years", _l("Where it goes")),
    ("published_grants.index", _p("menu", "Grants")),
    ("results.newest", _p("project", "Results")),
    ("calls.index", _p("menu", "Apply")),
)
"""What a visitor finds of one fund; “Give” is the button beside it."""


def _public_menu(code: str) -> tuple[NavItem, ...]:
    here = request.blueprint or ""
    return tuple(
        NavItem(
            str(text),
            url_for(endpoint) if endpoint == "calls.index" else url_for(endpoint, code=code),
            here == endpoint.partition(".")[0],
        )
        for endpoint, text in FOR_VISITORS
    )


def drawn_once(template: str, macro: str, items: Iterable[Hashable]) -> Markup:
    """What is drawn of the same facts again and again: the menu, and the list of its keys."""
    return _drawn_macro(template, macro, tuple(items), languages.current_language().code)


def drawn_long(template: str, macro: str, items: Iterable[Hashable]) -> Markup:
    """What is drawn of something long, of which fewer are kept: what an applicant submitted."""
    return _drawn_long(template, macro, tuple(items), languages.current_language().code)


@lru_cache(maxsize=512)
def _drawn_macro(template: str, macro: str, items: tuple[Hashable, ...], _language: str) -> Markup:
    module = current_app.jinja_env.get_template(template).module
    drawn: Markup = getattr(module, macro)(items)
    return drawn


_drawn_long = lru_cache(maxsize=24)(_drawn_macro.__wrapped__)


def _waiting_counts(lines: Sequence[_Line], person: Viewer) -> dict[str, int]:
    """How much waits on each page that counts: one question to the database for the whole menu."""
    counting = {line.endpoint: line.entry.count for line in lines if line.entry.count}
    if not counting:
        return {}
    query = select(*(count(person).scalar_subquery() for count in counting.values()))
    return dict(zip(counting, session().execute(query).one(), strict=True))


def _menu_item(line: _Line, counts: Mapping[str, int]) -> NavItem:
    here = request.endpoint or ""
    current = (
        here == line.endpoint
        if line.entry.alone
        else here.partition(".")[0] in (line.endpoint.partition(".")[0], *line.entry.also)
    )
    return NavItem(line.text, line.href, current, counts.get(line.endpoint, 0), line.entry.key)


@lru_cache(maxsize=256)
def _lines_of(person: Viewer, menu: _Menu, _language: str) -> tuple[_Line, ...]:
    """The pages that this person has in the menu; only their counts change from page to page."""
    return tuple(
        _Line(endpoint, entry, str(entry.text), url_for(endpoint), _section_of(entry.place))
        for endpoint, entry, door in menu.entries
        if opens_to(door, person) and entry.who(person)
    )


def _section_of(place: int) -> str:
    """The section of the menu for this place; empty for a page without a section."""
    return next((str(text) for first, text in reversed(SECTIONS) if place >= first), "")


def _gathered_item(section: str, pages: tuple[NavItem, ...]) -> NavItem:
    return NavItem(
        section,
        pages[0].href,
        current=any(page.current for page in pages),
        count=sum(page.count for page in pages),
        pages=pages,
        folded=section == str(SECTIONS[-1][1]),
    )


def _menu_of_app() -> _Menu:
    menu: _Menu | None = current_app.extensions.get("menu")
    if menu is None:
        menu = current_app.extensions["menu"] = _Menu(current_app.view_functions)
    return menu


def opens_to(door: str | Permission | None, person: Viewer) -> bool:
    """Does a page with this mark open to the person?"""
    if isinstance(door, Permission):
        return person.may(door)
    return door == PUBLIC or (door is not None and person is not VISITOR)


def all_pages(items: Sequence[NavItem]) -> list[NavItem]:
    """The pages of a menu, out of their sections."""
    return [page for item in items for page in (item.pages or (item,))]


def navigation_links(items: Sequence[NavItem]) -> list[dict[str, Any]]:
    """The menu for the GOV.UK macro; what waits is shown in a badge."""
    return [
        {
            "href": item.href,
            "current": item.current,
            "html": escape(item.text) + _count_badge(item.count),
            "key": item.key,
        }
        for item in items
    ]


def _count_badge(count: int) -> Markup:
    return Markup(' <span class="count">{}</span>').format(count) if count else Markup()


def account() -> Account | None:
    """The person who has signed in."""
    browser, person = arriving(), viewer()
    if person is VISITOR or browser is None:
        return None
    roles = dict.fromkeys(str(membership.role.label) for membership in person.standings)
    return Account(
        person.name,
        " · ".join(roles),
        url_for("account.show"),
        url_for("signin.sign_out"),
        desk=person.works_for_a_fund,
        roomy=browser.roomy,
        shortcuts=browser.shortcuts and person.works_for_a_fund,
    )


def sign_in_url() -> str:
    """Where a visitor signs in; nothing on that very page."""
    return "" if request.blueprint == "signin" else url_for("signin.sign_in")


def language_choices() -> list[LanguageChoice]:
    """Each language offered, as a link to the same page in it."""
    here = languages.current_language().code
    return [
        LanguageChoice(code, language.name, language.direction, here_in(code), code == here)
        for code, language in languages.LANGUAGES.items()
        if code in languages.offered() or code == here
    ]


def page_in_languages() -> list[tuple[str, str]]:
    """The addresses of this page by language, for search engines to show the right one."""
    return [(choice.code, absolute(choice.href)) for choice in language_choices()]


def here_in(code: str, name: str = "language") -> str:
    """The address of this page with a language chosen: that of the page, or of a text on it."""
    rule = request.url_rule
    path = without_unstorable(request.path) if rule and "GET" in (rule.methods or ()) else "/"
    query = [(key, text) for key, text in request.args.items(multi=True) if key != name]
    return f"{path}?{urlencode([*query, (name, code)])}"
