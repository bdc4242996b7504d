"""The application: routes, guards and errors put together. Nothing happens at import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import metadata

from fastapi import FastAPI
from fastapi.routing import APIRoute

from recommender.app import Recommender
from recommender.settings import Settings
from service import errors
from service.api import feedback, gaps, jobs, people, picture, process, rankers, recommendations
from service.document import document
from service.limits import Limits
from service.metrics import Measured, Metrics
from service.running import running

NOUNS = (recommendations, people, gaps, picture, feedback, rankers, jobs, process)


def create_app(settings: Settings | None = None, recommender: Recommender | None = None) -> FastAPI:
    """Return the service, ready for ``uvicorn --factory service.app:create_app``.

    Args:
        settings: Read from the environment if not given.
        recommender: Opened from the settings, and closed at the end, if not given.
    """
    settings = settings or Settings()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # FastAPI makes its routes when they are first used, and mutes warnings while it does. That
        # is safe only while no other thread runs.
        FastAPI.openapi(app)
        with running(settings, recommender, metrics) as app.state.running:
            yield

    package = metadata("tandem-mentoring")
    app = FastAPI(
        title="Tandem",
        version=package["Version"],
        description=package["Summary"],
        openapi_tags=[
            {"name": noun.router.tags[0], "description": noun.__doc__}
            for noun in NOUNS
            if noun is not picture  # beside a person's own gaps
        ],
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load their scripts from another site.
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    routes = [
        route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute)
    ]
    for noun in NOUNS:
        app.include_router(noun.router)
    app.state.shapes = [(route.path_regex, sorted(route.methods or ())) for route in routes]
    errors.install(app)
    document(app)
    # The last one added is the outermost.
    app.add_middleware(errors.FaultBarrier)
    app.add_middleware(Limits, max_import_bytes=settings.max_body_bytes)
    app.add_middleware(Measured, metrics=metrics)
    return app
