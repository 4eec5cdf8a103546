"""A browser without JavaScript: reads pages, finds their forms and sends them as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation.intake import Received
from moderation.model import ATTRIBUTES, Comment, Scored
from moderation.pipeline import receive, settle
from moderation.records import Site, StoredComment
from moderation.service import Service
from moderation.storage import comments
from tests.build import prepared

EMAIL, PASSWORD = "kim@news.example", "correct horse battery staple"
TOXIC = Scored({**dict.fromkeys(ATTRIBUTES, 0.01), "toxicity": 0.97, "sexual_explicit": None})


@dataclass
class Form:
    """A form of a page: where it goes, its fields, and the buttons that send it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """A page's forms, links and text."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.marked: list[str] = []
        self.boxes: list[str] = []
        self._open: list[str] = []
        self._link = ""
        self._select = ""
        self._words: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        """What the page says, white space made one space."""
        return " ".join("".join(self._words).split())

    def form(self, ending: str) -> Form:
        """Return the first form whose action ends so."""
        return next(form for form in self.forms if form.action.endswith(ending))

    def form_with(self, field: str) -> Form:
        """Return the first form that has a field."""
        return next(form for form in self.forms if field in form.fields)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note forms, fields and links."""
        found = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag == "input" and found.get("type") == "checkbox" and "checked" not in found:
            self.boxes.append(found.get("value", "on"))  # it is not sent
        elif tag in {"input", "textarea"} and self.forms:
            self.forms[-1].fields[found["name"]] = found.get("value", "on" if found.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and self._select and (self._select not in self.forms[-1].fields or "selected" in found):
            self.forms[-1].fields[self._select] = found["value"]
        elif tag == "button" and "name" in found:
            self.forms[-1].buttons.append(found["value"])
        elif tag == "a":
            self._link = found["href"]

    def handle_endtag(self, tag: str) -> None:
        """Note that an element ends; those that are never closed end with it."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Note text, and whose it is."""
        self._words.append(data)
        if "a" in self._open:
            self.links[data.strip()] = self._link
        if "mark" in self._open:
            self.marked.append(data)


class Visitor:
    """Somebody at a browser."""

    def __init__(self, client: FlaskClient) -> None:
        """Use a browser."""
        self.client = client

    def get(self, path: str, status: int = 200) -> Page:
        """Open a page that answers with `status`."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return Page(answer.get_data(as_text=True))

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, path: str = "/desk/login") -> TestResponse:
        """Fill in the login form and send it."""
        form = self.get(path).form("/login")
        return self.client.post(form.action, data={**form.fields, "email": email, "password": password})

    def send(self, form: Form, values: Mapping[str, str]) -> TestResponse:
        """Send a form with some fields filled in."""
        return self.client.post(form.action, data={**form.fields, **values})


def take_in(engine: Service, site: Site, comment: Comment) -> StoredComment:
    """Store a comment as the API would."""
    outcome = receive(engine.parts, site, [prepared(engine.parts, site, comment, engine.now())], engine.now())[0]
    assert isinstance(outcome, Received), outcome
    return outcome.comment


def hold(engine: Service, site: Site, comment: Comment, scored: Scored = TOXIC) -> StoredComment:
    """Store a comment and settle it with scores that hold it."""
    stored = take_in(engine, site, comment)
    settle(engine.parts, [(stored, scored)], {site.id: site}, engine.now())
    with engine.parts.database.read() as connection:
        found = comments.get(connection, site.id, stored.id)
    assert found is not None
    return found
