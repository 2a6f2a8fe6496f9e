"""Awkward mails by seed: what mailers get wrong and strangers try, put together at random, the same each time."""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Iterator

HOSTILE = (
    "\x1b]52;c;bWFs\x07",
    "\x1b[2J\x1b[H",
    "\x1b]0;titre\x1b\\",
    "\x9b31m",
    "\x00\x07\x08\x7f",
    "facture\u202efdp.exe",
    "a\u200b\u200d\ufeffb",
    "e" + "\u0301" * 300,
    "[/] [@click=app.quit]clic[/]",
    "[bold red]gras[/bold red]",
    "\r\nBcc: victime@x.fr",
    "漢字カナ한글🏥",
    "\u2066\u2069\u061c",
    "%s %n {0} {x} \\N{BEL}",
    "x" * 5_000,
    "../../../etc/passwd",
    "\ud800",
    "",
)
WORDS = (
    "Compte rendu",
    "résultat",
    "échographie",
    "M. Dupont",
    "urgent",
    "12/03/2026",
    "créatinine 90 µmol/L",
    "cordialement",
)
PEOPLE = (
    "Jean Martin <jean@b.fr>",
    '"dr@ehpad.mssante.fr" <autre@mal.example>',
    "=?utf-8?q?Andr=C3=A9?= <andre@b.fr>",
    "=?utf-8?q?a=40b.fr=3E?= <c@d.fr>",
    "groupe: a@b.fr, c@d.fr;",
    "undisclosed-recipients:;",
    "a@b.fr (Jean (Martin)",
    '"jamais fermé <a@b.fr>',
    "<a@b.fr",
    "@@@,,,;;:<<>>",
    "Ｄr <a@xn--bnque-0qa.fr>",
    "a" * 3_000 + "@b.fr",
    ", ".join(f"p{n}@b.fr" for n in range(300)),
    "",
)
DATES = (
    "Fri, 20 Nov 2026 09:13:01 +0100",
    "20 Nov 26 9:13",
    "Fri, 32 Foo 9999 99:99:99 +9999",
    "",
    "0",
    "1 Jan 1970 00:00 -0000",
)
CHARSETS = (
    "utf-8",
    "iso-8859-1",
    "windows-1252",
    "us-ascii",
    "utf-16",
    "utf-7",
    "gb2312",
    "iso-2022-jp",
    "punycode",
    "x\x1b",
    "",
)
NAMES = (
    "radio.jpg",
    "../../x.pdf",
    "con",
    "",
    "lettre.pdf.exe",
    "é" * 200 + ".pdf",
    "a\x1b[2J.txt",
    "\u202egpj.exe",
    "a/b\\c",
    "-rf",
    ".x",
)
TYPES = (
    *(
        "application/pdf",
        "image/png",
        "text/csv",
        "message/rfc822",
        "application/ms-tnef",
        "message/partial",
        "text/calendar",
    ),
    *(
        "application/pkcs7-mime",
        "message/external-body",
        "APPLICATION/Octet-Stream",
        "x",
        "/",
        "image/svg+xml",
        "text/html",
    ),
)
PAGES = (
    "<p>Bonjour <b>Docteur</b></p><table><tr><th>a<th>b<tr><td>1<td>2</table>",
    "<a href='https://banque.fr@mal.example/'>banque.fr</a><img src='http://mal.example/p.gif'>",
    "<div style='display:none'>caché</div><script>alert(1)</script>&#27;]52;c;eA==&#7;",
    "<div>" * 3_000 + "fond",
    "<blockquote>cité<blockquote>encore",
    "<style>p{display:none}</style><p>vu",
    "<![CDATA[ <p> ]]><!-- <p> --><p",
)


