"""`check` and `send`: a message through the rules, and on its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mss_tui.cli import shape
from mss_tui.cli.commands.answering import COLLEAGUE, begun, of_messages
from mss_tui.cli.commands.letters import draft_of_letter, standard_input
from mss_tui.cli.context import Context
from mss_tui.config.check import nearest
from mss_tui.errors import ExitCode, UsageError
from mss_tui.model.draft import Draft
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState, SentCopy
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.model.when import parse_when
from mss_tui.phrase import Phrase, say
from mss_tui.ports.submission import Progress
from mss_tui.rules.catalogue import catalogue
from mss_tui.services import automatic
from mss_tui.services.desk import Desk, Place
from mss_tui.services.drafts import keep
from mss_tui.services.files import local_file
from mss_tui.services.letters import read_octets
from mss_tui.services.refusals import Blocked, Unconfirmed, answered
from mss_tui.services.templates import Template, filled, named
from mss_tui.text import clean

CODES = {
    SendState.ACCEPTED: ExitCode.DONE,
    SendState.QUEUED: ExitCode.DONE,
    SendState.PARTLY_REFUSED: ExitCode.PARTIAL,
    SendState.REFUSED: ExitCode.PARTIAL,
    SendState.DRAFT: ExitCode.PARTIAL,
    SendState.SENDING: ExitCode.UNKNOWN,
    SendState.UNKNOWN: ExitCode.UNKNOWN,
}
_STATES: dict[SendState, Phrase] = {
    SendState.ACCEPTED: say("Le message est parti."),
    SendState.PARTLY_REFUSED: say("Le message est parti, mais pas à tous."),
    SendState.REFUSED: say("Le message a été refusé : rien n'est parti."),
    SendState.DRAFT: say("Des destinataires sont refusés : rien n'est parti (--partial envoie aux autres)."),
    SendState.UNKNOWN: say("Le message est peut-être parti : cherchez-le dans Envoyés avant de le renvoyer."),
}
_REFUSALS: dict[int, Phrase] = {
    ExitCode.RULE_BLOCKS: say("rien n'est parti : une règle l'interdit. Corrigez le message."),
    ExitCode.NOT_CONFIRMED: say("rien n'est parti : ajoutez --confirm RÈGLE=MOTIF pour chaque point à confirmer."),
}
_WORDS: dict[Severity, Phrase] = {
    Severity.BLOCK: say("bloque"),
    Severity.CONFIRM: say("à confirmer"),
    Severity.WARN: say("attention"),
    Severity.INFO: say("à savoir"),
}
_WORDS_OF_STATES: dict[State, Phrase] = {
    State.UNKNOWN: say("non vérifié"),
    State.SATISFIED: say("vérifié"),
    State.NOT_APPLICABLE: say("sans objet"),
    State.NOT_IMPLEMENTED: say("pas encore vérifié"),
}


async def run(context: Context) -> int:
    """Check a message; send it where that is asked."""
    confirmed = _confirmed(context.options.confirm)
    async with context.desk() as desk:
        place, typed = await _draft(context, desk, confirmed)
        draft = _wished(context, typed)
        if context.options.command == "send" and context.options.draft:
            return await _keep(context, desk, place, draft)
        await place.checker.learn(draft)
        if context.options.command == "check":
            return _told(context, await _verdicts(place, draft), confirmed)
        return await _send(context, desk, place, draft, confirmed)


def _confirmed(words: Iterable[str]) -> dict[str, str]:
    """Rules that are accepted, each with its reason.

    Raises:
        UsageError: there is no such rule.
    """
    found: dict[str, str] = {}
    for word in words:
        rule, _, reason = word.partition("=")
        if rule not in catalogue() and rule != COLLEAGUE:
            raise UsageError(
                say("--confirm : il n'y a pas de règle « {rule} ».", rule=clean(rule, 80)),
                remedy=nearest(rule, [*catalogue(), COLLEAGUE]),
            )
        found[rule] = reason.strip()
    return found


async def _draft(context: Context, desk: Desk, confirmed: Mapping[str, str]) -> tuple[Place, Draft]:
    """The message of the options, of a file, or of standard input."""
    o = context.options
    listed = (o.to, o.cc, o.bcc, o.attach, o.template, *of_messages(context))
    if not any(listed) and all(text is None for text in (o.subject, o.body, o.body_file)):
        return await draft_of_letter(context, desk, o.file or "-")
    if o.file:
        raise UsageError(say("Un fichier .eml ne va pas avec --to, --subject, --body ou --attach."))
    if o.body is not None and o.body_file is not None:
        raise UsageError(say("--body et --body-file ne vont pas ensemble."))
    body = await _body(o.body, o.body_file)
    place, first = await begun(context, desk, confirmed)
    if o.template:
        letter = _letter(context, desk)
        first = replace(first, subject=first.subject or letter.subject)
        body = letter.body + body
    elif o.body is None and o.body_file is None:
        body = first.body
    draft = replace(
        first,
        to=(*first.to, *o.to),
        cc=(*first.cc, *o.cc),
        bcc=(*first.bcc, *o.bcc),
        reply_to=o.reply_to or first.reply_to,
        subject=first.subject if o.subject is None else o.subject,
        body=body,
        attachments=(*first.attachments, *map(local_file, o.attach)),
    )
    return place, automatic.begun(draft, place.account)


def _wished(context: Context, draft: Draft) -> Draft:
    """The draft with the receipts to ask for: its own or the profile's, unless the command says otherwise."""
    o, profile = context.options, context.loaded.profile
    asked = getattr(o, "receipt", None)
    return replace(
        draft,
        want_reading=asked if asked is not None else draft.want_reading or profile.want_reading,
        want_delivery=draft.want_delivery and profile.want_delivery and not getattr(o, "no_delivery", False),
    )


