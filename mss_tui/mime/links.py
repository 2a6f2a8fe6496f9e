"""Where a link really leads (security.md P7, P16): a browser's idea of its host, however it is dressed up."""

from __future__ import annotations

import re

from mss_tui.record import dataclass
from mss_tui.text import DisplayText, clean

MAX_URL = 2_000

_DROPPED = re.compile("[\x00-\x20\x7f]+")
_WEB = re.compile(r"(?:(https?|ftp):[/\\]*|[/\\]{2,})([^/\\?#]*)", re.I)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):", re.I)
_PORT = re.compile(r":\d*\Z")


@dataclass(frozen=True, slots=True)
class Link:
    """A target. `where` is its host, or address, or number; "" for what leads nowhere or could act."""

    scheme: str
    where: DisplayText
    url: DisplayText


def link_to(href: str) -> Link | None:
    """What `href` leads to, None when that is inside the page or nothing at all.

    As browsers do: blanks and control characters in it vanish, backslashes are slashes, and what stands before the last
    `@` of the authority is no host.
    """
    target = _DROPPED.sub("", href[: 4 * MAX_URL])
    if not target or target.startswith("#"):
        return None
    web = _WEB.match(target)
    if web:
        host = _PORT.sub("", web[2].rpartition("@")[2]).rstrip(".").lower()
        return Link((web[1] or "https").lower(), clean(host, 255), clean(target, MAX_URL))
    scheme = _SCHEME.match(target)
    if scheme is None:
        return None
    kind = scheme[1].lower()
    if kind in ("mailto", "tel"):
        where = clean(target[scheme.end() :].partition("?")[0], 320)
        return Link(kind, where, where)
    return Link(kind, DisplayText(""), DisplayText(""))
