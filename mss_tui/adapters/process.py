"""Closes this process to others on the host before it holds a secret (security.md P21)."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4


def close_to_others() -> None:
    """Files for the user alone, no core dump, no reading of this process's memory by others of the same account.

    Where the system does not know one of these, the others still hold.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
