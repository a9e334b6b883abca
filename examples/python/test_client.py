"""Tests of a client, which here is a few lines itself."""

import hashlib
import urllib.error
import urllib.request

import pytest


def ask(registry, method, path, body=None, media_type=None):
    headers = {"Content-Type": media_type} if media_type else {}
    request = urllib.request.Request(registry.url + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def pull(registry, path, tries=3):
    """Pulls, and tries again after a 503."""
    for left in reversed(range(tries)):
        try:
            return ask(registry, "GET", path)
        except urllib.error.HTTPError as error:
            if error.code != 503 or left == 0:
                raise


def push(registry, repository, tag, manifest):
    ask(registry, "PUT", f"/v2/{repository}/manifests/{tag}", manifest, "application/x-opaque")


def test_what_is_pushed_is_pulled(registry):
    push(registry, "demo/app", "v1", b"{}")
    assert pull(registry, "/v2/demo/app/manifests/v1") == b"{}"
    assert [call["operation"] for call in registry.calls()] == ["manifest.put", "manifest.get"]


def test_no_test_sees_another(registry):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        pull(registry, "/v2/demo/app/manifests/v1")


def test_a_failure_is_tried_again(registry):
    push(registry, "demo/app", "v1", b"{}")
    fault = registry.fault({"verb": "status", "status": 503}, match={"operation": "manifest.get"}, when={"first": 2})
    assert pull(registry, "/v2/demo/app/manifests/v1") == b"{}"
    assert registry.hits(fault) == 2
    registry.check_calls({"manifest.get": 3})


def test_no_more_calls_than_are_needed(registry):
    push(registry, "demo/app", "v1", b"{}")
    pull(registry, "/v2/demo/app/manifests/v1")
    pull(registry, "/v2/demo/app/manifests/v1")
    with pytest.raises(AssertionError, match="manifest.get: 2 calls, at most 1 allowed"):
        registry.check_calls({"manifest.get": 1})


def test_an_upload_expires(registry):
    upload = urllib.request.Request(registry.url + "/v2/a/blobs/uploads/", b"", method="POST")
    with urllib.request.urlopen(upload) as answer:
        location = answer.headers["Location"]
    registry.advance("2h")
    digest = "sha256:" + hashlib.sha256(b"").hexdigest()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(registry, "PUT", f"{location}?digest={digest}", b"")


def test_a_wrong_rule_is_told(registry):
    with pytest.raises(Exception, match='did you mean "truncate"'):
        registry.fault({"verb": "trunkate", "at": 1})
