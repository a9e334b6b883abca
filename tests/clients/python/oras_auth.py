"""Says who it is with oras-py. Arguments: HOST:PORT, the folder of OCI image layouts."""

import sys
from pathlib import Path

import oras.client
import requests

host = sys.argv[1]
SCHEME = requests.get(f"http://{host}/v2/").headers["Www-Authenticate"].split()[0].lower()


def client():
    # What is chosen is what the client answers; it does not choose by the challenge.
    return oras.client.OrasClient(hostname=host, insecure=True, auth_backend="basic" if SCHEME == "basic" else "token")


def alice():
    made = client()
    made.auth.set_basic_auth("alice", "secret")
    return made


def case(function):
    """Runs a case at once and says how it went."""
    name = function.__name__.replace("_", "-")
    try:
        function()
    except Exception as error:  # Whatever goes wrong is what the case is there to show.
        print(f"FAILED {name}: {type(error).__name__}: {' '.join(str(error).split())}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def upload(by):
    Path("hello.txt").write_bytes(b"hello\n")
    by.push(target=f"{host}/app:v1", files=["hello.txt"], quiet=True)


def refused(by, words):
    try:
        upload(by)
    except Exception as error:
        if words not in str(error):
            raise
        return
    raise AssertionError("it was let in")


@case
def push_of_nobody_is_refused():
    # Without a name, its Basic has nothing to show and stumbles over that itself.
    refused(client(), "" if SCHEME == "basic" else "UNAUTHORIZED")


@case
def push():
    """With tokens it looks for the blob first, and goes on to push with the token for that (oras-py 0.2.43)."""
    if SCHEME == "basic":
        return upload(alice())
    refused(alice(), "the token is good for")
    query = {"scope": "repository:app:pull,push"}
    answer = requests.get(f"http://{host}/_token", params=query, auth=("alice", "secret"))
    given = client()
    given.auth.set_token_auth(answer.json()["token"])
    upload(given)


@case
def pull_by_nobody():
    reader = client() if SCHEME == "bearer" else oras.client.OrasClient(hostname=host, insecure=True)
    (pulled,) = reader.pull(target=f"{host}/app:v1", outdir="out")
    if Path(pulled).read_bytes() != b"hello\n":
        raise AssertionError("another file came back")
