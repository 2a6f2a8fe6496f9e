"""`xdm list|show|extract|build|check`; `xdm handover` stands in its own file."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from mss_tui.adapters.clock import SystemClock
from mss_tui.cli.commands import xdm_shape
from mss_tui.cli.context import Context
from mss_tui.documents.data import load
from mss_tui.errors import ExitCode, NotFound, UsageError
from mss_tui.mime.names import safe_name
from mss_tui.model.document import Archive, Embedded, XdmEntry
from mss_tui.phrase import say
from mss_tui.services.document_files import DocumentFiles
from mss_tui.services.files import write_new
from mss_tui.services.letters import read_octets
from mss_tui.text import clean
from mss_tui.wiring import document_files

_ENDS = {"application/pdf": "pdf", "text/plain": "txt", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


async def run(context: Context) -> int:
    """Print, save, check or build."""
    if context.options.action == "handover":
        from mss_tui.cli.commands import xdm_handover

        return await xdm_handover.run(context)
    commands = {"list": _list, "show": _show, "extract": _extract, "check": _check, "build": _build}
    async with document_files(context.lang) as files:
        return await commands[context.options.action](context, files)


async def _read(context: Context, files: DocumentFiles) -> tuple[bytes, Archive]:
    data = await read_octets(context.options.file)
    return data, await files.read(data, context.options.file.name)


def _tell_warnings(context: Context, archive: Archive) -> None:
    for warning in archive.warnings:
        context.output.text(f"! {context.t(warning)}")


async def _list(context: Context, files: DocumentFiles) -> int:
    _, archive = await _read(context, files)
    if context.json:
        context.output.document(xdm_shape.archive(archive, context.translate))
        return ExitCode.DONE
    for number, document in enumerate(archive.documents, 1):
        context.output.text(xdm_shape.line(number, document))
    _tell_warnings(context, archive)
    return ExitCode.DONE


async def _show(context: Context, files: DocumentFiles) -> int:
    _, archive = await _read(context, files)
    ocr = _ocr(context) if context.options.ocr else ()
    width = max(40, min(shutil.get_terminal_size().columns, 120))
    texts = [
        await files.text(document, width, context.translate, ocr=ocr)
        if context.options.text or not context.json
        else ""
        for document in archive.documents
    ]
    if context.json:
        shape = xdm_shape.archive(archive, context.translate)
        if context.options.text:
            for document, text in zip(shape["documents"], texts, strict=True):
                document["text"] = text
        context.output.document(shape)
        return ExitCode.DONE
    _tell_warnings(context, archive)
    for number, (document, text) in enumerate(zip(archive.documents, texts, strict=True), 1):
        whole = text if context.options.text else text.partition("\n\n")[0]
        context.output.text(f"{'' if number == 1 else chr(10)}{xdm_shape.line(number, document)}\n\n{whole}")
    return ExitCode.DONE


def _ocr(context: Context) -> tuple[str, ...]:
    command = context.loaded.profile.ocr
    if not command:
        raise UsageError(
            say("Aucune reconnaissance de caractères n'est déclarée."),
            remedy=say("L'administrateur la déclare par la clé « ocr », comme {example}.",
                       example='["tesseract", "stdin", "stdout", "-l", "fra"]'),
        )  # fmt: skip
    return command


async def _extract(context: Context, files: DocumentFiles) -> int:
    data, archive = await _read(context, files)
    wanted = context.options.document
    if wanted and not 1 <= wanted <= len(archive.documents):
        raise NotFound(
            say("L'archive n'a pas de document {n}.", n=wanted),
            remedy=say("« mss-tui xdm list » montre les siens."),
        )
    saved: list[Path] = []
    folder = context.options.save
    for number, document in enumerate(archive.documents, 1):
        if wanted in (0, number) and (document.file or document.cda is not None):
            octets = await files.file(data, context.options.file.name, document)
            name = Path(document.file or context.options.file.name).name
            saved.append(await asyncio.to_thread(write_new, folder, clean(name), octets))
            for place, file in enumerate(document.cda.embedded if document.cda is not None else (), 1):
                if file.data:
                    inner = embedded_name(document, file, place)
                    saved.append(await asyncio.to_thread(write_new, folder, inner, file.data))
    if context.json:
        context.output.document({"saved": [str(path) for path in saved]})
    else:
        context.output.text("\n".join(map(str, saved)))
    return ExitCode.DONE


def embedded_name(document: XdmEntry, file: Embedded, number: int) -> str:
    """A name for a file inside a document."""
    stem = safe_name(f"{document.label}")[:60] or "document"
    end = _ENDS.get(file.media_type.partition(";")[0].strip().lower(), "bin")
    return f"{stem}-{clean(file.id, 30) or number}.{end}"


async def _check(context: Context, files: DocumentFiles) -> int:
    data = await read_octets(context.options.file)
    problems = (await files.check(data)).problems
    told = [context.t(problem) for problem in problems]
    if context.json:
        context.output.document({"ok": not told, "problems": told})
    else:
        context.output.text("\n".join(told) if told else context.t(say("Rien à redire : l'archive peut partir.")))
    return ExitCode.RULE_BLOCKS if told else ExitCode.DONE


async def _build(context: Context, files: DocumentFiles) -> int:
    from mss_tui.cli.commands.xdm_form import only, person_of, typed
    from mss_tui.services.document_form import author_from, form_from
    from mss_tui.services.document_making import envelope, make, make_of

    o = context.options
    if not (o.pdf or o.cda or o.deletes):
        table = "\n".join(f"{row['code']:<12} {row['label']}" for row in load("types")["type"])
        raise UsageError(say("Il faut --pdf, --cda ou --deletes."), remedy=say("Types : {table}", table=table))
    if (o.pdf is not None) + bool(o.cda) + (o.deletes is not None) > 1:
        raise UsageError(say("--pdf, --cda et --deletes s'excluent."))
    now = SystemClock().now()
    person, address = person_of(context)
    author = author_from(typed(context), person, address)
    sender = envelope(author.structure or address, address or author.structure, now)

    async def read(path: Path) -> Archive:
        return await files.read(await read_octets(path), path.name)

    if o.pdf is not None:
        earlier = only(await read(o.replaces), say("--replaces")) if o.replaces else None
        source = only(await read(o.patient_of), say("--patient-of")) if o.patient_of else None
        patient = source.cda.header.patient if source is not None and source.cda is not None else None
        form = form_from(typed(context), person, address, now, earlier=earlier, patient=patient)
        made = await asyncio.to_thread(make, form, await read_octets(o.pdf), sender, class_code=o.class_code)
    elif o.deletes is not None:
        data = await read_octets(o.deletes)
        gone = only(await read(o.deletes), say("--deletes"))
        content = await files.file(data, o.deletes.name, gone)
        made = await asyncio.to_thread(
            make_of, (content,), sender, class_code=o.class_code, action="D", given_format=gone.format
        )
    else:
        contents = [await read_octets(path) for path in o.cda]
        made = await asyncio.to_thread(make_of, contents, sender, class_code=o.class_code)
    paths = [await asyncio.to_thread(write_new, o.save, made.name, made.archive)]
    for name, octets in made.copies:
        paths.append(await asyncio.to_thread(write_new, o.save, name, octets))
    remarks = [context.t(remark) for remark in made.remarks]
    if context.json:
        context.output.document(
            {
                "archive": str(paths[0]),
                "copies": [str(path) for path in paths[1:]],
                "subject": made.subject,
                "headers": dict(made.headers),
                "warnings": remarks,
            }
        )
        return ExitCode.DONE
    lines = [*map(str, paths), f"{context.t(say('Objet'))} : {made.subject}"]
    lines += [f"{name}: {value}" for name, value in made.headers]
    context.output.text("\n".join([*lines, *(f"! {remark}" for remark in remarks)]))
    return ExitCode.DONE
