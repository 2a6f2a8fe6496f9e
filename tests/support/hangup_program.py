"""The screens on a desk of fakes, ended by signals as the real program is; then says what the server holds."""

from __future__ import annotations

import sys

from mss_tui.cli.narration import Narration
from mss_tui.cli.running import Stopping
from mss_tui.cli.running import run as run_command
from mss_tui.tui.app import run
from tests.support.desk import make_desk


def main() -> int:
    fake = make_desk()
    code = run_command(lambda: run(fake.desk, mouse=False), Narration(str), Stopping())
    for _, data, flags in fake.mail.appended:
        print("gardé :", *sorted(flags), data.decode())
    found = fake.facts.of("garde").interrupted
    if found is not None:
        print("noté :", found.folder, found.message, found.draft)
    print("fin", code)
    return code


if __name__ == "__main__":
    sys.exit(main())