class _Maker:
    """One mail, from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.line_end = self.chance.choice(["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"])

    def pick(self, of: tuple[str, ...]) -> str:
        return self.chance.choice(of)

    def words(self) -> str:
        return " ".join(
            self.pick(self.chance.choice([WORDS, WORDS, HOSTILE])) for _ in range(self.chance.randint(0, 6))
        )

    def encoded_word(self) -> str:
        text = self.words()
        octets = text.encode(self.chance.choice(["utf-8", "utf-16-le", "latin-1"]), "replace")
        form = self.chance.randint(0, 5)
        if form == 0:
            return f"=?{self.pick(CHARSETS)}?B?{base64.b64encode(octets).decode()}?="
        if form == 1:
            return f"=?{self.pick(CHARSETS)}?q?{quopri.encodestring(octets, header=True).decode()}?="
        if form == 2:
            return f"=?utf-8?b?{base64.b64encode(octets).decode()[:-3]} =?=?utf-8?q?"
        return text

    def field(self) -> str:
        name = self.pick(
            (
                "From",
                "To",
                "Cc",
                "Reply-To",
                "Subject",
                "Date",
                "Message-ID",
                "References",
                "X-A",
                "Sender",
                " x",
                "é",
                "",
            )
        )
        if name in ("From", "To", "Cc", "Reply-To", "Sender"):
            return f"{name}: {self.pick(PEOPLE)}"
        if name == "Date":
            return f"Date: {self.pick(DATES)}"
        return f"{name}: {self.encoded_word()}"

    def encoded(self, text: str, charset: str) -> tuple[str, bytes]:
        try:
            octets = text.encode(charset, "replace")
        except (LookupError, UnicodeError):
            octets = text.encode("utf-8", "replace")
        encoding = self.pick(("base64", "quoted-printable", "8bit", "7bit", "x-uuencode", "BASE64 ", "inconnu"))
        if encoding.strip().lower() == "base64":
            octets = base64.encodebytes(octets)
        elif encoding == "quoted-printable":
            octets = quopri.encodestring(octets)
        return encoding, octets

    def leaf(self) -> bytes:
        kind = self.pick(("text/plain", "text/plain", "text/html", *TYPES))
        charset = self.pick(CHARSETS)
        text = (
            self.pick(PAGES)
            if kind == "text/html"
            else "\n".join(self.words() for _ in range(self.chance.randint(0, 30)))
        )
        if self.chance.random() < 0.3:
            text += f"\nLe lun. 3 févr. 2026 à 10:12, {self.pick(PEOPLE)} a écrit :\n> {self.words()}\n> fin"
        if self.chance.random() < 0.1:
            text += f"\nbegin 644 {self.pick(NAMES)}\n#86)C\n`\nend\n"
        encoding, octets = self.encoded(text, charset)
        name = self.pick(NAMES)
        heads = [
            f"Content-Type: {kind}; charset={charset}" + self.pick(("", "; format=flowed", f'; name="{name}"', "; ;=;"))
        ]
        heads.append(f"Content-Transfer-Encoding: {encoding}")
        if self.chance.random() < 0.4:
            form = self.pick(
                (f'filename="{name}"', f"filename*=utf-8''{name}", f"filename*0={name}; filename*1*=%C3%A9", "")
            )
            heads.append(f"Content-Disposition: {self.pick(('attachment', 'inline', 'x'))}; {form}")
        return self.block(heads, octets)

    def block(self, heads: list[str], body: bytes) -> bytes:
        self.chance.shuffle(heads)
        head = self.line_end.join(heads).encode(self.chance.choice(["utf-8", "latin-1"]), "replace")
        return head + self.line_end.encode() * 2 + body

    def part(self, depth: int) -> bytes:
        if depth > 4 or self.chance.random() < 0.4:
            return self.leaf()
        if self.chance.random() < 0.1:
            return self.block(["Content-Type: message/rfc822"], self.mail(depth + 1))
        return self.group(depth, [])

    def group(self, depth: int, heads: list[str]) -> bytes:
        boundary = self.pick(("=_a", "b b", "--", "x", "x" * 70, "é", "", 'q"'))
        kind = self.pick(("mixed", "alternative", "related", "signed", "report", "digest", "encrypted", "x"))
        end = self.line_end.encode()
        mark = b"--" + boundary.encode()
        body = b"".join(mark + end + self.part(depth + 1) + end for _ in range(self.chance.randint(0, 4)))
        close = mark + b"--" + end if self.chance.random() < 0.8 else b""
        return self.block([f'Content-Type: multipart/{kind}; boundary="{boundary}"', *heads], body + close)

    def mail(self, depth: int = 0) -> bytes:
        heads = [self.field() for _ in range(self.chance.randint(0, 12))]
        if depth == 0 and self.chance.random() < 0.1:
            heads += [f"X-{n}: {n}" for n in range(3_000)]
        if self.chance.random() < 0.5:
            return self.group(depth, heads)
        leaf = self.leaf()
        return self.line_end.join(heads).encode("utf-8", "replace") + (self.line_end.encode() if heads else b"") + leaf

    def damaged(self, data: bytes) -> bytes:
        form = self.chance.randint(0, 9)
        if form == 0:
            return data[: self.chance.randint(0, len(data))]
        if form == 1 and data:
            spoilt = bytearray(data)
            for _ in range(self.chance.randint(1, 50)):
                spoilt[self.chance.randrange(len(spoilt))] = self.chance.randrange(256)
            return bytes(spoilt)
        if form == 2:
            return b"From jean Mon Jan  1 00:00:00 2026\n" + data
        return data


def mail(seed: int) -> bytes:
    """The awkward mail of that number."""
    maker = _Maker(seed)
    return maker.damaged(maker.mail())


def mails(count: int, first: int = 0) -> Iterator[tuple[int, bytes]]:
    """`count` awkward mails with their numbers."""
    for seed in range(first, first + count):
        yield seed, mail(seed)
