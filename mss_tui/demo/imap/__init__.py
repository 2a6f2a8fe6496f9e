"""The demo operator's IMAP server (RFC 3501, and the extensions that clients of health operators use)."""
