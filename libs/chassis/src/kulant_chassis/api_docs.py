"""What `/docs` shows: Swagger UI from a package, so that no page loads from elsewhere, and routes named in words."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi_swagger import patch_fastapi  # type: ignore[import-untyped]

from kulant_chassis.problem import SCHEMA, problems


def serve_docs(app: FastAPI) -> None:
    """Answer `/docs`, and what the page needs below `/swagger`."""
    patch_fastapi(app, redirect_from_root_to_docs=False)


def describe_problems(app: FastAPI) -> None:
    """Put the shape of problems into the document, for all the answers that refer to it."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        document = describe()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = dict(SCHEMA)
        return document

    app.openapi = described  # type: ignore[method-assign]


def name_problems(route: APIRoute, *, has_roles: bool, has_tenant: bool) -> None:
    """Document the problems that follow from what a route declares: roles, a tenant, ids in its path, a body."""
    found = {
        400: has_tenant,
        **dict.fromkeys((401, 403, 422, 503), has_roles),
        404: bool(route.param_convertors),
        413: not (route.methods or set()) <= {"GET", "HEAD"},
    }
    route.responses = {**problems(*(status for status, is_so in found.items() if is_so)), **route.responses}


def name_routes(router: APIRouter) -> None:
    """Give each route the first sentence of its docstring as its title, instead of its function's name."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.summary is None and route.description:
            first, _, rest = route.description.partition("\n\n")
            sentence, dot, more = " ".join(first.split()).partition(". ")
            route.summary = sentence.rstrip(".")
            route.description = "\n\n".join(filter(None, (more if dot else "", rest)))
