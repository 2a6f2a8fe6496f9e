"""The mail of the demo operator, in memory: accounts, folders, messages, and who watches them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import field
from datetime import datetime

from mss_tui.demo.imap.structure import Structure, parse
from mss_tui.record import dataclass

QUOTA_OCTETS = 60_000_000
"""60 Mo a mailbox (charte §4)."""
MAX_MESSAGE = 60_000_000
MAX_FOLDERS = 500
MAX_KEYWORDS = 200

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")
_SYSTEM = {flag.lower(): flag for flag in SYSTEM_FLAGS}

FOLDERS = (("INBOX", ""), ("Brouillons", "\\Drafts"), ("Envoyés", "\\Sent"), ("Archives", "\\Archive"))
MORE_FOLDERS = (("Indésirables", "\\Junk"), ("Corbeille", "\\Trash"))


class OverQuota(Exception):
    """The mailbox has no room for it."""


class Refused(Exception):
    """The store cannot do that; the text goes into the server's answer (ASCII)."""


@dataclass(eq=False, slots=True)
class Message:
    """One message of one folder. `modseq` grows with each change of its flags (RFC 7162).

    `searchable` and `described` keep what SEARCH and FETCH have made of its bytes, which never change.
    """

    uid: int
    data: bytes
    received: datetime
    flags: frozenset[str]
    modseq: int
    gone: bool = False
    searchable: dict[str, str] = field(default_factory=dict)
    described: dict[str, bytes] = field(default_factory=dict)
    _structure: Structure | None = None

    @property
    def structure(self) -> Structure:
        """Its MIME tree, parsed once."""
        if self._structure is None:
            self._structure = parse(self.data)
        return self._structure


@dataclass(eq=False, slots=True)
class Mailbox:
    """One folder. Everything that changes it goes through its methods, which tell its watchers."""

    name: str
    use: str
    uidvalidity: int
    uidnext: int = 1
    modseq: int = 1
    subscribed: bool = True
    messages: list[Message] = field(default_factory=list)
    octets: int = 0
    recent_from: int = 1
    keywords: dict[str, str] = field(default_factory=dict)
    watchers: set[Callable[[], None]] = field(default_factory=set)

    def _changed(self) -> int:
        self.modseq += 1
        for watcher in self.watchers:
            watcher()
        return self.modseq

    def spell(self, flags: Iterable[str]) -> frozenset[str]:
        r"""Flags as this folder writes them: letter case means nothing, the first spelling stays; no `\Recent`.

        Raises:
            Refused: too many different keywords.
        """
        spelt = set()
        for flag in flags:
            key = flag.lower()
            if key == "\\recent":
                continue
            if key.startswith("\\"):
                if key not in _SYSTEM:
                    raise Refused(f"{flag} is no flag")
                spelt.add(_SYSTEM[key])
                continue
            if key not in self.keywords and len(self.keywords) >= MAX_KEYWORDS:
                raise Refused("too many keywords")
            spelt.add(self.keywords.setdefault(key, flag))
        return frozenset(spelt)

    def add(self, data: bytes, received: datetime, flags: Iterable[str] = ()) -> Message:
        """Store one message at the end."""
        message = Message(self.uidnext, data, received, self.spell(flags), self.modseq + 1)
        self.uidnext += 1
        self.messages.append(message)
        self.octets += len(data)
        self._changed()
        return message

    def set_flags(self, message: Message, flags: frozenset[str]) -> None:
        """Change the flags of one message."""
        if flags != message.flags:
            message.flags = flags
            message.modseq = self._changed()

    def remove(self, messages: Collection[Message]) -> None:
        """Delete messages for good."""
        leaving = {message.uid for message in messages if not message.gone}
        if not leaving:
            return
        for message in messages:
            if not message.gone:
                message.gone = True
                self.octets -= len(message.data)
        self.messages = [message for message in self.messages if not message.gone]
        self._changed()


