"""An operator whose mailbox is full of payloads, until standard input closes. Run as a program: DIRECTORY COUNT."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import imaplib
import json
import ssl
import sys
from pathlib import Path
from urllib.parse import quote

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.directory.build import build
from mss_tui.demo.operator import Operator
from tests.cli.operator_process import NOW, OWN
from tests.support.hostile import seeded

EACH = 16
"""Payloads a message."""


def word(text: str) -> str:
    """An encoded word of any length: readers take it, and so do we."""
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


def message(number: int, payloads: tuple[str, ...]) -> bytes:
    """A message that is made of payloads wherever a mailer puts words."""
    whole = " ".join(payloads)
    pieces = "".join(
        f"--lim\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; "
        f"filename*=utf-8''{quote(payload.encode('utf-8', 'replace'))}.txt\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(whole.encode()).decode()}\r\n"
        for payload in payloads[:4]
    )
    html = "".join(f"<p title='{p}'>{p.replace('<', '&lt;')}&#27;]0;x&#7;</p>" for p in payloads)
    head = (
        f"From: {word(whole)} <p{number}@ailleurs.example>\r\nTo: {word(payloads[0])} <{OWN}>\r\n"
        f"Reply-To: {word(payloads[1])} <q@ailleurs.example>\r\nSubject: {word(whole)}\r\n"
        f"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <{number}@mal.example>\r\n"
        f"X-Mal: {word(whole)}\r\nReceived: from {word(payloads[2])}\r\nMIME-Version: 1.0\r\n"
    )
    body = (
        "--lim\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        if number % 2
        else "--lim\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ) + (whole if number % 2 else html)
    text = f"{head}Content-Type: multipart/mixed; boundary=lim\r\n\r\n{body}\r\n{pieces}--lim--\r\n"
    return text.replace("\0", "").encode("utf-8", "replace")


def folder_name(payload: str) -> bytes:
    """A mailbox name in modified UTF-7 (RFC 3501 §5.1.3): what a server hands out unseen."""
    packed = base64.b64encode(payload.encode("utf-16-be", "replace")).rstrip(b"=").replace(b"/", b",")
    return b"&" + packed + b"-"


def fill(operator: Operator, payloads: tuple[str, ...]) -> None:
    """Messages and folders of them."""
    context = ssl.create_default_context(cafile=operator.ca)
    with imaplib.IMAP4_SSL(operator.imaps.host, operator.imaps.port, ssl_context=context) as imap:
        imap.login(operator.accounts[0].address, operator.accounts[0].password)
        for start in range(0, len(payloads), EACH):
            imap.append("INBOX", "", '"02-Nov-2026 10:00:00 +0100"', message(start, payloads[start : start + EACH]))
        for payload in payloads[::8]:
            with contextlib.suppress(imaplib.IMAP4.error):
                imap.create(f'"{folder_name(payload[:40]).decode()}"')


async def main() -> None:
    """Serve."""
    operator = await Operator.start(Path(sys.argv[1]), NOW, empty=True)
    try:
        await asyncio.to_thread(build, operator.extraction, operator.directory / "annuaire.sqlite", SystemClock())
        await asyncio.to_thread(fill, operator, seeded(int(sys.argv[2])))
        print(json.dumps(operator.line_json()), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await operator.stop()


if __name__ == "__main__":
    asyncio.run(main())
