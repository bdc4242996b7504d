"""The application: routes, guards and errors put together. Nothing happens at import."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute

from recommender.app import Recommender
from recommender.settings import Settings
from service import errors
from service.limits import Limits
from service.metrics import Measured, Metrics
from service.openapi import document
from service.routes import ROUTERS
from service.running import running


def create_app(settings: Settings | None = None, recommender: Recommender | None = None) -> FastAPI:
    """Return the service, ready for ``uvicorn --factory service.app:create_app``.

    Args:
        settings: Read from the environment if not given.
        recommender: Opened from the settings, and closed at the end, if not given.
    """
    chosen = settings or Settings()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # FastAPI makes its routes when they are first used, and mutes warnings while it does. That
        # is safe only while no other thread runs.
        app.openapi()
        with running(chosen, recommender, metrics) as app.state.running:
            yield

    app = FastAPI(
        title="Tandem",
        version=version("tandem-mentoring"),
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load their scripts from another site.
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for router in ROUTERS:
        app.include_router(router)
    every = [route for router in ROUTERS for route in router.routes]
    routes = [route for route in every if isinstance(route, APIRoute)]
    app.state.shapes = [(route.path_regex, sorted(route.methods or ())) for route in routes]
    errors.install(app)
    document(app)
    # The last one added is the outermost.
    app.add_middleware(errors.FaultBarrier)
    app.add_middleware(Limits, max_import_bytes=chosen.max_body_bytes)
    app.add_middleware(Measured, metrics=metrics)
    return app