def _letter(context: Context, desk: Desk) -> Template:
    """The template of the options with every field filled.

    Raises:
        NotFound, UsageError: there is no such template or field, or a field is not filled.
    """
    o = context.options
    values = {name.strip(): value.strip() for name, _, value in (word.partition("=") for word in o.field)}
    letter = filled(named(o.template, desk.template_folder), values, desk.actor.person)
    if letter.fields:
        raise UsageError(
            say("Le modèle « {name} » a des champs à remplir.", name=letter.name),
            remedy=say("--field CHAMP=VALEUR pour : {fields}.", fields=", ".join(letter.fields)),
        )
    return letter


async def _body(text: str | None, file: str | None) -> str:
    if file is None:
        return text or ""
    data = await standard_input() if file == "-" else await read_octets(Path(file))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            say("« {file} » n'est pas un texte en UTF-8.", file=clean(file, 200)),
            remedy=say("Joignez-le avec --attach, ou enregistrez-le en UTF-8."),
        ) from error


async def _verdicts(place: Place, draft: Draft) -> tuple[Verdict, ...]:
    """On the built octets where the message can be built, else on what was typed."""
    verdicts = place.checker.check(draft)
    if not draft.recipients or any(v.blocks for v in verdicts):
        return verdicts
    return place.checker.check_built(draft, await place.sender.prepare(draft))


def _told(
    context: Context,
    verdicts: Sequence[Verdict],
    confirmed: Mapping[str, str],
    more: Mapping[str, Any] | None = None,
) -> int:
    """Print verdicts, and what else is known; returns 0, 10 or 11."""
    code = _code(verdicts, confirmed)
    waiting = list(dict.fromkeys(v.rule for v in verdicts if v.asks and not answered(v, confirmed)))
    explain = context.options.explain
    if context.json:
        told = shape.verdicts(verdicts, context.translate, all_of_them=explain)
        context.output.document(
            {
                "verdicts": told,
                "sendable": code != ExitCode.RULE_BLOCKS,
                "needs_confirmation": waiting,
                **(more or {}),
            }
        )
    else:
        for verdict in verdicts:
            if explain or verdict.state in shape.TOLD:
                context.output.text(_text(context, verdict, explain=explain))
        if not more and not code:
            context.output.text(context.t(say("Le message peut partir.")))
    return code


def _code(verdicts: Sequence[Verdict], confirmed: Mapping[str, str]) -> int:
    """0, or why the message does not leave: 10 or 11."""
    if any(v.blocks for v in verdicts):
        return ExitCode.RULE_BLOCKS
    waits = any(v.asks and not answered(v, confirmed) for v in verdicts)
    return ExitCode.NOT_CONFIRMED if waits else ExitCode.DONE


