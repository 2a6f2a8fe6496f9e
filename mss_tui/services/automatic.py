"""What a BAL applicative says under its messages: that no reply is possible (formation)."""

from __future__ import annotations

from dataclasses import replace

from mss_tui.model.draft import Draft
from mss_tui.model.people import Account, MailboxType
from mss_tui.rules.language.reply import says_no_reply
from mss_tui.services.composing import SIGNATURE

NO_REPLY = "Ce message est envoyé automatiquement, il n'est pas possible d'y répondre."
"""What a BAL applicative says under its messages (contenu.applicative-mention); it leaves in French."""


def mentioned(body: str) -> str:
    """A text with the sentence that no reply is possible, before the signature, where nothing says so yet."""
    own, mark, signature = body.partition(SIGNATURE)
    if says_no_reply(own):
        return body
    return f"{own.rstrip()}\n\n{NO_REPLY}\n{mark}{signature}"


def begun(draft: Draft, account: Account) -> Draft:
    """A draft as its mailbox begins it: from a BAL applicative with the mention, unless the policy says no."""
    wanted = account.type is MailboxType.APP and account.policy.no_reply_mention
    return replace(draft, body=mentioned(draft.body)) if wanted else draft
