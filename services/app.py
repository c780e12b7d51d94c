"""Making one service: the same app for all, told only its name, rows, features and roles."""

import hashlib
import mimetypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_smorest
from flask import Flask, Response, flash, g, request
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf.csrf import generate_csrf
from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter as Window
from werkzeug.middleware.proxy_fix import ProxyFix

from services import health, identity, logs, problems, web
from services.database import Database
from services.errors import NotFound
from services.i18n import COOKIE, LABELS, LANGUAGES, init_i18n, lang_url, language
from services.settings import Settings

KIT = Path(__file__).resolve().parent
STATIC = KIT / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
COMPRESSED = ["text/html", "text/css", "image/svg+xml", "application/json", "application/problem+json"]
ContextMaker = Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Service:
    """What makes one service itself. `prefix` is the path its routes begin with ('' or '/word')."""

    name: str
    package: Path
    db: Database
    database_url: str
    prefix: str
    title: str
    pages: Sequence[web.Pages]
    apis: Sequence[web.Api]
    context: ContextMaker
    revoked: Callable[[str], bool]
    sign_in_url: str
    ready: Callable[[], dict[str, Any]] = field(default=dict)


def create_service(service: Service, settings: Settings) -> Flask:
    """The Flask app of a service: database, languages, guards, errors, pages, API, health."""
    app = Flask(service.name, static_folder=None, root_path=str(service.package))
    _configure(app, service, settings)
    service.db.init_app(app)
    Migrate(app, service.db, directory=str(service.package / "migrations"), render_as_batch=True)
    app.extensions["limits"] = Window(MemoryStorage())
    logs.init_requests(app, lambda: service.db.engine.pool.checkedout())  # type: ignore[attr-defined]
    init_i18n(app, [KIT, service.package], settings.time_zone)
    web.init_guards(app, service.revoked, service.sign_in_url)
    problems.init_problems(app)
    _register(app, service)
    _dress(app, service)
    Compress(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    web.check_declared(app)
    return app


def _configure(app: Flask, service: Service, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SERVICE=service,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        WTF_CSRF_SECRET_KEY=[*settings.secret_key_fallbacks, settings.secret_key],  # the last one signs
        SQLALCHEMY_DATABASE_URI=service.database_url,
        TESTING=settings.env == "test",
        PROPAGATE_EXCEPTIONS=False,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        SESSION_COOKIE_NAME=f"qr_{service.name}",
        SESSION_COOKIE_PATH=service.prefix or "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=1000,
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_MIN_SIZE=600,
        API_TITLE=service.title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"{service.prefix}/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )


class Contract(flask_smorest.Api):  # type: ignore[misc]
    """The OpenAPI document; errors are the kit's own."""

    ERROR_SCHEMA = problems.ProblemSchema

    def _register_error_handlers(self) -> None:
        """The kit maps its errors itself."""

    def _register_responses(self) -> None:
        problems.register_responses(self)


def _register(app: Flask, service: Service) -> None:
    api = Contract(app)
    app.extensions.setdefault("who", {})["api-docs.openapi_json"] = identity.ANYONE
    for feature in service.apis:
        api.register_blueprint(feature, url_prefix=f"{service.prefix}/api/v1")
    for pages in service.pages:
        app.register_blueprint(pages, url_prefix=service.prefix or None)
    kit = web.Pages("kit", __name__)
    kit.add_url_rule("/static/<version>/<path:name>", "static", _static, who=identity.ANYONE)
    kit.add_url_rule("/health/live", "live", lambda: {"status": "ok"}, who=identity.ANYONE)
    kit.add_url_rule("/health/ready", "ready", lambda: health.ready(service.db, service.ready), who=identity.ANYONE)
    app.register_blueprint(kit, url_prefix=service.prefix or None)


def asset_version() -> str:
    """A name for the style sheet's present content, so that browsers may keep it for ever."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _static(version: str, name: str) -> Response:
    """Whole, not streamed: a stream would leave uncompressed."""
    path = STATIC / name
    if path.parent != STATIC or not path.is_file():
        raise NotFound
    response = Response(path.read_bytes(), mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _dress(app: Flask, service: Service) -> None:
    """Templates of all features under their prefixes, and what every page can say."""
    folders = {"kit": KIT / "templates"}
    folders |= {path.parent.name: path for path in service.package.glob("*/templates")}
    app.jinja_loader = PrefixLoader({name: FileSystemLoader(path) for name, path in folders.items()})
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    version = asset_version()
    url = f"{service.prefix}/static/{version}"

    @app.context_processor
    def _context() -> dict[str, Any]:
        return {
            "locale": language(),
            "languages": _languages(),
            "person": identity.actor(),
            "csrf_token": generate_csrf,
            "css_url": f"{url}/kit.css",
            "icon_url": f"{url}/icon.svg",
            "form": None,
            **service.context(),
        }

    app.after_request(_finish)


def _languages() -> list[dict[str, Any]]:
    spoken = language()
    said = [(code, *LABELS[code]) for code in LANGUAGES]
    names = ("code", "label", "name")
    return [dict(zip(names, one, strict=True)) | {"url": lang_url(one[0]), "current": one[0] == spoken} for one in said]


def _finish(response: Response) -> Response:
    """Security headers, the kept language, and no shared cache for what is somebody's own."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    if headers.setdefault("Referrer-Policy", "same-origin") == "no-referrer":  # the address itself is a secret
        headers["X-Robots-Tag"] = "noindex"
    headers["X-Request-Id"] = g.get("request_id", "")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store" if g.get("actor") else "private, no-cache"
        response.vary.update(("Cookie", "Accept-Language"))
    choice = request.args.get("lang")
    if choice in LANGUAGES and response.mimetype == "text/html" and choice != request.cookies.get(COOKIE):
        https = identity.settings_of_app().https
        response.set_cookie(COOKIE, choice, 365 * 86400, secure=https, httponly=True, samesite="Lax")
    return response


def say(message: str, category: str = "ok") -> None:
    """A note for the next page."""
    flash(message, category)