@dataclass(eq=False, slots=True)
class MailAccount:
    """A mailbox of the operator, in the words of its users: an address with folders, scripts and a quota."""

    address: str
    type: str
    password: str
    quota: int = QUOTA_OCTETS
    folders: dict[str, Mailbox] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)
    active_script: str = ""
    _validity: int = 0

    def set_up(self, first_validity: int) -> None:
        """Make the folders that every account has."""
        self._validity = first_validity
        for name, use in (*FOLDERS, *MORE_FOLDERS):
            self.create(name, use)

    @property
    def used(self) -> int:
        """Octets stored."""
        return sum(folder.octets for folder in self.folders.values())

    def room_for(self, octets: int) -> None:
        """Raise `OverQuota` where `octets` more do not fit."""
        if self.used + octets > self.quota:
            raise OverQuota

    def proves(self, password: str) -> bool:
        """Is that its password?"""
        return hmac.compare_digest(self.password.encode(), password.encode("utf-8", "replace"))

    def folder(self, name: str) -> Mailbox | None:
        """A folder by name; INBOX in any letter case."""
        return self.folders.get("INBOX" if name.upper() == "INBOX" else name)

    def create(self, name: str, use: str = "") -> Mailbox:
        """Make a folder; its UIDVALIDITY was never used before.

        Raises:
            Refused: it exists, or there are too many.
        """
        if self.folder(name) is not None:
            raise Refused("[ALREADYEXISTS] it exists")
        if len(self.folders) >= MAX_FOLDERS:
            raise Refused("[LIMIT] too many folders")
        self._validity += 1
        folder = self.folders[name] = Mailbox(name, use, self._validity)
        return folder

    def delete(self, name: str) -> None:
        """Delete a folder and what is in it; the folders below it stay."""
        folder = self.folders.pop(name)
        folder.remove(tuple(folder.messages))

    def rename(self, old: str, new: str) -> None:
        """Rename a folder and those below it; INBOX gives its messages to the new folder and stays (RFC 9051 §6.3.6).

        Raises:
            Refused: the new name is taken.
        """
        if self.folder(new) is not None:
            raise Refused("[ALREADYEXISTS] it exists")
        if old == "INBOX":
            target, inbox = self.create(new), self.folders["INBOX"]
            self.copy(inbox.messages, target)
            inbox.remove(tuple(inbox.messages))
            return
        below = old + "/"
        moving = [name for name in self.folders if name == old or name.startswith(below)]
        if any(self.folder(new + name[len(old) :]) is not None for name in moving):
            raise Refused("[ALREADYEXISTS] a folder below it exists")
        for name in moving:
            folder = self.folders.pop(name)
            folder.name = new + name[len(old) :]
            self.folders[folder.name] = folder

    def copy(self, messages: Sequence[Message], target: Mailbox) -> list[Message]:
        """Copies of messages at the end of `target`, with flags and dates."""
        return [target.add(message.data, message.received, message.flags) for message in messages]


class MailStore:
    """Every account of the operator."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.accounts: dict[str, MailAccount] = {}
        self.takes_token: Callable[[str], bool] = lambda _: False

    def add(self, account: MailAccount) -> None:
        """A new account, with its folders."""
        account.set_up(int(self.clock().timestamp()))
        self.accounts[account.address.lower()] = account

    def of(self, address: str) -> MailAccount | None:
        """The account of an address, in any letter case."""
        return self.accounts.get(address.lower())

    def authenticate(self, user: str, password: str) -> MailAccount | None:
        """The account, when the password is its own."""
        account = self.of(user)
        return account if account is not None and account.proves(password) else None

    def deliver(self, address: str, data: bytes) -> Message:
        """Put a message into an account's INBOX.

        Raises:
            OverQuota: no room.
            KeyError: no such account.
        """
        account = self.accounts[address.lower()]
        account.room_for(len(data))
        return account.folders["INBOX"].add(data, self.clock())
