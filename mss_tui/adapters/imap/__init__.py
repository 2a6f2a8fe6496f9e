"""IMAP: `ImapStore`, over aioimaplib's protocol with everything that reads or waits replaced (design.md, IMAP)."""

from mss_tui.adapters.imap.store import ImapStore

__all__ = ["ImapStore"]
