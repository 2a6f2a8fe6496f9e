"""Pro Santé Connect on the command line: the number to compare, said on standard error (twin of the screen)."""

from __future__ import annotations

from mss_tui.cli.narration import Narration
from mss_tui.model.paris import PARIS
from mss_tui.phrase import say
from mss_tui.ports.psc import Channel, Professional


async def confirm(session: Professional, narration: Narration) -> None:
    """Have the person confirm; Ctrl+C gives up.

    Raises:
        MssError: see `Professional.begin` and `wait`.
    """
    attempt = await session.begin(session.preferred)
    until = f"{attempt.until.astimezone(PARIS):%H:%M:%S}"
    if attempt.channel is Channel.CARD:
        narration.say(
            say("Pro Santé Connect : comparez le nombre {n} dans CPS-Gestion, avant {t}.", n=attempt.number, t=until)
        )
    else:
        narration.say(
            say("Pro Santé Connect : comparez le nombre {n} sur votre e-CPS, avant {t}.", n=attempt.number, t=until)
        )
    await session.wait(attempt)
    ends = session.ends_at
    if ends is None:
        narration.say(say("Pro Santé Connect est ouvert."))
    else:
        narration.say(say("Pro Santé Connect est ouvert jusqu'à {t}.", t=f"{ends.astimezone(PARIS):%H:%M}"))
