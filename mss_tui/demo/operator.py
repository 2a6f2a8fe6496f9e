"""The embedded operator: mail, directory and two mailboxes on loopback, gone when it stops.

TLS everywhere, so that a client takes the same way as with a real operator. Everything is in memory but what clients
read as files (authority, configuration, secrets, extraction), which stand in a private directory.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mss_tui.demo import certificate
from mss_tui.demo.annuaire.extraction import extraction
from mss_tui.demo.annuaire.fhir import resources
from mss_tui.demo.annuaire.fhir_server import DirectoryService
from mss_tui.demo.annuaire.generate import directory as everyone
from mss_tui.demo.annuaire.people import Directory
from mss_tui.demo.clock import RunningClock
from mss_tui.demo.configuration import Configured, configuration, write_private
from mss_tui.demo.delivery import Delivery
from mss_tui.demo.imap.server import open_doors
from mss_tui.demo.line import Door
from mss_tui.demo.mail.mailboxes import ACCOUNTS, fill
from mss_tui.demo.psc import FakePsc
from mss_tui.demo.sieve.server import open_door
from mss_tui.demo.store import MailAccount, MailStore
from mss_tui.model.paris import day as calendar_day
from mss_tui.model.people import Endpoint, Security
from mss_tui.record import dataclass

if TYPE_CHECKING:
    from mss_tui.demo.submission import SubmissionHouse

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A mailbox of the demo and how to open it."""

    address: str
    type: str
    password: str


class Operator:
    """A running operator; `start` makes it."""

    def __init__(self, directory: Path, accounts: tuple[DemoAccount, ...], now: datetime, clock: RunningClock) -> None:
        self.directory = directory
        self.accounts = accounts
        self.ca = directory / "ca.pem"
        self.config = directory / "mss-tui.toml"
        self.state = directory / "etat"
        self.extraction = directory / f"Extraction_Correspondance_MSSante_{calendar_day(now):%Y%m%d}0000.txt"
        self.imap = self.imaps = self.smtp = Endpoint(HOST, 0)
        self.sieve: Endpoint | None = None
        self.fhir_url = ""
        self.store = MailStore(clock)
        self._doors: list[Door] = []
        self._house: SubmissionHouse | None = None
        self.psc: FakePsc | None = None

    @classmethod
    async def start(
        cls, directory: Path, now: datetime, *, empty: bool = False, day: int = 0, psc: bool = False
    ) -> Operator:
        """Start everything; it listens when this returns.

        Args:
            directory: made by the caller for its owner alone (0700); what is in it belongs to the operator.
            now: day 0, aware; messages are dated from it.
            empty: no messages.
            day: days that have passed since day 0; what is older than three months by then is erased.
            psc: the configuration authenticates through a relay of Pro Santé Connect, which stands for the real one.

        Raises:
            UsageError: the extra `demo` is not installed.
        """
        clock = RunningClock(now + timedelta(days=day))
        accounts = tuple(DemoAccount(seed.address, seed.type, secrets.token_urlsafe(12)) for seed in ACCOUNTS)
        operator = cls(directory, accounts, now, clock)
        people = everyone()
        try:
            for account in accounts:
                operator.store.add(MailAccount(account.address, account.type, account.password))
            if not empty:
                await asyncio.to_thread(fill, operator.store, people, now)
            await operator._open(people, psc=psc)
        except BaseException:
            await operator.stop()
            raise
        return operator

    async def _open(self, directory: Directory, *, psc: bool) -> None:
        try:
            from mss_tui.demo.submission import SubmissionHouse
        except ImportError as error:
            raise certificate.needs_extra("aiosmtpd") from error
        tls: ssl.SSLContext = certificate.make(self.ca)
        clear, secure = await open_doors(self.store, tls)
        self._doors += [clear, secure]
        self.imap, self.imaps = Endpoint(HOST, clear.port), Endpoint(HOST, secure.port, Security.TLS)
        key = secrets.token_hex(16)
        door, self.fhir_url = await DirectoryService(resources(directory), key).open(tls)
        self._doors.append(door)
        self.extraction.write_text(extraction(directory), "utf-8")
        delivery = Delivery(self.store, directory.has)
        scripts = await open_door(self.store, tls)
        self._doors.append(scripts)
        self.sieve = Endpoint(HOST, scripts.port)
        self._house = SubmissionHouse(self.store, delivery, tls)
        self.smtp = Endpoint(HOST, await self._house.open())
        rpps = directory.professionals[0].rpps
        relay = ""
        if psc:
            self.psc = FakePsc(frozenset({f"8{rpps}"}), self.store.clock)
            self.store.takes_token = self.psc.takes
            door, relay = await self.psc.open(tls)
            self._doors.append(door)
        self._write(key, rpps, relay)

    def _write(self, api_key: str, rpps: str, relay: str) -> None:
        key = self.directory / "fhir.key"
        write_private(key, api_key)
        configured = []
        for account, seed in zip(self.accounts, ACCOUNTS, strict=True):
            secret = self.directory / f"{seed.id}.secret"
            write_private(secret, account.password)
            configured.append(Configured(seed.id, account.address, account.type, seed.label, secret))
        text = configuration(
            configured,
            imap=self.imap,
            smtp=self.smtp,
            sieve=self.sieve,
            ca=self.ca,
            index=self.directory / "annuaire.sqlite",
            fhir_url=self.fhir_url,
            fhir_key=key,
            rpps=rpps,
            relay=relay,
            state=self.state,
        )
        write_private(self.config, text)

    def line_json(self) -> dict[str, Any]:
        """The first line of `demo --serve --json` (command line contract)."""
        document: dict[str, Any] = {"schema": 1}
        for name in ("imap", "imaps", "smtp", "sieve"):
            server: Endpoint | None = getattr(self, name)
            if server is not None:
                document[name] = {"host": server.host, "port": server.port}
        return document | {
            "fhir": self.fhir_url,
            "ca": str(self.ca),
            "config": str(self.config),
            "accounts": [{"address": a.address, "type": a.type, "password": a.password} for a in self.accounts],
        }

    async def stop(self) -> None:
        """End every connection, forget all mail, delete the directory."""
        for door in self._doors:
            await door.shut()
        if self._house is not None:
            await self._house.shut()
        self.store.accounts.clear()
        shutil.rmtree(self.directory, ignore_errors=True)
