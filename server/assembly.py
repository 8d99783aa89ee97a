"""Our routes, our middleware and the options with which Gradio's ``launch()`` serves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from core.admission.waits import THREADS
from core.people import People
from core.queries import Library, Statistics
from core.studio import Studio
from server.accounts.identity import current_name
from server.accounts.owner import Owner
from server.accounts.owner_entry import OwnerEntry
from server.accounts.sign_in import SignIn
from server.accounts.throttle import Throttle
from server.addresses.public_root import UnderRoot
from server.delivery.compression import Compression
from server.gate.context import Rules
from server.gate.gate import Gate, own_middleware_alone
from server.health.routes import Checks, Health
from server.limits.sessions import MOST
from server.rest import reference
from server.rest.routes import Rest


def own_routes(
    *,
    studio: Studio,
    library: Library,
    people: People,
    statistics: Statistics,
    checks: Checks,
    questions: Sequence[str] = (),
    owner: Owner | None = None,
    version: str = "0.1.0",
) -> list[BaseRoute]:
    """Return the routes for ``app_kwargs["routes"]``, and for ``Rules.own``.

    Args:
        studio: takes the requests of REST.
        library: the runs that REST lists.
        people: accounts, for signing in.
        statistics: figures for /metrics.
        checks: what readiness depends on, by name; None from a check means all is well.
        questions: published figures that /metrics shows; none that names people or prompts.
        owner: who holds the key; None: nobody does.
        version: shown in the OpenAPI description.
    """
    owner = owner or Owner()
    rest = Rest(studio, library).router()
    throttle = Throttle()
    health = Health(access=studio.access, checks=checks, statistics=statistics, questions=questions, throttle=throttle)
    return [
        *SignIn(people, throttle, owner).routes(),
        *OwnerEntry(owner, people).routes(),
        *health.routes(),
        *reference.routes(rest.routes, version),
        *rest.routes,
    ]


def middleware(rules: Rules) -> list[Middleware]:
    """Return the middleware for ``app_kwargs["middleware"]``.

    Pages of ``public_origins`` may call with a token, never with a person's cookies.
    """
    # The gate reads answers, so they are compressed around it.
    outside, gate = [Middleware(Compression)], [Middleware(UnderRoot, root=rules.root), Middleware(Gate, rules=rules)]
    if not rules.public_origins:
        return [*outside, *gate]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(rules.public_origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "x-api-key", "content-type"],
    )
    return [*outside, cors, *gate]


def launch_options(own: Sequence[BaseRoute], rules: Rules, files: Sequence[BaseRoute] = ()) -> dict[str, Any]:
    """Return the arguments of ``launch()`` that keep the gate the only way in, and nothing leaving this computer.

    Args:
        own: our routes, which check permission themselves.
        rules: of the gate.
        files: routes for the files of the page, which everybody may have; they stand in for those of Gradio.
    """
    return {
        "auth_dependency": current_name,
        "root_path": rules.root.text,
        "app_kwargs": {
            "routes": [*own, *files],
            "middleware": middleware(rules),
            "lifespan": own_middleware_alone,
            "docs_url": None,
            "redoc_url": None,
        },
        # Above what the gate keeps, for those that Gradio opens by itself.
        "state_session_capacity": MOST + 200,
        "max_threads": THREADS,
        "max_file_size": "10mb",
        "footer_links": ["api"],
        # Its node process would pass our own routes by.
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "share": False,
    }
