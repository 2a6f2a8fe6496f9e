"""The registers of a profile: who was informed, who objected. No INS is stored, only what recognises it again."""

from __future__ import annotations

from typing import Protocol

from mss_tui.model.patient import Mark, Notes


class PatientStore(Protocol):
    """Notes by patient; `ins` is the matricule with its key, hashed with a key of this machine before it is used."""

    def of(self, ins: str) -> Notes:
        """What is noted; empty when nothing is.

        Raises:
            MssError: it cannot be read.
        """
        ...

    def note(self, ins: str, mark: Mark) -> Notes:
        """Note it, from now on.

        Raises:
            MssError: it could not be written.
        """
        ...

    def withdraw(self, ins: str, mark: Mark) -> Notes:
        """It holds no longer, from now on; that it once did stays noted. Nothing where nothing was noted.

        Raises:
            MssError: it could not be written.
        """
        ...
