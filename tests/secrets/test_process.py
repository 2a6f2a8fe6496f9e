"""A process that holds secrets, seen from inside and outside."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes, os, resource
from mss_tui.adapters.process import close_to_others
close_to_others()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
"""


def test_it_leaves_no_core_and_no_memory_to_others() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "0 (0, 0) 0o77\n"
