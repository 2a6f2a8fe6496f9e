"""HTML as text: what a reader must see is there, what hides, misleads or acts is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.mime.html import alternative_job, html_job, read_html
from mss_tui.mime.links import link_to
from tests.mime.test_header import clean_line


def text(html: str) -> str:
    return read_html(html).text


def notes(html: str) -> list[str]:
    return [str(note) for note in read_html(html).notes]


def test_a_table_of_results_keeps_its_columns() -> None:
    html = "<table><tr><th>Analyse<th>Valeur<tr><td>Sodium<td>140 mmol/L<tr><td>K<td>4,1 mmol/L</table>"
    assert text(html).split("\n") == ["Analyse  Valeur", "Sodium   140 mmol/L", "K        4,1 mmol/L"]


def test_a_layout_table_is_read_from_top_to_bottom() -> None:
    html = "<table><tr><td><table><tr><td>un<td>deux</table><td>trois</table>"
    assert text(html).split() == ["un", "deux", "trois"]
    assert text("<table role=presentation><tr><td>gauche<td>droite</table>") == "gauche\ndroite"


def test_a_wide_table_puts_bars_between_its_cells() -> None:
    wide = "mot " * 20
    assert text(f"<table><tr><td>{wide}<td><p>{wide}</p><td><div>fin</div></table>").endswith("mot | fin")


def test_exponents_and_struck_words_are_not_lost() -> None:
    assert (
        text("10<sup>9</sup>/L H<sub>2</sub>O 2<sup>n+1</sup> 2<sup>3x</sup> 1<sup>er</sup>")
        == "10⁹/L H₂O 2ⁿ⁺¹ 2^3x 1er"
    )
    assert text("10<sup><span lang=fr>-<b>9</b></span></sup> g") == "10⁻⁹ g"
    assert text("10<span style='vertical-align: super'>9</span>/L") == "10⁹/L"
    assert text("<s>arrêter</s> poursuivre") == "[barré : arrêter] poursuivre"
    assert text('<span style="text-decoration: line-through">50 mg</span>') == "[barré : 50 mg]"


def test_lists_are_marked() -> None:
    assert text("<ul><li>un<li>deux</ul><ol><li>a<li>b</ol>").split("\n") == ["  * un", "  * deux", " 1. a", " 2. b"]


def test_a_link_shows_the_host_it_really_leads_to() -> None:
    shown = text('<a href="https://www.banque.fr@mal.example/a?b">www.banque.fr</a>')
    assert shown.split("\n")[0] == "www.banque.fr [1: mal.example]"
    assert shown.endswith("[1] mal.example  https://www.banque.fr@mal.example/a?b")
    assert text('<a href="https://a.fr/x">https://a.fr/x</a>') == "https://a.fr/x"
    assert text('<a href="mailto:x@y.fr?subject=z">Écrire</a>') == "Écrire [x@y.fr]"
    assert text('<a href="#bas">plus bas</a>') == "plus bas"


@pytest.mark.parametrize("scheme", ["javascript", "data", "vbscript", "file", "java\tscript", " JavaScript"])
def test_a_link_that_could_act_leads_nowhere(scheme: str) -> None:
    shown = text(f'<a href="{scheme}:alert(1)">ici</a>')
    assert "alert" not in shown
    assert "écarté" in shown


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://mal.example\\@banque.fr/", "mal.example"),
        ("https:\\\\mal.example/banque.fr", "mal.example"),
        ("https:mal.example", "mal.example"),
        ("//mal.example/x", "mal.example"),
        ("ht\ntps://mal\t.example:8443/x", "mal.example"),
        ("https://banque.fr:pw@mal.example.:443?x@banque.fr", "mal.example"),
        ("https://mal.example#@banque.fr", "mal.example"),
        ("https://xn--bnque-0qa.fr/", "xn--bnque-0qa.fr"),
    ],
)
def test_hosts_are_those_of_a_browser(href: str, host: str) -> None:
    link = link_to(href)
    assert link is not None
    assert link.where == host


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">X1</div>',
        '<div style="DISPLAY : NONE !important">X1</div>',
        '<span style="font-size:0px">X1</span>',
        '<span style="max-height:0;overflow:hidden">X1</span>',
        '<span style="opacity:0">X1</span>',
        '<span style="visibility:hidden">X1</span>',
        "<p hidden>X1</p>",
        "<style>.pre, p#x { color:red; display:none }</style><p class='a pre'>X1</p>",
        "<style>p#x{display:none}</style><p id=x>X1</p>",
    ],
)
def test_hidden_text_is_left_out_and_said(hidden: str) -> None:
    assert text(f"<p>Vu</p>{hidden}<p>Lu</p>").split() == ["Vu", "Lu"]
    assert notes(hidden) == ["Caractères invisibles laissés de côté : 2."]


@pytest.mark.parametrize(
    "shown",
    [
        '<td style="font-size:0"><span style="font-size:14px">X1</span></td>',
        '<div style="opacity:0.9;max-height:10px">X1</div>',
        "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>X1</p>",
        "<style>.m{color:red} .n{display:none}</style><p class=m>X1</p>",
    ],
)
def test_text_that_is_only_styled_stays(shown: str) -> None:
    assert "X1" in text(shown)


def test_active_and_remote_content_is_not_there() -> None:
    html = (
        "<script>s1</script><style>s2</style><iframe src='http://x.fr'>s3</iframe><object data='http://x.fr'>s4</object>"
        "<img src='http://x.fr/p.gif'><img src='//x.fr/q.gif' alt='Bandeau'><svg><text>s5</text></svg><p>Bonjour</p>"
    )
    assert text(html).split() == ["[image", ":", "Bandeau]", "Bonjour"]
    assert notes(html) == ["Images distantes non chargées : 2."]


def test_an_image_of_the_message_is_named() -> None:
    assert (
        text('<img src="cid:radio.png@x"> <img src="cid:1@x" alt="Schéma">') == "[image : radio.png] [image : Schéma]"
    )


def test_quotations_are_prefixed_and_the_thread_is_found() -> None:
    view = read_html(
        "<p>Merci.</p><div>Le 3 févr. 2026 à 10:12, Jean &lt;j@x.fr&gt; a écrit :</div>"
        "<blockquote>Ancien<blockquote>plus ancien</blockquote>fin</blockquote>"
    )
    lines = view.text.split("\n")
    assert lines[-3:] == ["> Ancien", ">> plus ancien", "> fin"]
    assert view.quoted_from == lines.index("Le 3 févr. 2026 à 10:12, Jean <j@x.fr> a écrit :")


def test_references_are_resolved_once() -> None:
    assert text("5 &amp;lt; 6 &lt; 7 &amp; 8") == "5 &lt; 6 < 7 & 8"


def test_blanks_stay_where_the_page_keeps_them() -> None:
    assert text("<pre>a  b\n c</pre>") == "a  b\n c"
    assert text('<div style="white-space:pre-wrap">a  b\n c</div>') == "a  b\n c"


def test_charset_of_the_field_then_of_the_page() -> None:
    page = "<meta charset=iso-8859-15><p>10 €</p>"
    assert html_job(page.encode("iso-8859-15"), {}).text == "10 €"
    assert html_job(page.encode(), {"charset": "utf-8"}).text == "10 €"
    assert html_job(b"PHA+w6k8L3A+", {"encoding": "base64", "charset": "utf-8"}).text == "é"


def test_nesting_without_end_gives_the_words_alone() -> None:
    deep = "<style>p{color:red}</style>" + "<div class='a'>" * 5_000 + "le fond &amp; la fin"
    assert text(deep) == "le fond & la fin"
    assert "trop imbriquée" in notes(deep)[0]
    assert text("<div>" * 1_500 + "fond") == "fond"


def test_control_characters_written_as_references_do_not_act() -> None:
    assert text("&#27;]52;c;QQ&#7;<b>&#155;x</b><i>&#xfffe;</i>") == "\ufffd]52;c;QQ\ufffd›x\ufffd"


def test_plain_text_is_kept_when_it_says_the_same() -> None:
    html = b"<p>Bonjour, le <b>compte rendu</b> est joint.</p>"
    plain = b"Bonjour, le compte rendu est joint."
    assert alternative_job(plain + html, {"first": len(plain)}).text == plain.decode()
    excuse = b"HTML !"
    assert "compte rendu" in alternative_job(excuse + html, {"first": len(excuse)}).text


TAGS = (
    *("div", "p", "b", "a", "table", "tr", "td", "th", "ul", "ol", "li", "blockquote", "pre", "span", "img", "sup"),
    *("s", "style", "script", "br", "hr", "dl", "dt", "x:y", "svg"),
)
ATTRIBUTES = (
    *(
        "",
        " style='display:none'",
        " href='http://a@b/'",
        " src=cid:x",
        " colspan=9999999",
        " start=-99999999999",
        " hidden",
    ),
    *(
        " style='margin-top:99999em;white-space:pre'",
        " class=a",
        " id=\x1b",
        " href='javascript:x'",
        " role=presentation",
    ),
)
MARKUP = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(
        ["&#27;", "&#xd800;", "&lt;", "&", "<", ">", "<!--", "-->", "<![CDATA[", "<?x", "\0", "\ud800", "\ue001", "é"]
    ),
    st.text(max_size=5),
)


@given(st.lists(MARKUP, max_size=40).map("".join))
def test_any_page_becomes_harmless_text(html: str) -> None:
    view = read_html(html)
    assert all(map(clean_line, view.text.split("\n")))
    assert view.quoted_from is None or view.text.split("\n")[view.quoted_from]
