"""Requests to a Flows server."""

import http.client
import json
import urllib.parse

SECONDS = 60


class Refused(Exception):
    """The server answered and did not take it; sending the same again will not help."""

    def __init__(self, status, detail, problems=()):
        super().__init__(detail)
        self.status, self.detail, self.problems = status, detail, list(problems)


class Away(Exception):
    """Nobody answers, or not now: worth another try."""


class Hub:
    def __init__(self, server, token=None, project=None):
        self.address = urllib.parse.urlsplit(server if "//" in server else "http://" + server)
        if self.address.scheme not in ("http", "https") or not self.address.hostname:
            raise ValueError(f"{server!r} is no address of a server: give one such as http://flows.example:5100")
        self.token, self.project, self.connection = token, project, None

    def post(self, path, body):
        return self.ask("POST", path, body)

    def put(self, path, body):
        return self.ask("PUT", path, body)

    def get(self, path):
        return self.ask("GET", path)

    def has(self, sha256):
        try:
            self.ask("HEAD", "/api/artifacts/" + sha256)
            return True
        except Refused as refused:
            if refused.status == 404:
                return False
            raise

    def upload(self, sha256, path):
        """Sends a file as it is read; the server keeps it whole and with this digest, or not at all."""
        import os
        with open(path, "rb") as file:
            self.ask("PUT", "/api/artifacts/" + sha256, file, {"Content-Type": "application/octet-stream", "Content-Length": str(os.fstat(file.fileno()).st_size)})

    def ask(self, method, path, body=None, headers=None):
        if body is not None and not hasattr(body, "read"):
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers = {"Content-Type": "application/json"}
        status, content = self.send(method, path, body, headers or {})
        if status in (408, 429) or status >= 500:
            raise Away(said(status, content)[0])
        if status >= 400:
            raise Refused(status, *said(status, content))
        return json.loads(content) if content and method != "HEAD" else None

    def send(self, method, path, body, headers):
        headers = dict(headers)
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if self.project:
            headers["X-Flows-Project"] = self.project
        try:
            if self.connection is None:
                kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
                self.connection = kind(self.address.hostname, self.address.port, timeout=SECONDS)
            self.connection.request(method, self.address.path.rstrip("/") + path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as broken:
            self.close()
            raise Away(f"{self.address.scheme}://{self.address.netloc} does not answer: {broken or type(broken).__name__}") from broken

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def said(status, content):
    try:
        problem = json.loads(content)
        return problem.get("detail") or problem.get("title") or f"the server answered {status}", problem.get("problems") or ()
    except (ValueError, AttributeError):
        return f"the server answered {status}", ()
