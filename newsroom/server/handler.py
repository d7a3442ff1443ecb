"""
Django's request handler, extended for requests that no browser sends.

It also notes in the server's Exchange what only Django knows: the route and the queries.
"""

from contextlib import contextmanager

import django
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection

from newsroom.server.exchanges import EXCHANGE, lines_of


class Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        """
        Treat an invalid Content-Type as missing.

        Django raises BadRequest for a Content-Type that is too long while it creates the
        request, where nothing catches it: the server answered 500.
        """
        try:
            super()._set_content_type_params(meta)
        except BadRequest:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request

    def __call__(self, environ, start_response):
        exchange = environ.get(EXCHANGE)
        if exchange is None:
            return super().__call__(environ, start_response)
        with lines_of(exchange), counted_queries(exchange):
            return super().__call__(environ, start_response)

    def resolve_request(self, request):
        match = super().resolve_request(request)
        if (exchange := request.environ.get(EXCHANGE)) is not None:
            exchange.route = match.view_name
        return match


def get_application():
    """Like `django.core.wsgi.get_wsgi_application`, with our handler."""
    django.setup(set_prefix=False)
    return Handler()


@contextmanager
def counted_queries(exchange):
    """Count the queries of this thread in the Exchange."""

    def count(execute, sql, params, many, context):
        exchange.queries += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield
