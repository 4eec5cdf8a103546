"""The only place where the parts are joined into a Flask app."""

from typing import Any

from apiflask import APIFlask
from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from moderation import __version__, docs_page, health, openapi
from moderation.admission import EXTENSION as ADMISSION
from moderation.admission import Admission
from moderation.bodies import Bodies
from moderation.dashboard import blueprint as dashboard
from moderation.dialects import DIALECTS
from moderation.errors import (
    BadRequestError,
    MethodNotAllowedError,
    ModerationError,
    NotFoundError,
    OverloadedError,
    PayloadTooLargeError,
    UnavailableError,
    UnsupportedMediaTypeError,
)
from moderation.logs import configure_logs, log
from moderation.parts import join_parts
from moderation.secret import load_secret
from moderation.service import Service
from moderation.settings import Settings, get_settings
from moderation.storage.database import OperationalError
from moderation.web import EXTENSION, WholePath, WholeRequest, problem, route

LARGE_PATHS = frozenset(
    {
        "/v1/comments/batch",
        "/v1/score",
        "/v1/words/import",
        "/batch",
        "/v1/moderations",
        "/moderations",
        "/model/predict",
    }
)
ANALYZE = "/v1alpha1/comments:analyze"
"""Of Perspective's; a client may have an address of its own before it."""
HTTP_ERRORS: dict[int, type[ModerationError]] = {
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: PayloadTooLargeError,
    415: UnsupportedMediaTypeError,
}


def create_app(settings: Settings | None = None) -> APIFlask:
    """Return the app; the database must have been migrated."""
    settings = settings or get_settings()
    configure_logs(settings.log_level)
    app = APIFlask(
        "moderation",
        title="Comment moderation",
        version=__version__,
        spec_path="/openapi.json" if settings.docs else None,
        docs_path=None,
        json_errors=False,
    )
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,  # the first caller's idea of our name would be shown to all
        SECRET_KEY=load_secret(settings),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=100_000,
        MAX_FORM_PARTS=100,
        DESCRIPTION="Takes comments, scores toxicity and spam, decides, and tells your site.",
    )

    @app.spec_processor
    def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
        return openapi.complete(spec) if isinstance(spec, dict) else spec

    app.request_class = WholeRequest
    app.url_map.merge_slashes = False
    app.url_map.converters["whole"] = WholePath
    app.extensions[EXTENSION] = Service(join_parts(settings), settings)
    for dialect in DIALECTS:
        app.register_blueprint(dialect)
    app.register_blueprint(health.blueprint)
    if settings.docs:
        app.register_blueprint(docs_page.blueprint)
    app.register_blueprint(dashboard)

    @app.before_request
    def bound_body() -> None:
        if request.path in LARGE_PATHS or request.path.endswith(ANALYZE):
            request.max_content_length = settings.max_batch_bytes

    @app.after_request
    def announce_cut(response: Response) -> Response:
        """The server cuts a connection whose request was answered before its body was read; tell who would keep it."""
        unread = "stream" not in vars(request._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy's way
        if request.content_length and (unread or response.status_code == OverloadedError.status):
            response.headers["Connection"] = "close"
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    admission = Admission(app.wsgi_app, settings.web_threads)
    app.wsgi_app = Bodies(admission, settings.web_threads)  # type: ignore[method-assign]  # Flask's advice for middleware
    app.extensions[ADMISSION] = admission
    app.before_request(_refuse_nul)
    app.register_error_handler(ModerationError, problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)
    return app


def _refuse_nul() -> None:
    """No database keeps U+0000, so nothing has a name with it."""
    if "\0" in request.path:
        raise NotFoundError


def _http_problem(error: HTTPException) -> Response:
    kind = HTTP_ERRORS.get(error.code or 500)
    if kind is not None:
        return problem(kind())
    if error.code is not None and error.code < 500:  # noqa: PLR2004 - HTTP
        return problem(BadRequestError())
    return problem(ModerationError())


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", error=type(error).__name__, route=route(), exc_info=True)
    if isinstance(error, OperationalError):
        return problem(UnavailableError("The database does not answer", retry_after=5))
    return problem(ModerationError())
