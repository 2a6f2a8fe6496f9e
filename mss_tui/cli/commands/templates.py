"""`templates list`: letters to begin with, and the names of their fields."""

from __future__ import annotations

from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.phrase import say
from mss_tui.services.templates import templates


async def run(context: Context) -> int:
    """Print them."""
    async with context.desk() as desk:
        found = templates(desk.template_folder)
    if context.json:
        listed = [{"name": t.name, "title": t.title, "fields": list(t.fields), "own": t.own} for t in found]
        context.output.document({"templates": listed})
        return ExitCode.DONE
    for template in found:
        context.output.text(f"{template.name}   {template.title}")
        if template.fields:
            context.output.text("    " + context.t(say("champs : {fields}", fields=", ".join(template.fields))))
    return ExitCode.DONE