def _refused(context: Context, verdicts: Sequence[Verdict], confirmed: Mapping[str, str]) -> int:
    code = _told(context, verdicts, confirmed, sent(SendReport("", SendState.DRAFT, ())))
    context.narration.say(_REFUSALS[code])
    return code


def _text(context: Context, verdict: Verdict, *, explain: bool) -> str:
    told = shape.verdict(verdict, context.translate)
    word = context.t(_WORDS_OF_STATES.get(verdict.state, _WORDS[verdict.severity]))
    lines = [f"{word} · {told['rule']} · {told['where']}", f"    {told['message']} {told['remedy']}".rstrip()]
    if explain:
        lines.append("    " + context.t(say("Source : {source}", source=told["source"])))
        seen = [e["text"] for e in told["evidence"]]
        lines += ["    " + context.t(say("Vu : {words}", words=" / ".join(seen)))] if seen else []
    return "\n".join(lines)


async def _send(context: Context, desk: Desk, place: Place, draft: Draft, confirmed: Mapping[str, str]) -> int:
    async def decide(answers: tuple[RecipientAnswer, ...]) -> bool:
        return bool(context.options.partial)

    def watch(progress: Progress) -> None:
        """Nothing is said on the way: what became of the message is."""

    due = parse_when(context.options.at, desk.clock.now()) if context.options.at else None
    verdicts = await _verdicts(place, draft)
    if _code(verdicts, confirmed):
        return _refused(context, verdicts, confirmed)
    if due is not None:
        return await _queue(context, desk, place, draft, confirmed, due)
    try:
        report = await place.sender.send(draft, desk.actor, confirmed=confirmed, decide=decide, watch=watch)
    except (Blocked, Unconfirmed) as error:  # what is known of a recipient changed meanwhile
        return _refused(context, error.verdicts, confirmed)
    _told(context, verdicts, confirmed, sent(report))
    if not context.json:
        context.output.text(context.t(_STATES[report.state]))
        for answer in report.recipients:
            context.output.text(f"  {answer.address}   {answer.code} {answer.text}")
    if report.state is not SendState.ACCEPTED:
        context.narration.say(_STATES[report.state])
    if report.remark is not None:
        context.narration.say(report.remark)
    if report.sent_copy in (SentCopy.WAITING, SentCopy.FAILED):
        context.narration.say(say("La copie n'est pas encore dans Envoyés."))
    return CODES[report.state]


async def _queue(
    context: Context, desk: Desk, place: Place, draft: Draft, confirmed: Mapping[str, str], due: datetime
) -> int:
    """Let it wait on the server; it leaves by `outbox run`, or while the screens are open."""
    key = await place.outbox.queue(draft, desk.actor, confirmed=confirmed, due=due)
    await place.sender.answered(draft)
    message_id = next((w.message_id for w in place.outbox.list() if w.key == key), "")
    moment = shape.moment(due) or ""
    if context.json:
        told: dict[str, Any] = {"verdicts": [], "sendable": True, "needs_confirmation": []}
        report = SendReport(message_id, SendState.QUEUED, ())
        context.output.document(told | sent(report) | {"key": key, "due": moment})
    else:
        context.output.text(context.t(say("En file : part le {when} (clé {key}).", when=moment, key=key)))
    context.narration.say(say("il partira par « mss-tui outbox run », ou pendant que l'écran est ouvert."))
    return ExitCode.DONE


async def _keep(context: Context, desk: Desk, place: Place, draft: Draft) -> int:
    """Store the message among the drafts; nothing is checked, nothing leaves."""
    kept = await keep(place.sender, draft, desk.clock.now())
    ref = kept.draft.saved_as
    if context.json:
        context.output.document(sent(SendReport("", SendState.DRAFT, ())) | {"ref": ref.short if ref else None})
    else:
        context.output.text(context.t(say("Le message est dans les brouillons.")))
    for address in kept.left_out:
        context.narration.say(say("« {address} » n'est pas une adresse : laissée de côté.", address=clean(address, 80)))
    return ExitCode.DONE


def sent(report: SendReport) -> dict[str, Any]:
    """What became of a message."""
    return {
        "message_id": report.message_id,
        "state": report.state.value,
        "recipients": [
            {"address": answer.address, "code": answer.code, "answer": answer.text} for answer in report.recipients
        ],
        "sent_copy": report.sent_copy.value,
    }
