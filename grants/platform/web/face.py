"""Whose page it is: the fund's code and name, in the head of each page, its title and its footer.

The fund speaks; the software is named once, in the footer. An installation with one fund shows it
on every page; one with several shows that of the address, then that of the person's own role.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, g, request, url_for
from sqlalchemy import select

from grants.core.funds.models import Fund, FundPicture, PictureKind
from grants.core.kernel.language import current_language, in_language
from grants.core.kernel.language import gettext as _
from grants.core.people.viewer import VISITOR
from grants.platform.web.access import at_work, chosen_fund, viewer
from grants.platform.web.database import session

KEPT = 60
"""Seconds for which the names of the funds are kept: they change once in years."""

GIVING = ("pledging", "gifts")
"""Rooms on whose pages a visitor gives already."""


@dataclass(frozen=True, slots=True)
class Face:
    """The short name and the full name of the fund that speaks."""

    code: str
    title: str
    one: bool = True
    """A fund, not the funds together."""
    mark: str = ""
    """The hash of its mark, if it has one."""


def face() -> Face:
    """The fund whose page this is; without one, the funds of this installation together."""
    funds = known_funds()
    text = str((request.view_args or {}).get("code", "") or g.get("speaker", "")).upper()
    by_code = {code: key for key, (code, _name, _mark) in funds.items()}
    fund_ids = (role.fund_id for role in at_work().standings if role.fund_id in funds)
    key = by_code.get(text) or (next(iter(funds)) if len(funds) == 1 else next(fund_ids, None))
    if key is None:
        return Face(_("UN trust funds"), _("United Nations voluntary trust funds"), one=False)
    code, name, mark = funds[key]
    return Face(code, in_language(name), mark=mark)


def speak_for(code: str) -> None:
    """The page is of this fund, though its address does not say so: that of a gift or of thanks."""
    g.speaker = code


def mark_url(*, icon: bool = False) -> str:
    """The mark of the fund of this page, or the small square of it; nothing without one."""
    speaker = face()
    if not speaker.mark:
        return ""
    kind = "icon" if icon else "mark"
    return url_for("portal.mark", code=speaker.code, kind=kind, v=speaker.mark[:12])


def give_url() -> str:
    """Where a visitor gives to the fund of this page; nothing for who has signed in, and on the
    pages of a pledge or a gift.
    """
    speaker = face()
    asks = viewer() is VISITOR and request.blueprint not in GIVING and speaker.one
    return url_for("pledging.give", code=speaker.code) if asks else ""


def preview_path() -> str:
    """The picture of this page for other sites, in the reader's language."""
    speaker = face()
    code = speaker.code if speaker.one else ""
    return url_for("portal.preview", code=code, language=current_language().code)


def forget_funds() -> None:
    """Read names and marks of funds again, since they have changed: others do within a minute."""
    current_app.extensions.pop("funds' names", None)


def known_funds() -> Mapping[int, tuple[str, Mapping[str, str], str]]:
    """Code, name and the hash of the mark of each fund, by its number."""
    until: float
    funds: Mapping[int, tuple[str, Mapping[str, str], str]]
    until, funds = current_app.extensions.get("funds' names", (0.0, {}))
    if until < time.monotonic() or not funds:
        of_mark = (FundPicture.fund_id == Fund.id) & (FundPicture.kind == PictureKind.MARK)
        rows = session().execute(
            select(Fund.id, Fund.code, Fund.name, FundPicture.sha256)
            .outerjoin(FundPicture, of_mark)
            .order_by(Fund.id)
        )
        funds = {key: (code, name, mark or "") for key, code, name, mark in rows}
        current_app.extensions["funds' names"] = (time.monotonic() + KEPT, funds)
    return funds


@dataclass(frozen=True, slots=True)
class Choice:
    """A fund that a person may choose to work in; `number` 0: all of theirs."""

    number: int
    text: str
    current: bool


def funds_to_choose() -> list[Choice]:
    """For a person of several funds: all of them together, and each; nothing for others."""
    fund_ids = {role.fund_id for role in viewer().standings if role.organisation_id is None}
    codes = {key: code for key, (code, *_more) in known_funds().items() if fund_ids & {None, key}}
    if not viewer().works_for_a_fund or len(codes) < 2:
        return []
    chosen = chosen_fund()
    return [
        Choice(0, _("All my funds"), chosen is None),
        *(Choice(key, code, key == chosen) for key, code in codes.items()),
    ]
