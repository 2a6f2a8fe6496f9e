"""Calendars (RFC 5545) as text: what a reader needs to know of an invitation."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mss_tui.model.paris import PARIS
from mss_tui.phrase import Translate, say

MAX_EVENTS = 50

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]{1,40})((?:;[^:;\"\n]{0,200}|;[^:;=\n]{1,40}=\"[^\"\n]{0,200}\"){0,20}):([^\n]*)")
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?\s*\Z")
_ESCAPE = re.compile(r"\\([\\;,nN])")
_PARAMETER = re.compile(r";([A-Za-z-]+)=\"?([^;\"]*)")

_METHODS = {
    "REQUEST": say("Invitation"),
    "CANCEL": say("Annulation"),
    "REPLY": say("Réponse à une invitation"),
    "COUNTER": say("Contre-proposition"),
}
_FIELDS = (
    ("SUMMARY", say("Objet")),
    ("DTSTART", say("Début")),
    ("DTEND", say("Fin")),
    ("DUE", say("Échéance")),
    ("RRULE", say("Répétition")),
    ("LOCATION", say("Lieu")),
    ("STATUS", say("État")),
    ("ORGANIZER", say("Organisateur")),
    ("ATTENDEE", say("Participant")),
    ("DESCRIPTION", say("Description")),
)


def calendar_text(text: str, translate: Translate = str) -> str:
    """The events of the calendar `text` in lines for a reader; `text` itself where there is none."""
    events: list[dict[str, list[str]]] = []
    method = ""
    inside = 0
    for line in _FOLD.sub("", text).split("\n"):
        found = _LINE.match(line.rstrip("\r"))
        if found is None:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if name == "METHOD":
            method = value.strip().upper()
        elif name == "BEGIN":
            kind = value.strip().upper()
            if kind in ("VEVENT", "VTODO") and len(events) < MAX_EVENTS:
                events.append({})
                inside = 1
            elif inside:
                inside += 1
        elif name == "END":
            inside = max(inside - 1, 0)
        elif inside == 1:
            values = events[-1].setdefault(name, [])
            if len(values) < 100:
                values.append(_value(name, parameters, value, translate))
    if not events:
        return text
    title = _METHODS.get(method, say("Agenda")).render(translate)
    return "\n\n".join("\n".join((title, *_lines(event, translate))) for event in events)


def _lines(event: dict[str, list[str]], translate: Translate) -> list[str]:
    return [
        say("{label} : {value}", label=label, value=value).render(translate)
        for name, label in _FIELDS
        for value in event.get(name, ())
    ]


def _value(name: str, parameters: str, value: str, translate: Translate) -> str:
    if name in ("DTSTART", "DTEND", "DUE"):
        return _moment(value, dict(_PARAMETER.findall(parameters.upper())).get("TZID", ""), translate)
    if name in ("ORGANIZER", "ATTENDEE"):
        said = {key.upper(): text for key, text in _PARAMETER.findall(parameters)}
        address = re.sub(r"(?i)\Amailto:", "", value.strip())
        return f"{said['CN']} <{address}>" if said.get("CN", address) != address else address
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _moment(value: str, zone: str, translate: Translate) -> str:
    found = _MOMENT.match(value)
    if found is None:
        return value
    year, month, day, hour, minute, _, universal = found.groups()
    if not hour:
        return f"{day}/{month}/{year}"
    if universal:
        try:
            moment = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC).astimezone(PARIS)
        except (ValueError, OverflowError):
            return value
        return say("{moment} (heure de Paris)", moment=f"{moment:%d/%m/%Y %H:%M}").render(translate)
    return f"{day}/{month}/{year} {hour}:{minute}" + (f" ({zone.title()})" if zone else "")
