"""The registers of a profile: who was informed, who objected; sealed where they are kept."""

from __future__ import annotations

from typing import Protocol

from mss_tui.model.patient import Mark, Notes, Registered


class PatientStore(Protocol):
    """Notes by patient; `ins` is the matricule with its key."""

    async def prepare(self) -> bool:
        """Fetch what opens them, where that takes asking; True when it came just now.

        Raises:
            MssError: it cannot be had now.
        """
        ...

    def of(self, ins: str) -> Notes:
        """What is noted; empty when nothing is.

        Raises:
            MssError: it cannot be read.
        """
        ...

    def everyone(self) -> tuple[Registered, ...]:
        """Every patient of the register, by name.

        Raises:
            MssError: it cannot be read.
        """
        ...

    def note(self, ins: str, mark: Mark, who: str = "") -> Notes:
        """Note it, from now on; `who` is the patient's name, where it is known.

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

    def begin_again(self) -> bool:
        """Set aside, with another name, what does not open; was there anything?

        Raises:
            MssError: it cannot be set aside.
        """
        ...
