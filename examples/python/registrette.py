"""Registries for tests, over the control API. Needs nothing but Python itself.

    with Server() as server:
        with server.registry() as registry:
            my_client.push(registry.host, ...)
            assert [call["status"] for call in registry.calls(operation="manifest.put")] == [201]
"""

import json
import os
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request


class Error(Exception):
    """What control answered when it did not do what it was asked."""


class Registry:
    """One registry, by the URL of its control."""

    def __init__(self, url, control, token=None, close=None):
        self.url = url
        self.host = urllib.parse.urlsplit(url).netloc
        self._control = control
        self._token = token
        self._close = close

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._close:
            self._close()

    def ask(self, method, path, body=None):
        """Asks control; gives the JSON of the answer, or its text."""
        headers = {"Registrette-Control": "1"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self._control + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read().decode()
                is_json = answer.headers.get_content_type() == "application/json"
                return json.loads(text) if is_json else text
        except urllib.error.HTTPError as answer:
            raise Error(json.loads(answer.read())["error"]) from None

    def registry(self):
        """An isolated registry that begins with the content of this one."""
        made = self.ask("POST", "/registries")
        path = f"/registries/{made['id']}"
        return Registry(made["url"], made["control"], self._token, lambda: self.ask("DELETE", path))

    def reset(self):
        self.ask("POST", "/reset")

    def fault(self, *do, match=None, when=None):
        """Sets a fault: fault({"verb": "status", "status": 503}, when={"first": 2})."""
        return self.ask("POST", "/faults", {"match": match or {}, "when": when or {}, "do": list(do)})["id"]

    def hits(self, fault):
        """How many requests a fault happened to."""
        return self.ask("GET", f"/faults/{fault}")["hits"]

    def calls(self, **filters):
        """The calls so far: calls(operation="blob.*", status="2xx")."""
        return self.ask("GET", "/calls?" + urllib.parse.urlencode(filters))

    def check_calls(self, budget):
        """Fails with the calls unless there were no more: check_calls({"manifest.get": 1})."""
        result = self.ask("POST", "/calls/check", budget)
        if not result["ok"]:
            raise AssertionError(result["message"])

    def advance(self, duration):
        """Moves the clock: milliseconds, or text like "1h30m"."""
        return self.ask("POST", "/clock", {"advance": duration})["now"]


class Server(Registry):
    """A server of its own, which ends with the block, or with this program."""

    def __init__(self, *flags, command=None):
        command = command or os.environ.get("REGISTRETTE", "registrette")
        with tempfile.TemporaryDirectory() as scratch:
            ready = os.path.join(scratch, "ready.json")
            args = ["serve", "--addr", "127.0.0.1:0", "--control", "--exit-with-parent", "--ready-file", ready]
            self._process = subprocess.Popen(
                [command, *args, *flags], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            )
            while not os.path.exists(ready):
                if self._process.poll() is not None:
                    raise Error(f"{command} ended with {self._process.returncode}")
                time.sleep(0.01)
            with open(ready, encoding="utf-8") as file:
                said = json.load(file)
        super().__init__(said["url"], said["control"], close=self._stop)

    def _stop(self):
        self._process.stdin.close()
        self._process.wait()
