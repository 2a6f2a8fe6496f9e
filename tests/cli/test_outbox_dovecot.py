"""The outbox of the command line on Dovecot, with a relay that makes real delivery reports."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mss_tui.rules.catalogue import catalogue
from tests.cli.conftest import Ran, run_in
from tests.support.dovecot import DOMAIN, PORTS, PrivateDovecot, need_dovecot
from tests.support.smtp import Relay

pytestmark = pytest.mark.real_server
CONFIRMED = [f"--confirm={rule}=essai" for rule in catalogue()]


class Post:
    """A profile on a private Dovecot."""

    def __init__(self, home: Path) -> None:
        need_dovecot()
        self.home = home
        self.relay = Relay(DOMAIN)
        self.server = PrivateDovecot(relay=self.relay.start()).start()
        self.relay.lmtp = (self.server.host, PORTS["lmtp"])
        self.account = self.server.new_account()
        self.other = self.server.new_user()
        self.config = home / "mss.toml"
        self.config.write_text(self._configuration())
        self.config.chmod(0o600)

    def _configuration(self) -> str:
        def endpoint(name: str) -> str:
            return f'{{ host = "{self.server.host}", port = {PORTS[name]}, security = "starttls" }}'

        return f"""
profile = "essai"
state = "{self.home / "state"}"
[profiles.essai]
person = {{ name = "Jean MARTIN", title = "Dr", rpps = "10000000001", entity = "Cabinet du Port" }}
accounts = ["boite"]
[accounts.boite]
address = "{self.account.address}"
type = "ORG"
policy = "sn-hdf"
imap = {endpoint("imap")}
smtp = {endpoint("submission")}
ca = "{self.server.ca}"
"""

    def run(self, *arguments: str) -> Ran:
        """Run mss-tui; the password comes on a descriptor."""
        reading, writing = os.pipe()
        os.write(writing, self.server.password(self.account.address).encode() + b"\n")
        os.close(writing)
        try:
            command = ("--config", str(self.config), "--password-fd", str(reading), *arguments)
            return run_in(self.home, command, pass_fds=(reading,))
        finally:
            os.close(reading)

    def stop(self) -> None:
        """End everything."""
        self.server.stop()
        self.relay.stop()


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    made = Post(tmp_path_factory.mktemp("home"))
    yield made
    made.stop()


def test_a_message_put_off_leaves_with_a_run_and_its_report_is_heard(post: Post) -> None:
    to = ("--to", post.other, "--cc", f"nobody-here@{DOMAIN}")
    text = ("--subject", "Suite VIAL Paul", "--body", "Bonjour, voici la suite.")
    ran = post.run("send", *to, *text, *CONFIRMED, "--at", "dans 1 minute", "--json")
    assert ran.code == 0, ran.err + ran.out
    key = ran.document["key"]
    assert post.relay.operator.received == []
    record = next(post.home.rglob(f"{key}.json"))
    record.write_text(json.dumps(json.loads(record.read_text()) | {"due": datetime.now(UTC).isoformat()}))
    ran = post.run("outbox", "run", "--json")
    assert ran.code == 0, ran.err
    (message,) = ran.document["messages"]
    assert (message["key"], message["state"], message["sent_copy"]) == (key, "accepted", "stored")
    assert post.run("outbox", "list", "--json").document["messages"] == []
    sent = post.run("inbox", "--folder", "Envoyés", "--json").document["messages"]
    ran = post.run("receipts", sent[0]["ref"], "--json")
    assert ran.code == 30, ran.err
    assert [(who["address"], who["state"]) for who in ran.document["recipients"]] == [
        (post.other, "delivered"),
        (f"nobody-here@{DOMAIN}", "failed"),
    ]


def test_without_a_password_nothing_leaves_and_the_message_still_waits(post: Post) -> None:
    text = ("--subject", "Suite", "--body", "Bonjour, voici la suite.")
    ran = post.run("send", "--to", post.other, *text, *CONFIRMED, "--at", "demain 8 h", "--json")
    assert ran.code == 0, ran.err
    ran = run_in(post.home, ("--config", str(post.config), "--no-prompt", "outbox", "list", "--json"))
    assert [message["state"] for message in ran.document["messages"]] == ["queued"]
    key = ran.document["messages"][0]["key"]
    ran = run_in(post.home, ("--config", str(post.config), "--no-prompt", "outbox", "retry", key))
    assert ran.code != 0
    assert [m["state"] for m in post.run("outbox", "list", "--json").document["messages"]] == ["queued"]
    assert post.run("outbox", "discard", key).code == 0
