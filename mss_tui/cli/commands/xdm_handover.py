"""`xdm handover`: documents of a file, or of a piece of a message, to what the administrator declared."""

from __future__ import annotations

from pathlib import Path

from mss_tui.cli.commands.refs import place_and_folder, ref_of
from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, NotFound
from mss_tui.phrase import say
from mss_tui.services.destinations import File, content, hand_over, named
from mss_tui.services.letters import read_octets
from mss_tui.text import clean


async def run(context: Context) -> int:
    """Hand them over, and say to whom."""
    o = context.options
    async with context.desk() as desk:
        to = named(desk.profile, o.to)
        if o.part:
            place, folder = await place_and_folder(context, desk)
            row = await place.reader.row(ref_of(o.source, place.account.id, folder.name))
            reading = await place.reader.open(row, desk.actor, mark=False)
            piece = next((a for a in reading.attachments if a.section == o.part), None)
            if piece is None:
                raise NotFound(say("Le message {ref} n'a pas de pièce « {part} ».", ref=row.ref.short,
                                   part=clean(o.part, 40)))  # fmt: skip
            name, octets = str(piece.name), await place.reader.octets(row.ref, piece.section)
            mailbox = place.account.address
            origin = {"from": row.ref.folder, "uids": str(row.ref.uid), "part": piece.section}
        else:
            path = Path(o.source)
            name, octets = path.name, await read_octets(path)
            mailbox, origin = "", {"from": "file"}
        archive = await desk.documents.read(octets, name)
        if not 0 <= o.document <= len(archive.documents):
            raise NotFound(say("L'archive n'a pas de document {n}.", n=o.document))
        wanted = archive.documents[o.document - 1 : o.document] if o.document else archive.documents
        given: list[File] = []
        for document in wanted:
            data = await desk.documents.file(octets, name, document)
            given += await content(to, desk.documents, document, data, origin, context.translate)
        said = await hand_over(to, given, desk.journal, desk.actor, mailbox)
    warnings = [context.t(warning) for warning in archive.warnings]
    if context.json:
        context.output.document({"to": to.name, "files": len(given), "said": said, "warnings": warnings})
    else:
        done = say("{n} fichier(s) remis à {name}. {said}", n=len(given), name=to.name, said=said)
        context.output.text("\n".join([context.t(done), *(f"! {warning}" for warning in warnings)]))
    return ExitCode.DONE
