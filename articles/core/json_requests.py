"""Whether the script of a page asks for JSON, where a form without it gets a page."""

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
