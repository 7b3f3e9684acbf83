"""What a browser knows of a page: its links and its forms, and what a form would send once somebody filled what it requires."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

#: Inputs that send nothing unless somebody does something.
QUIET = {"file", "checkbox", "radio", "search", "submit", "button", "image"}


@dataclass
class Form:
    """One form: where it goes, what it sends as it stands, what must be filled, and its buttons."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)  # name → sort of field
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: set[tuple[str, str]] = field(default_factory=set)

    def filled(self) -> dict[str, str]:
        """What it sends after somebody filled in what it requires: the first choice, today, one, or a word."""
        words = {"date": date.today().isoformat(), "decimal": "1", "numeric": "1", "number": "1"}
        found = dict(self.values)
        for name, sort in self.missing.items():
            if not found.get(name):
                found[name] = next((one for one in self.choices.get(name, ()) if one), words.get(sort, "按规定办理"))
        return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


class Page(HTMLParser):
    """`forms` and `links` of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select = self._area = ""
        self.feed(text)

    def with_button(self, name: str, value: str) -> Form | None:
        """The first form that has this button."""
        return next((one for one in self.forms if (name, value) in one.buttons), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Links anywhere; fields inside a form."""
        has = {key: value or "" for key, value in attrs}
        if tag == "a":
            self.links.append(has.get("href", ""))
        elif tag == "form":
            self._form = Form(has.get("action", ""))
            if has.get("method", "get").lower() == "post":
                self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, has, self._form)

    def _field(self, tag: str, has: dict[str, str], form: Form) -> None:
        name = has.get("name", "")
        if tag == "option" and self._select:
            form.choices[self._select].append(has.get("value", ""))
            if "selected" in has or self._select not in form.values:
                form.values[self._select] = has.get("value", "")
        if not name:
            return
        if tag == "button":
            form.buttons.add((name, has.get("value", "")))
        elif tag == "select":
            self._select = name
            form.choices[name] = []
        elif tag == "textarea":
            self._area, form.values[name] = name, ""
        elif tag == "input" and (has.get("type", "text") not in QUIET or "checked" in has):
            form.values[name] = has.get("value", "")
        if "required" in has and has.get("type") not in QUIET:
            form.missing[name] = has.get("inputmode") or has.get("type", "text")

    def handle_data(self, data: str) -> None:
        """The text of a text area."""
        if self._area and self._form is not None:
            self._form.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """Leave the field or the form."""
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._form = None
