"""A process that holds secrets, seen from inside and by another program of the same user."""

from __future__ import annotations

import subprocess
import sys

INSIDE = """
import ctypes, os, resource
from mss_tui.adapters.process import close_to_others
close_to_others()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
"""

HOLDER = """
import ctypes, os, sys
from mss_tui.adapters.process import close_to_others
from mss_tui.ports.secrets import Secret
NOBODY = 65534
if os.getuid() == 0:
    os.setgroups([]); os.setgid(NOBODY); os.setuid(NOBODY)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # as every program begins; giving up root takes it away
if sys.argv[1] == "closed":
    close_to_others()
secret = Secret(sys.stdin.readline())
print("ready", flush=True)
sys.stdin.readline()
"""

LOOKER = """
import os, sys
NOBODY = 65534
if os.getuid() == 0:
    os.setgroups([]); os.setgid(NOBODY); os.setuid(NOBODY)
for name in ("cmdline", "environ", "maps", "mem", "fd"):
    path = f"/proc/{sys.argv[1]}/{name}"
    try:
        found = os.listdir(path) if name == "fd" else open(path, "rb").read(0 if name == "mem" else 100_000)
        print(name, "s3cret" in str(found))
    except OSError as error:
        print(name, type(error).__name__)
"""


def test_it_leaves_no_core_and_no_memory_to_others() -> None:
    done = subprocess.run([sys.executable, "-c", INSIDE], capture_output=True, text=True, check=True)
    assert done.stdout == "0 (0, 0) 0o77\n"


def seen(state: str) -> list[str]:
    """What another program of the same user can read of a process that was given a password."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write("s3cret\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "ready\n"
        look = [sys.executable, "-c", LOOKER, str(holder.pid)]
        looked = subprocess.run(look, capture_output=True, text=True, check=True)
        holder.stdin.write("\n")
        holder.stdin.flush()
    return looked.stdout.splitlines()


def test_another_program_of_the_same_user_sees_its_arguments_alone() -> None:
    closed = [f"{name} PermissionError" for name in ("environ", "maps", "mem", "fd")]
    assert seen("closed") == ["cmdline False", *closed]


def test_what_it_would_see_without() -> None:
    """Why the other test says something."""
    assert {"environ False", "maps False", "fd False"} <= set(seen("as programs are"))
