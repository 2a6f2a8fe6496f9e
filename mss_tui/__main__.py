"""mss-tui, from the outside in.

    __main__                      the only module that knows both front ends
    cli | tui                     render, nothing else. tui alone knows Textual; cli alone writes stdout
    demo                          the embedded operator (extra `demo`)
    wiring                        joins services and adapters for a profile
    services | adapters | config  use cases | one technology a file | profiles
    ports                         what services need
    rules | mime | documents      pure, and independent of one another
    model                         frozen dataclasses
    text | errors                 sanitising and width of text from outside | our errors
    phrase                        sentences for the user, not yet in a language
    record                        what dataclasses are made with

Each line may import those below it, never beside or above (import-linter; `|`: may not know each other).
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mss_tui.cli.context import Context


def main() -> None:
    """Start mss-tui: a command, or the screens where none is named."""
    gc.disable()  # what imports make stays: looking for garbage in it is a tenth of a start. `run` turns it on again
    from mss_tui.cli.main import run

    sys.exit(run(sys.argv[1:], _screen))


async def _screen(context: Context) -> int:
    if context.options.command != "demo":
        return await _inbox(context)
    from mss_tui.cli.commands import demo

    return await demo.around(context, _inbox)


async def _inbox(context: Context) -> int:
    from mss_tui.errors import UsageError
    from mss_tui.model.people import AuthMethod
    from mss_tui.phrase import say
    from mss_tui.services.guard import Guard
    from mss_tui.tui import app

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            say("Il faut un terminal pour montrer l'écran."), remedy=say("Voyez « mss-tui help » pour les commandes.")
        )
    if not context.sources.user.exists():
        from mss_tui.cli.commands import first_time

        if first_time.nothing_yet(context):
            return await first_time.begin(context)
    options = context.options
    secrets = context.secrets()
    identities = await context.identities(secrets)
    if not context.offline:
        await secrets.ask_ahead(context.loaded.profile.accounts)
    async with context.desk(by_person=True, secrets=secrets, identities=identities) as desk:
        by_password = any(account.auth.method is AuthMethod.PASSWORD for account in desk.profile.accounts)
        proves = secrets.proves if by_password and not context.offline else None
        guard = Guard(desk.profile.lock, desk.clock, proves)
        psc = None if context.offline else next(iter(context.professionals.values()), None)
        code = await app.run(
            desk,
            read_only=context.offline,
            low_bandwidth=options.low_bandwidth,
            guard=guard,
            psc=psc,
            hear=context.narration.show_on,
        )
        if guard.locked:  # left without having been opened again: by three wrong tries, or on purpose
            secrets.log_out(desk.profile.accounts)
            if code or not context.offline:  # offline, leaving may be the only way out, and nothing fills a copy again
                await desk.forget_copies()
        return code


if __name__ == "__main__":
    main()
