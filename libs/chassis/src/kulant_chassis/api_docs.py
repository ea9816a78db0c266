"""What `/docs` shows: Swagger UI from a package, so that no page loads from elsewhere, and routes named in words."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi_swagger import patch_fastapi  # type: ignore[import-untyped]


def serve_docs(app: FastAPI) -> None:
    """Answer `/docs`, and what the page needs below `/swagger`."""
    patch_fastapi(app, redirect_from_root_to_docs=False)


def name_routes(router: APIRouter) -> None:
    """Give each route the first sentence of its docstring as its title, instead of its function's name."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.summary is None and route.description:
            first, _, rest = route.description.partition("\n\n")
            sentence, dot, more = " ".join(first.split()).partition(". ")
            route.summary = sentence.rstrip(".")
            route.description = "\n\n".join(filter(None, (more if dot else "", rest)))
