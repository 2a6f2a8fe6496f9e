"""The demo operator's ManageSieve server (RFC 5804): scripts are kept and checked, not run."""
