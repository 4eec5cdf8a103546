"""Shows the reference as a page that needs nothing but its own style sheet."""

from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, make_response, render_template, request

from moderation.docs_page.reference import Reference, read

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
KEPT = "moderation_docs"

blueprint = APIBlueprint(
    "docs",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/docs/static",
    enable_openapi=False,
)


@blueprint.get("/docs")
def show() -> Response:
    """Show the whole API on one page."""
    return make_response(render_template("docs.html", api=_reference(), here=request.url_root.rstrip("/")))


@blueprint.after_request
def protect(response: Response) -> Response:
    """Let the page load nothing but its style sheet, run nothing and be framed by nobody."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.app_template_filter("coded")
def coded(text: str) -> list[tuple[str, bool]]:
    """Return the pieces of `text` with whether each stood between backticks."""
    return [(piece, index % 2 == 1) for index, piece in enumerate(text.split("`")) if piece]


def _reference() -> Reference:
    """Return the app's reference, read once: the API does not change while the app runs."""
    app = cast("APIFlask", current_app)
    if KEPT not in app.extensions:
        app.extensions[KEPT] = read(cast("dict[str, Any]", app.spec))
    reference: Reference = app.extensions[KEPT]
    return reference
