"""A page with a comment box: posts comments to the moderation service, hears of decisions, shows what is approved."""
# ruff: noqa: INP001 - a program, no package

import os
import secrets
import time
from dataclasses import dataclass

import urllib3
from flask import Flask, redirect, render_template_string, request
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug.wrappers import Response

API = os.environ.get("API", "http://127.0.0.1:8080")
KEY = os.environ["KEY"]
PORT = int(os.environ.get("PORT", "9000"))
THREAD = {"id": "harbour", "title": "The harbour road is open", "url": f"http://127.0.0.1:{PORT}/"}
HOOK = f"http://127.0.0.1:{PORT}/moderation"
PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{ thread.title }}</title>
<style>
  body { font: 1.1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
  article { border-left: 3px solid #ccc; padding-left: 1rem; white-space: pre-line; overflow-wrap: anywhere }
  input, textarea, button { font: inherit; width: 100%; box-sizing: border-box; margin: .3rem 0 }
  [role=status] { background: #fff4ce; padding: .5rem 1rem }
</style><h1>{{ thread.title }}</h1><p>After three weeks of work, cars and bicycles may pass again.</p>
<h2>{{ comments | length }} comments</h2>
{% for one in comments %}<article><strong>{{ one.name }}</strong>: {{ one.text }}</article>{% endfor %}
{% if says %}<p role="status">{{ says }}</p>{% endif %}
<form method="post" action="/comments">
  <label>Name <input name="name" required maxlength="60" value="{{ name }}"></label>
  <label>Comment <textarea name="text" required rows="4">{{ text }}</textarea></label>
  <div style="position: absolute; left: -99rem" aria-hidden="true"><input name="website" tabindex="-1"></div>
  <input type="hidden" name="opened" value="{{ opened }}"><button>Post</button>
</form>
"""


@dataclass
class Comment:
    """A comment as this site keeps it."""

    name: str
    text: str
    shown: bool = False
    sequence: int = 0


app = Flask(__name__)
comments: dict[str, Comment] = {}  # in memory, where a real site has a table; all else is as a real site would do it


def call(method: str, path: str, body: object = None) -> urllib3.BaseHTTPResponse:
    """Ask the moderation service; a decision that comes within two seconds comes with the answer."""
    headers = {"Authorization": f"Bearer {KEY}", "Prefer": "wait=2"}
    return urllib3.request(method, API + path, json=body, headers=headers, timeout=10, retries=False)


def ticks() -> int:
    """Return milliseconds, for measuring how long somebody wrote."""
    return time.monotonic_ns() // 1_000_000


def page(says: str = "", name: str = "", text: str = "") -> str:
    """Return the page, with a message and what was typed."""
    shown = [comment for comment in comments.values() if comment.shown]
    return render_template_string(PAGE, thread=THREAD, comments=shown, says=says, name=name, text=text, opened=ticks())


@app.get("/")
def read() -> str:
    """Show the page."""
    return page("Thank you! Your comment appears when it has been looked at." if "waits" in request.args else "")


@app.post("/comments")
def write() -> Response | tuple[str, int]:
    """Keep a comment, hand it to the moderation service, and say what became of it."""
    form, own_id = request.form, secrets.token_hex(8)
    kept = comments[own_id] = Comment(form["name"], form["text"])  # first, since the event may come before the answer
    answer = call("POST", "/v1/comments", {
        "text": kept.text, "thread": THREAD, "external_id": own_id,
        "author": {"id": kept.name.casefold(), "name": kept.name, "ip": request.remote_addr},
        "signals": {"honeypot": form.get("website", ""), "user_agent": request.user_agent.string,
                    "filled_in_ms": max(0, ticks() - form.get("opened", type=int, default=0))},
    })  # fmt: skip
    told = answer.json()
    if answer.status not in {201, 202}:
        del comments[own_id]
        return page(f"{told['title']}: {told['detail']}", kept.name, kept.text), answer.status
    if not kept.sequence:  # no event has come yet
        kept.shown = told["status"] == "approved"
    return redirect("/" if kept.shown else "/?waits", 303)


@app.post("/moderation")
def hear() -> tuple[str, int]:
    """Hear of a decision; it may come twice, or later than a newer one."""
    try:
        event = app.config["WEBHOOK"].verify(request.get_data(), dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return "not signed with our secret", 401
    comment = comments.get(event["data"]["external_id"])
    if comment and event["data"]["sequence"] > comment.sequence:
        comment.sequence, comment.shown = event["data"]["sequence"], event["type"] == "comment.approved"
    return "", 204


def listen() -> Webhook:
    """Make this site's endpoint anew and return what verifies its events."""
    for endpoint in call("GET", "/v1/endpoints").json()["endpoints"]:
        if endpoint["url"] == HOOK:
            call("DELETE", f"/v1/endpoints/{endpoint['id']}")
    return Webhook(call("POST", "/v1/endpoints", {"url": HOOK}).json()["secret"])


if __name__ == "__main__":
    app.config["WEBHOOK"] = listen()
    app.run(port=PORT)
