"""A registry client's cycle, against a registry and then against stubs made of what it answered. Argument: the URL."""

import hashlib
import json
import sys

import requests

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Client:
    """What the client under test would be."""

    def __init__(self, url, session):
        self.url, self.session = url, session

    def ask(self, method, path, status, **kwargs):
        answer = self.session.request(method, self.url + path, **kwargs)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def push_blob(self, name, content):
        opened = self.ask("POST", f"/v2/{name}/blobs/uploads/", 202)
        location = opened.headers["Location"].removeprefix(self.url)
        sign = "&" if "?" in location else "?"
        self.ask("PUT", f"{location}{sign}digest={digest(content)}", 201, data=content)
        return {"size": len(content), "digest": digest(content)}

    def push_image(self, name, tag, config, layer):
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, **self.push_blob(name, config)},
            "layers": [{"mediaType": LAYER, **self.push_blob(name, layer)}],
        }
        headers = {"Content-Type": MANIFEST}
        self.ask("PUT", f"/v2/{name}/manifests/{tag}", 201, data=json.dumps(manifest), headers=headers)

    def list_repositories(self):
        return self.ask("GET", "/v2/_catalog", 200, headers={"Accept": "application/json"}).json()["repositories"]

    def list_tags(self, name):
        return self.ask("GET", f"/v2/{name}/tags/list", 200).json()

    def get_manifest(self, name, tag):
        answer = self.ask("GET", f"/v2/{name}/manifests/{tag}", 200, headers={"Accept": MANIFEST})
        assert answer.headers["Content-Type"] == MANIFEST
        return answer.json()

    def pull_image(self, name, tag):
        manifest = self.get_manifest(name, tag)
        blobs = [manifest["config"], *manifest["layers"]]
        contents = [self.ask("GET", f"/v2/{name}/blobs/{blob['digest']}", 200).content for blob in blobs]
        assert [digest(content) for content in contents] == [blob["digest"] for blob in blobs]
        return contents


class Recorder(requests.Session):
    """Keeps every answer."""

    def __init__(self):
        super().__init__()
        self.answers = []

    def request(self, method, url, **kwargs):
        answer = super().request(method, url, **kwargs)
        self.answers.append((method, url, answer.status_code, dict(answer.headers), answer.content))
        return answer


class Stubs:
    """Answers what was recorded, in order."""

    def __init__(self, answers):
        self.answers = list(answers)

    def request(self, method, url, **_):
        wanted, at, status, headers, content = self.answers.pop(0)
        assert (method, url) == (wanted, at), f"{method} {url}, recorded was {wanted} {at}"
        answer = requests.Response()
        answer.status_code, answer._content = status, content
        answer.headers = requests.structures.CaseInsensitiveDict(headers)
        return answer


def cycle(client):
    """Push, list, get the manifest, pull."""
    client.ask("GET", "/v2/", 200)
    client.push_image("test/alpine", "latest", b"{}", b"layer of alpine")
    client.push_image("test/ubuntu", "latest", b"{}", b"layer of ubuntu")
    return [
        client.list_repositories(),
        client.list_tags("test/alpine"),
        client.get_manifest("test/alpine", "latest"),
        client.pull_image("test/alpine", "latest"),
    ]


url = sys.argv[1]
recorder = Recorder()
real = cycle(Client(url, recorder))
assert real[0] == ["test/alpine", "test/ubuntu"], real[0]
assert real[1] == {"name": "test/alpine", "tags": ["latest"]}, real[1]
stubs = Stubs(recorder.answers)
assert cycle(Client(url, stubs)) == real
assert not stubs.answers
print("the same")
