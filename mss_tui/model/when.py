"""When a message is to leave, as people write it: « demain 8 h », « lundi 14h30 », « dans 2 heures »."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta

from mss_tui.errors import UsageError
from mss_tui.model.paris import PARIS, day, plus_months
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

MAX_WRITTEN = 60

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre",
    "decembre",
)  # fmt: skip
_UNITS = {"min": timedelta(minutes=1), "minute": timedelta(minutes=1), "h": timedelta(hours=1),
          "heure": timedelta(hours=1), "jour": timedelta(days=1), "semaine": timedelta(weeks=1)}  # fmt: skip

_AFTER = re.compile(r"dans (?P<n>\d{1,4}|une?) ?(?P<unit>min|minute|h|heure|jour|semaine)s?")
_HOUR = re.compile(r"(?:(?:a|vers) )?(?:(?P<h>\d{1,2}) ?(?:heures?|h|:) ?(?P<m>\d{2})?|(?P<noon>midi))")
_DATE = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?P<y>\d{4}))?")
_WORDS_DATE = re.compile(rf"(?P<d>\d{{1,2}}|1er) (?P<m>{'|'.join(_MONTHS)})(?: (?P<y>\d{{4}}))?")
_WEEKDAY = re.compile(rf"(?P<name>{'|'.join(_DAYS)})(?: prochain)?")
_HINT = say("Écrivez par exemple : demain 8 h, lundi 14h30, 21/11 à 8:00, dans 2 heures.")


def parse_when(written: str, now: datetime) -> datetime:
    """The moment that `written` means, seen from `now` (aware), in Paris time; the answer is in UTC.

    A day needs its hour: nobody guesses when a message leaves. A weekday is the next one whose hour is still to come;
    a day and month without a year is the next such day. ISO 8601 is understood too, in Paris where it has no offset.

    Raises:
        UsageError: it is not understood, is past, more than a year away, or is an hour that the day does not have.
    """
    text = _plain(written)
    after = _AFTER.fullmatch(text)
    if after is not None:
        count = 1 if after["n"].startswith("un") else int(after["n"])
        return _checked(now + count * _UNITS[after["unit"]], written, now)
    iso = _iso(written.strip())
    if iso is not None:
        return _checked(iso, written, now)
    before, hour = _split(text)
    if hour is None:
        raise _wrong(say("« {written} » ne dit pas à quelle heure.", written=clean(written, MAX_WRITTEN)))
    moment = _moment(before, hour, now)
    if moment is None:
        raise _wrong(say("Je ne comprends pas « {written} ».", written=clean(written, MAX_WRITTEN)))
    return _checked(moment, written, now)


def _plain(written: str) -> str:
    """Lower case, without accents, single spaces, without the words that say nothing."""
    text = unicodedata.normalize("NFKD", written[: 2 * MAX_WRITTEN].casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).replace("-", " ").replace(",", " ")
    return " ".join(word for word in text.split() if word != "le")


def _iso(written: str) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d", written):
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return _in_paris(found.date(), found.time()) if found.tzinfo is None else found


def _split(text: str) -> tuple[str, time | None]:
    """The day, and the hour, which stands last."""
    found = next((m for m in _HOUR.finditer(text) if m.end() == len(text) and _apart(text, m.start())), None)
    if found is None:
        return text, None
    hour, minute = (12, 0) if found["noon"] else (int(found["h"]), int(found["m"] or 0))
    if hour > 23 or minute > 59:
        return text, None
    return text[: found.start()].strip(), time(hour, minute)


def _apart(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] == " "


def _moment(before: str, hour: time, now: datetime) -> datetime | None:
    """The day that the words before the hour mean, at that hour."""
    today = day(now)
    named = {"": 0, "aujourd'hui": 0, "ce matin": 0, "cet apres midi": 0, "ce soir": 0, "demain": 1, "apres demain": 2,
             "demain matin": 1, "demain soir": 1}  # fmt: skip
    if before in named:
        moment = _in_paris(today + timedelta(days=named[before]), hour)
        return _in_paris(today + timedelta(days=1), hour) if before == "" and moment <= now else moment
    weekday = _WEEKDAY.fullmatch(before)
    if weekday is not None:
        ahead = (_DAYS.index(weekday["name"]) - today.weekday()) % 7
        moment = _in_paris(today + timedelta(days=ahead), hour)
        return moment if moment > now else _in_paris(today + timedelta(days=ahead + 7), hour)
    if (weekday := _WEEKDAY.match(before)) is not None:
        before = before[weekday.end() :].strip()
    written = _DATE.fullmatch(before) or _WORDS_DATE.fullmatch(before)
    if written is None:
        return None
    number = 1 if written["d"] == "1er" else int(written["d"])
    month = int(written["m"]) if written["m"].isdigit() else 1 + _MONTHS.index(written["m"])
    try:
        if written["y"]:
            return _in_paris(date(int(written["y"]), month, number), hour)
        moment = _in_paris(date(today.year, month, number), hour)
        return moment if moment > now else _in_paris(date(today.year + 1, month, number), hour)
    except ValueError:
        return None


def _in_paris(of: date, at: time) -> datetime:
    """An hour of a day in Paris; the first of two where the clocks go back.

    Raises:
        UsageError: the clocks go forward over it.
    """
    moment = datetime.combine(of, at, PARIS).astimezone(UTC)
    if moment.astimezone(PARIS).time() != at:
        raise _wrong(say("Ce jour-là, on passe à l'heure d'été : {hour} n'existe pas.", hour=f"{at:%H:%M}"))
    return moment


def _checked(moment: datetime, written: str, now: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    if moment <= now:
        raise _wrong(say("« {written} » est passé.", written=clean(written, MAX_WRITTEN)))
    if day(moment) > plus_months(day(now), 12):
        raise _wrong(say("« {written} » est dans plus d'un an.", written=clean(written, MAX_WRITTEN)))
    return moment


def _wrong(what: Phrase) -> UsageError:
    return UsageError(what, meaning=say("Rien n'est programmé."), remedy=_HINT)
