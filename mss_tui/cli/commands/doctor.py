"""`doctor`: every step from the name of a server to the directory, and in French what to do about each failure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mss_tui.cli.context import Context
from mss_tui.errors import AuthRefused, ExitCode, InternalError, MssError
from mss_tui.model.directory import Publication
from mss_tui.model.people import Account, Endpoint
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.probe import TlsSeen
    from mss_tui.services.desk import Desk, Place

SOON_DAYS = 30


class State(StrEnum):
    """How a step went; a skipped one could not be tried, or there is nothing to try."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


_MARKS = {State.OK: "ok ", State.WARNING: "!  ", State.FAILED: "NON", State.SKIPPED: "-  "}


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `code` is the exit code that its failure asks for."""

    name: str
    state: State
    what: Phrase
    remedy: Phrase | None = None
    detail: str = ""
    code: ExitCode = ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Result:
    """What a step found."""

    what: Phrase
    state: State = State.OK
    remedy: Phrase | None = None


async def run(context: Context) -> int:
    """Take the steps for each mailbox of the profile."""
    context.needs_network()
    documents: list[dict[str, Any]] = []
    code = ExitCode.DONE
    async with context.desk(by_person=False) as desk:
        for place in desk.places:
            if not context.json:
                context.output.text(place.account.address)
            taken = []
            async for step in steps(desk, place):
                taken.append(step)
                code = code or step.code
                if not context.json:
                    for line in lines_of(context, step):
                        context.output.text(line)
            documents.append({"account": place.account.address, "steps": [shape(context, step) for step in taken]})
    if context.json:
        context.output.document({"ok": not code, "accounts": documents})
    return code


async def steps(desk: Desk, place: Place) -> AsyncIterator[Step]:
    """Every step for a mailbox, as it goes."""
    tried = {}
    async for step in open_steps(place.account, desk.clock.now()):
        tried[step.name] = step
        yield step
    login = await _after(tried["imap.tls"], "imap.auth", lambda: _login(place))
    yield login
    yield await _after(login, "imap.capabilities", lambda: _capabilities(place))
    yield await _after(login, "imap.quota", lambda: _quota(place))
    if login.state is State.FAILED:  # the same credential is not tried twice (P20)
        yield _skipped("smtp.auth")
    else:
        yield await _after(tried["smtp.tls"], "smtp.auth", lambda: _may_send(place, login.state is State.OK))
    yield await _after(login, "sieve", lambda: _sieve(desk, place))
    yield await _taken("annuaire", _annuaire(desk, place))


async def open_steps(account: Account, now: datetime) -> AsyncIterator[Step]:
    """The steps that need no secret: name, port and TLS of both servers."""
    from mss_tui.adapters.probe import reach, tls_of_imap, tls_of_smtp
    from mss_tui.adapters.tls import context_for

    trust = context_for(account.ca, account.trust, now)
    if trust.online is not None:
        trust.online.patient = True
    for service, endpoint in (("imap", account.imap), ("smtp", account.smtp)):
        dns = await _taken(f"{service}.dns", _dns(endpoint))
        yield dns
        tcp = await _after(dns, f"{service}.tcp", lambda of=endpoint: _tcp(reach(of), of))
        yield tcp
        if service == "imap":
            yield await _after(tcp, "imap.tls", lambda: _tls(tls_of_imap(account, trust), now))
        else:
            yield await _after(tcp, "smtp.tls", lambda: _smtp_tls(tls_of_smtp(account, trust), now))


async def _taken(name: str, act: Awaitable[Result]) -> Step:
    try:
        found = await act
    except MssError as error:
        return Step(name, State.FAILED, error.what, error.remedy, error.detail, error.exit_code)
    except Exception as error:  # noqa: BLE001 - one step that we get wrong hides none of the others
        wrong = InternalError.of(error)
        return Step(name, State.FAILED, wrong.what, wrong.remedy, code=wrong.exit_code)
    return Step(name, found.state, found.what, found.remedy)


async def _after(before: Step, name: str, act: Any) -> Step:
    """A step that makes sense only when another went well."""
    if before.state in (State.FAILED, State.SKIPPED):
        return _skipped(name)
    return await _taken(name, act())


def _skipped(name: str) -> Step:
    return Step(name, State.SKIPPED, say("non essayé"))


async def _dns(endpoint: Endpoint) -> Result:
    from mss_tui.adapters.finding.names import Names

    found = await Names().addresses(endpoint.host)
    return Result(say("{host} : {addresses}", host=endpoint.host, addresses=clean(", ".join(found), 200)))


async def _tcp(act: Awaitable[None], endpoint: Endpoint) -> Result:
    await act
    return Result(say("port {port} ouvert", port=endpoint.port))


async def _tls(act: Awaitable[TlsSeen], now: datetime) -> Result:
    seen = await act
    days = (seen.until - now).days
    what = say(
        "{said} · {suite} · certificat {chain}, encore {days} jours",
        said=seen.said,
        suite=seen.suite,
        chain=" ← ".join(seen.chain),
        days=days,
    )
    if days < SOON_DAYS:
        return Result(what, State.WARNING, say("Le certificat du serveur expire bientôt : prévenez votre opérateur."))
    return Result(what)


async def _smtp_tls(act: Awaitable[tuple[TlsSeen, int | None]], now: datetime) -> Result:
    seen, size = await act

    async def given() -> TlsSeen:
        return seen

    found = await _tls(given(), now)
    if size is None:
        return found
    return Result(say("{what} · {mo} Mo au plus", what=found.what, mo=size // 1_000_000), found.state, found.remedy)


async def _login(place: Place) -> Result:
    await place.box.connect()
    return Result(say("authentification acceptée ({method})", method=place.account.auth.method.value))


async def _may_send(place: Place, may_read: bool) -> Result:
    try:
        await place.submission.authenticate()
    except AuthRefused as error:
        remedy = say("Vérifiez l'identifiant et le mot de passe ou le jeton du profil.")
        if may_read:
            remedy = say(
                "La lecture est acceptée et l'envoi non : demandez à votre opérateur si l'envoi a un droit à part, "
                "ou un autre identifiant (auth.user)."
            )
        raise AuthRefused(error.what, remedy=remedy, detail=error.detail) from error
    return Result(say("authentification acceptée pour l'envoi"))


async def _capabilities(place: Place) -> Result:
    facts = await place.box.mail.about()
    names = " ".join(facts.capabilities)
    return Result(say("{software} {names}", software=clean(facts.software, 80), names=clean(names, 600)))


async def _quota(place: Place) -> Result:
    quota = await place.box.quota()
    if quota is None or quota.source != "server":
        return Result(say("le serveur ne dit pas le volume de la boîte"), State.SKIPPED)
    percent = 100 * quota.used // quota.limit if quota.limit else 0
    what = say(
        "{used} Mo sur {limit} Mo, {percent} %",
        used=quota.used // 1_000_000,
        limit=quota.limit // 1_000_000,
        percent=percent,
    )
    if percent >= 80:
        return Result(what, State.WARNING, say("Faites de la place : « mss-tui nettoyer », ou l'écran État."))
    return Result(what)


async def _sieve(desk: Desk, place: Place) -> Result:
    absences = desk.absences(place)
    if not absences.possible:
        return Result(
            say("l'opérateur n'offre pas de message d'absence (sieve n'est pas dans le profil)"), State.SKIPPED
        )
    await absences.show()
    return Result(say("messages d'absence possibles"))


async def _annuaire(desk: Desk, place: Place) -> Result:
    age = await desk.annuaire.age_days()
    if age is None:
        return Result(
            say("aucun index de l'annuaire sur ce poste"), State.WARNING, say("« mss-tui annuaire update » le fait.")
        )
    found = await desk.annuaire.verify(place.account.address)
    if found.state is Publication.PUBLISHED:
        return Result(say("annuaire de {age} jour(s) ; cette boîte y est publiée", age=age))
    return Result(say("annuaire de {age} jour(s) ; cette boîte n'y est pas trouvée", age=age), State.WARNING)


def lines_of(context: Context, step: Step) -> list[str]:
    """A step for a person: how it went, and what to do."""
    text = f"  {_MARKS[step.state]} {step.name:18} {context.t(step.what)}"
    if step.detail:
        text += f" « {step.detail} »"
    return [text] if step.remedy is None else [text, f"      {'':18} → {context.t(step.remedy)}"]


def shape(context: Context, step: Step) -> dict[str, Any]:
    """A step in JSON."""
    return {
        "step": step.name,
        "state": step.state.value,
        "what": context.t(step.what),
        "remedy": context.t(step.remedy) if step.remedy is not None else None,
        "detail": step.detail,
    }
