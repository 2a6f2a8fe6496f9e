"""`aide MOTS`: the charter, the questions, the golden rules, the legal frame; `aide RÈGLE`: what is behind a rule."""

from __future__ import annotations

from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode, NotFound
from mss_tui.phrase import say
from mss_tui.rules.catalogue import catalogue, source_title
from mss_tui.services.help import Article, article, articles, search
from mss_tui.text import clean


async def run(context: Context) -> int:
    """Print what is found; without a word, the table of contents."""
    words = context.options.mots
    one = article(words[0]) if len(words) == 1 else None
    found = (one,) if one else search(words)
    if not found:
        raise NotFound(
            say("L'aide ne dit rien de « {words} ».", words=clean(" ".join(words), 80)),
            remedy=say("« mss-tui aide » en montre la table."),
        )
    if context.json:
        context.output.document({"articles": [_document(a) for a in found]})
        return ExitCode.DONE
    if not words:
        book = ""
        for a in articles():
            if a.book != book:
                book = a.book
                context.output.text(book)
            context.output.text(f"  {a.id:20} {a.title}")
        return ExitCode.DONE
    if len(words) == 1 and words[0] in catalogue():
        context.output.text(f"{words[0]} : {catalogue()[words[0]].title}\n")
    context.output.text("\n\n".join(_text(context, a) for a in found))
    return ExitCode.DONE


def _document(of: Article) -> dict[str, object]:
    return {"id": of.id, "book": of.book, "title": of.title, "text": of.text, "sources": list(of.sources)}


def _text(context: Context, of: Article) -> str:
    source = context.t(say("Source : {source}", source=" ; ".join(map(source_title, of.sources))))
    return f"{of.title}\n{of.text}\n({source})"
