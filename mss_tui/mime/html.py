"""HTML parts as text, in the bounded worker: inscriptis on a tree that was made safe and honest first.

lxml needs quadratic time for a tag with a hundred thousand attributes: the worker's deadline is part of this reader.
"""

from __future__ import annotations

import re
import sys
from html import unescape

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement as Layout
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from mss_tui.mime.body import Options, language_of, part_text, text_job, view_of
from mss_tui.mime.charset import codec_of
from mss_tui.mime.html_tree import QUOTE_IN, QUOTE_OUT, Tree
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import View
from mss_tui.phrase import Phrase, Translate, say

MAX_DEPTH = 2_048
"""libxml2's own bound on nesting; inscriptis takes one Python frame a level."""

_BLOCKS = ("section", "form", "fieldset", "center", "dl", "dt", "dd", "caption", "legend", "details", "summary", "tr")
_CSS = STRICT_CSS_PROFILE | {tag: Layout(display=Display.block) for tag in _BLOCKS}
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_META = re.compile(rb"<meta[^>]{0,300}charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_:.-]{1,40})", re.I)
_QUOTE_MARK = re.compile(f"([{QUOTE_IN}{QUOTE_OUT}])")
_WORD = re.compile(r"\w+")
_NO_TEXT = re.compile(r"<(script|style|head|title)\b[^<]{0,100000}(?:<(?!/\1)[^<]{0,10000}){0,50}", re.I)
_BREAK = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|table|blockquote)\b[^<>]{0,5000}>", re.I)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_BLANK_LINES = re.compile(r"\n{3,}")


def html_job(data: bytes, options: Options) -> View:
    """Job `html`: an HTML part. Options: `charset`, `encoding`."""
    charset = str(options.get("charset", ""))
    if not codec_of(charset):
        data, options = decode_transfer(data, str(options.get("encoding", ""))), dict(options) | {"encoding": ""}
        said = _META.search(data[:2_000])
        if said and codec_of(said[1].decode("ascii")) not in (None, "utf-16", "utf-16-le", "utf-16-be"):
            options = dict(options) | {"charset": said[1].decode("ascii")}
    text, notes = part_text(data, options)
    return read_html(text, notes, language_of(options))


def alternative_job(data: bytes, options: Options) -> View:
    """Job `alternative`: the plain text that the first `first` octets are, unless its HTML twin after it says more.

    Options: those of `text`, and those of `html` with the prefix `html_`.
    """
    first = int(options["first"])
    plain = text_job(data[:first], options)
    twin = {name[5:]: value for name, value in options.items() if name.startswith("html_")}
    html = html_job(data[first:], twin | {"lang": options.get("lang", "fr")})
    return html if 2 * len(_WORD.findall(plain.text)) < len(_WORD.findall(html.text)) else plain


def read_html(html: str, notes: tuple[Phrase, ...] = (), translate: Translate = str) -> View:
    """The page `html` as text."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    octets = _PRIVATE.sub("", html).replace("\0", "").encode("utf-8", "replace")
    try:
        root = document_fromstring(octets, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return view_of("", notes)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" or "depth" in error.message for error in parser.error_log[-20:]):
        return view_of(_without_tags(html), (*notes, say("Page trop imbriquée : texte sans mise en forme ni liens.")))
    tree = Tree(root, translate)
    tree.prepare()
    text = _with_quote_marks(_rendered(root))
    listed = [f"[{number}] {host}  {url}" for number, (host, url) in enumerate(tree.links, 1)]
    after = "\n".join(("", "", say("Liens :").render(translate), *listed)) if listed else ""
    return view_of(text, (*notes, *tree.notes), after)


def _rendered(root: HtmlElement) -> str:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 4 * MAX_DEPTH))
    try:
        text: str = Inscriptis(root, ParserConfig(css=_CSS)).get_text()
    finally:
        sys.setrecursionlimit(limit)
    return text


def _without_tags(html: str) -> str:
    """The words of a page that has too many levels to be a tree."""
    text = _TAG.sub(" ", _BREAK.sub("\n", _NO_TEXT.sub(" ", html)))
    return unescape("\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()))


def _with_quote_marks(text: str) -> str:
    """`text` with `>` before the lines of a quotation, as plain text has them."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        for piece in _QUOTE_MARK.split(line.rstrip()):
            if piece == QUOTE_IN:
                depth += 1
            elif piece == QUOTE_OUT:
                depth = max(depth - 1, 0)
            elif piece.strip() or piece == line:
                lines.append(f"{'>' * min(depth, 20)} {piece.strip()}" if depth else piece.rstrip())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines))
