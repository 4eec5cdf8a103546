"""The desk's blueprint: what every page of it has in common, and pages for what goes wrong."""

from http import HTTPStatus

from apiflask import APIBlueprint
from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from moderation.dashboard import language
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import gettext
from moderation.errors import ModerationError, NotFoundError, UnavailableError
from moderation.logs import log
from moderation.storage.database import OperationalError
from moderation.web import route

PREFIX = "/desk"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

blueprint = APIBlueprint(
    "desk",
    __name__,
    url_prefix=PREFIX,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
    enable_openapi=False,
)


blueprint.record_once(lambda state: language.install(state.app.jinja_env))


def page(template: str, status: int = 200, **values: object) -> Response:
    """Return a page made from `templates/desk/<template>.html`."""
    spoken = {"language": language.language(), "number_words": language.number_words}
    return make_response(render_template(f"desk/{template}.html", **spoken, **values), status)


@blueprint.after_request
def protect(response: Response) -> Response:
    """Let no page run foreign scripts, be framed, be kept by caches or tell other sites where a reader comes from."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "desk.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/<path:anything>", methods=METHODS)
def nothing(anything: str) -> Response:  # noqa: ARG001 - the route names it
    """Say that there is no such page, as a page: without a route of the desk the app would answer in JSON."""
    raise NotFoundError(gettext("There is no such page at the desk"))


@blueprint.errorhandler(ModerationError)
def refused(error: ModerationError) -> Response:
    """Say what was refused, and when to try again."""
    response = page("problem", error.status, title=told(HTTPStatus(error.status).phrase), detail=told(error.detail))
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@blueprint.errorhandler(HTTPException)
def http_refused(error: HTTPException) -> Response:
    """Say what Flask or a view refused."""
    return page("problem", error.code or 500, title=told(error.name), detail=told(error.description or ""))


@blueprint.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Say that it is our fault, and log where it happened."""
    log.error("unexpected", error=type(error).__name__, route=route(), exc_info=True)
    if isinstance(error, OperationalError):
        return refused(UnavailableError(gettext("The database does not answer; try again in a moment"), retry_after=5))
    return refused(ModerationError())
