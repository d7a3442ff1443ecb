"""The least a WSGI application can do: the same answer to every request."""

import json
import os
from pathlib import Path

answer = json.loads(Path(os.environ["BARE_ANSWER"]).read_text())
headers = [(name, value) for name, value in answer["headers"]]
body = bytes.fromhex(answer["body"])


def application(environ, start_response):
    start_response("200 OK", headers)
    return [body]
