"""Says who it is with oras-py. Arguments: HOST:PORT, the folder of OCI image layouts."""

import sys
from pathlib import Path

import oras.client

host = sys.argv[1]


def client(login):
    made = oras.client.OrasClient(hostname=host, insecure=True)
    if login:
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


def push(login):
    Path("hello.txt").write_bytes(b"hello\n")
    client(login).push(target=f"{host}/app:v1", files=["hello.txt"], quiet=True)


@case
def push_of_nobody_is_refused():
    try:
        push(False)
    except Exception:
        return
    raise AssertionError("it was let in")


@case
def push_by_alice():
    push(True)


@case
def pull_by_nobody():
    (pulled,) = client(False).pull(target=f"{host}/app:v1", outdir="out")
    if Path(pulled).read_bytes() != b"hello\n":
        raise AssertionError("another file came back")
