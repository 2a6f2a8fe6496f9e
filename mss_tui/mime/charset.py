"""Bytes to text under any charset name: known ones by a table, the rest by what the bytes look like.

Only codecs of the table are ever used: a hostile name can choose neither `punycode` (quadratic) nor `unicode_escape`.
"""

from __future__ import annotations

import re

_ASCII = frozenset({"", "ascii", "usascii", "unknown", "unknown8bit", "8bit", "default", "none", "binary", "ansi"})
"""Names that say nothing: UTF-8 where the bytes are, else the superset of Latin 1 that mail really uses."""

_SELF = (
    *("iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-10"),
    *("iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255"),
    *("cp1256", "cp1257", "cp1258", "cp437", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860"),
    *("cp861", "cp862", "cp863", "cp865", "cp866", "cp869", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
    *("mac-greek", "mac-latin2", "mac-turkish", "gb18030", "hz", "big5hkscs", "euc-jp", "iso2022-jp-2"),
    *("iso2022-jp-ext", "iso2022-kr", "johab", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"),
    "utf-32-be",
)

_OTHER = {
    "cp1252": "cp1252 iso88591 latin1 l1 iso8859 windows1252 xansi winlatin1 iso885911987 ibm819 cp819",
    "utf-8": "utf8 unicode11utf8 utf8mb4 xunicode20utf8 cp65001 65001 unicode utf",
    "utf-7": "unicode11utf7 cp65000",
    "utf-16": "ucs2 iso10646ucs2",
    "gb18030": "gb2312 gbk gb231280 cp936 ms936 euccn xgbk windows936 csgb2312 gb",
    "big5hkscs": "big5 cp950 ms950 xxbig5 big5tw csbig5",
    "cp932": "shiftjis sjis xsjis ms932 windows31j mskanji csshiftjis",
    "cp949": "euckr ksc56011987 ksc5601 ksc56011989 ms949 windows949 uhc cseuckr korean",
    "iso2022-jp-ext": "iso2022jp csiso2022jp iso2022jpms cp50220 cp50221",
    "euc-jp": "xeucjp ujis",
    "cp1254": "iso88599 latin5 windows1254",
    "iso8859-2": "latin2",
    "iso8859-15": "latin9 latin0",
    "cp874": "tis620 iso885911 windows874 dosthai874",
    "iso8859-8": "iso88598i iso88598e logical visual",
    "iso8859-6": "iso88596i iso88596e arabic",
    "mac-roman": "macintosh xmacroman mac macroman",
    "koi8-r": "koi8 koi",
    "cp866": "ibm866 dos866",
    "cp850": "ibm850",
    "cp437": "ibm437",
}
_NOT_NAME = re.compile(r"[^a-z0-9]+")


def _names() -> dict[str, str]:
    names = {_NOT_NAME.sub("", codec): codec for codec in _SELF}
    names.update({f"windows{codec[2:]}": codec for codec in _SELF if codec.startswith("cp125")})
    names.update({alias: codec for codec, aliases in _OTHER.items() for alias in aliases.split()})
    return names


_CODECS = _names()


def codec_of(charset: str) -> str | None:
    """The codec to use for the charset name `charset`: "" when the name says nothing, None when it is unknown."""
    name = _NOT_NAME.sub("", charset[:80].partition("*")[0].lower().removeprefix("charset="))
    return "" if name in _ASCII else _CODECS.get(name)


def decode(raw: bytes, charset: str = "") -> str:
    """`raw` as text; never fails, linear. What the named charset cannot mean is read as UTF-8, else as Windows 1252."""
    if raw.isascii() and not codec_of(charset):
        return raw.decode("ascii")
    codec = codec_of(charset)
    if codec and codec != "utf-8":
        return raw.decode(codec, "replace")
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken and broken > sum(map("\u0080".__le__, text)) - broken:
        return raw.decode("cp1252", "replace")
    return text
