"""The web process: a Flask app put together from its routes."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, request
from redis.exceptions import RedisError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from integration.accounts import bootstrap
from integration.services import Services
from integration.store import clock
from integration.web.api import accounts as account_routes
from integration.web.api import actions as job_routes
from integration.web.api import (
    activity,
    audit,
    catalog,
    deliveries,
    health,
    hooks,
    ingress,
    keys,
    media,
    opt_outs,
    overview,
    pairfon_compatible,
    poll,
    searches_and_options,
    sending,
    workspaces,
)
from integration.web.apps import routes as export_routes
from integration.web.console import routes as console_routes
from integration.web.core import admission, answers, problems, rights
from integration.web.core.current import EXTENSION
from integration.web.core.express import Express, Stop, Wsgi
from integration.web.core.reading import LARGEST_BODY
from integration.web.mcp import routes as mcp_routes
from integration.web.openapi import routes

KEYED = (
    account_routes.routes,
    keys.routes,
    catalog.routes,
    poll.routes,
    hooks.routes,
    deliveries.routes,
    job_routes.routes,
    activity.routes,
    searches_and_options.routes,
    pairfon_compatible.routes,
    export_routes.routes,
    overview.routes,
    opt_outs.routes,
    sending.routes,
)
KEYED_NAMES = frozenset(blueprint.name for blueprint in KEYED)
OPEN = (
    mcp_routes.routes,  # which admits by itself: one address, and each tool its own scope
    health.routes,
    ingress.routes,
    media.routes,
    routes.routes,
    workspaces.routes,  # to the operator alone
    audit.routes,  # to the operator as well
    console_routes.routes,
)
JOINED = frozenset({"triggers.poll", "jobs.run"})
"""Endpoints whose views admit by their own step."""
EXPRESS = (
    Stop("GET", "/v1/triggers/<key>", poll.poll),
    Stop("POST", "/v1/actions/<key>", job_routes.run),
    Stop("POST", "/ingress/<provider>/<token>", ingress.receive),
)


class Route(Rule):
    """Werkzeug compiles two functions for each route, to build its address from values. For ours
    that is a twentieth of a start, and only the console builds addresses.

    Should Werkzeug call its own method otherwise one day, only that time is lost.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(super()._compile_builder)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return made(append_unknown)(rule, **values)

        return build


def create(services: Services) -> Flask:
    """The app over these services; it starts also while the store is away, and says 503."""
    app = Flask("hookline", static_folder=None)
    app.url_rule_class = Route
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.strict_slashes = False
    app.extensions[EXTENSION] = services
    answers.register(app)
    problems.register(app)
    app.before_request(_admit)
    for blueprint in KEYED:
        app.register_blueprint(blueprint)
    for blueprint in OPEN:
        app.register_blueprint(blueprint)
    hops = services.settings.trusted_proxies
    served: Wsgi = Express(services, app.wsgi_app, EXPRESS)
    if hops:
        # Each proxy adds to the first; the nearest one writes the second. X-Forwarded-Host is read
        # by nothing, since most proxies pass it on as the client sent it.
        served = ProxyFix(served, x_for=hops, x_proto=1, x_host=0)
    app.wsgi_app = served  # type: ignore[assignment, method-assign]  # how Flask's docs add middleware
    _prepare(services)
    return app


def _admit() -> None:
    # What Flask answers by itself, as to OPTIONS, does not come to a view that would admit.
    joined = request.endpoint in JOINED and request.method != "OPTIONS"
    if request.blueprint in KEYED_NAMES and not joined:
        admission.admit(rights.scope_of(request.endpoint or "", request.method))


def _prepare(services: Services) -> None:
    try:
        clock.agree(services.db)
        bootstrap.ensure(services)
    except RedisError:
        # The scheduler does it once the store is there; so does the first admission.
        return
