"""How long it takes from a key to the next comment on the screen, in a real Chromium at the desk.

The page itself measures: from the moment of the key until the next comment has the focus and a frame was drawn. Each
25th decision empties the page, and the next one is loaded; that is measured until its first comment is drawn.
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apiflask import APIFlask
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
KEYS = "ars1"
"""Approve, reject, spam, reject with a reason: in turn."""
WATCH = """
const told = () => JSON.parse(sessionStorage.getItem("took") ?? "[]");
const tell = (from) => {
  sessionStorage.removeItem("since");
  sessionStorage.setItem("took", JSON.stringify([...told(), Date.now() + performance.now() % 1 - from]));
};
const drawn = (then) => requestAnimationFrame(() => requestAnimationFrame(then));
document.addEventListener("keydown", (event) => {
  const from = Date.now() + performance.now() % 1 - (performance.now() - event.timeStamp);
  if (event.key === "j") return;
  sessionStorage.setItem("since", from);
  const left = document.querySelectorAll("main .card:not([hidden])").length;
  if (left > 1) drawn(() => tell(from));
}, true);
addEventListener("DOMContentLoaded", () => {
  const since = sessionStorage.getItem("since");
  if (since) drawn(() => tell(Number(since)));
});
"""


@contextmanager
def served(app: APIFlask) -> Iterator[str]:
    """Give the address of an app, served on a port that the kernel chose."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def key_to_next(app: APIFlask, email: str, password: str, decisions: int) -> list[float]:
    """Decide so many comments by keys, and return how many milliseconds each took until the next one was drawn."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        raise LookupError("This measurement drives Chromium: `apt-get install chromium`")
    with served(app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        page = browser.new_page(
            viewport={"width": 1280, "height": 740}, bypass_csp=True
        )  # what waits is evaluated there
        page.add_init_script(WATCH)
        page.goto(f"{url}/desk")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        page.locator("main .card").first.wait_for()
        for number in range(decisions):
            if page.evaluate("!document.activeElement.closest('.card')"):
                page.keyboard.press("j")
            page.keyboard.press(KEYS[number % len(KEYS)])
            page.wait_for_function("JSON.parse(sessionStorage.getItem('took') ?? '[]').length > " + str(number))
            page.locator("main .card:not([hidden])").first.wait_for()
        took: list[float] = page.evaluate("JSON.parse(sessionStorage.getItem('took'))")
        browser.close()
    return took
