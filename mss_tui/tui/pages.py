"""The screens on the life of a mailbox, opened from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mss_tui.tui.screens.main import MainScreen

if TYPE_CHECKING:
    from mss_tui.tui.application import MssApp


class Pages:
    """Acts of the application that open a page over the inbox."""

    def action_to_handover(self) -> None:
        """La relève de garde."""
        from mss_tui.tui.screens.handover import HandoverScreen

        app = cast("MssApp", self)
        app.action_to_inbox()
        app.push_screen(HandoverScreen(app.main.place))

    def action_to_absence(self) -> None:
        """The absence message."""
        from mss_tui.tui.screens.absence import AbsenceScreen

        app = cast("MssApp", self)
        app.action_to_inbox()
        app.push_screen(AbsenceScreen(app.main.place))

    def action_to_cleanup(self) -> None:
        """What may be cleared first."""
        from mss_tui.tui.screens.cleanup import CleanupScreen

        app = cast("MssApp", self)
        app.action_to_inbox()
        app.push_screen(CleanupScreen(app.main.place, app.main.folder.name))

    def action_to_registers(self) -> None:
        """Who is informed, who objects."""
        from mss_tui.tui.screens.registers import RegistersScreen

        app = cast("MssApp", self)
        app.action_to_inbox()
        app.push_screen(RegistersScreen())

    def action_to_articles(self) -> None:
        """The help, what stands behind the verdicts on screen first."""
        from mss_tui.tui.screens.articles import ArticlesScreen

        app = cast("MssApp", self)
        if not isinstance(app.screen, ArticlesScreen):
            app.push_screen(ArticlesScreen(self._rules_here(app)))

    def _rules_here(self, app: MssApp) -> list[str]:
        """Rules with a verdict on the screen that is shown."""
        from mss_tui.tui.screens.composer_fields import ComposerFields
        from mss_tui.tui.screens.status import StatusScreen

        screen = app.screen
        if isinstance(screen, StatusScreen):
            return [verdict.rule for status in app.desk.status() for verdict in status.verdicts]
        if isinstance(screen, ComposerFields):
            return [verdict.rule for verdict in screen.check_now() if verdict.shows]
        if isinstance(screen, MainScreen) and screen.view.message is not None:
            return [verdict.rule for verdict in screen.view.message.verdicts]
        return []
