"""Pushes and pulls with oras-py. Arguments: HOST:PORT, the folder of OCI image layouts."""

import hashlib
import json
import os
import sys
from pathlib import Path

import oras.client
import oras.oci

host, images = sys.argv[1], Path(sys.argv[2])
client = oras.client.OrasClient(hostname=host, insecure=True)
SBOM = "application/vnd.example.sbom"


def case(function):
    """Runs a case at once and says how it went."""
    name = function.__name__.replace("_", "-")
    try:
        function()
    except Exception as error:  # Whatever goes wrong is what the case is there to show.
        print(f"FAILED {name}: {type(error).__name__}: {' '.join(str(error).split())}", flush=True)
    else:
        print(f"ok {name}", flush=True)


def same(what, expected, found):
    if expected != found:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def digest(path):
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            hasher.update(part)
    return "sha256:" + hasher.hexdigest()


def layers(name):
    """The layers of a layout's image, as files."""
    blobs = images / name / "blobs" / "sha256"
    root = json.loads((images / name / "index.json").read_text())["manifests"][0]
    manifest = json.loads((blobs / root["digest"].removeprefix("sha256:")).read_text())
    return [blobs / layer["digest"].removeprefix("sha256:") for layer in manifest["layers"]]


def push(name, *files, **options):
    answer = client.push(target=f"{host}/{name}", files=list(files), disable_path_validation=True, quiet=True, **options)
    same("the pushed digest", "sha256:" + hashlib.sha256(answer.request.body).hexdigest(), answer.headers["Docker-Content-Digest"])
    return answer


def pull(name, *files):
    pulled = client.pull(target=f"{host}/{name}", outdir=name.replace("/", "-").replace(":", "-"))
    same("the pulled files", [digest(file) for file in files], [digest(file) for file in pulled])


def write(name, content):
    Path(name).write_bytes(content)
    return name


@case
def push_files():
    push("app:v1", write("hello.txt", b"hello\n"), *layers("image"))


@case
def pull_files():
    pull("app:v1", "hello.txt", *layers("image"))


@case
def push_folder():
    os.mkdir("folder")
    write("folder/inside.txt", b"inside\n")
    push("folder:v1", "folder")


@case
def pull_folder():
    [path] = client.pull(target=f"{host}/folder:v1", outdir="folder-again")
    same("the file", b"inside\n", Path(path, "inside.txt").read_bytes())


@case
def push_empty_layer():
    push("empty:v1", write("empty.bin", b""))


@case
def pull_empty_layer():
    # The client hands out nothing at all for a blob of no bytes that it cannot get: ask for it first.
    same("the status", 200, client.get_blob(f"{host}/empty:v1", digest("empty.bin")).status_code)
    pull("empty:v1", "empty.bin")


@case
def push_200_mib():
    push("large:v1", *layers("200-mib"))


@case
def pull_200_mib():
    pull("large:v1", *layers("200-mib"))


@case
def push_in_chunks():
    push("chunks:v1", *layers("image"), do_chunked=True, chunk_size=65536)
    pull("chunks:v1", *layers("image"))


@case
def push_200_mib_in_chunks():
    push("large-chunks:v1", *layers("200-mib"), do_chunked=True)
    pull("large-chunks:v1", *layers("200-mib"))


@case
def blob_head():
    [layer] = layers("200-mib")
    answer = client.get_blob(f"{host}/large:v1", digest(layer), head=True)
    same("the answer", (200, str(layer.stat().st_size)), (answer.status_code, answer.headers["Content-Length"]))


@case
def manifest():
    found = client.get_manifest(f"{host}/app:v1")
    expected = [digest(file) for file in ["hello.txt", *layers("image")]]
    same("the layers", expected, [layer["digest"] for layer in found["layers"]])


@case
def tag():
    manifest = client.get_manifest(f"{host}/app:v1")
    for name in ["v2", "v3", "a", "b"]:
        answer = client.upload_manifest(manifest, client.get_container(f"{host}/app:{name}"))
        same("the status", 201, answer.status_code)


@case
def list_tags():
    same("the tags", ["a", "b", "v1", "v2", "v3"], client.get_tags(f"{host}/app"))


@case
def list_tags_in_pages():
    same("the tags", ["a", "b", "v1", "v2"], client.get_tags(f"{host}/app", N=4))
    pages = []
    url = f"http://{host}/v2/app/tags/list?n=2"
    client._do_paginated_request(url, lambda answer: pages.append(answer.json()["tags"]) or True)
    same("the pages", [["a", "b"], ["v1", "v2"], ["v3"]], pages)


@case
def push_artifact():
    body = client.do_request(f"http://{host}/v2/app/manifests/v1", headers={"Accept": "*/*"}).content
    subject = oras.oci.Subject("application/vnd.oci.image.manifest.v1+json", "sha256:" + hashlib.sha256(body).hexdigest(), len(body))
    answer = push("app:sbom", write("sbom.txt", b"what is in it\n"), manifest_config=f"{write('config.json', b'{}')}:{SBOM}", subject=subject)
    same("the subject", subject.digest, answer.headers["OCI-Subject"])


@case
def referrers():
    # The client has no call for this; its requests are its own all the same.
    body = client.do_request(f"http://{host}/v2/app/manifests/v1", headers={"Accept": "*/*"}).content
    url = f"http://{host}/v2/app/referrers/sha256:{hashlib.sha256(body).hexdigest()}"
    found = client.do_request(url).json()
    same("the types", [SBOM], [manifest["artifactType"] for manifest in found["manifests"]])


@case
def copy():
    # The layers are mounted from the other repository, the manifest is pushed again.
    manifest = client.get_manifest(f"{host}/app:v1")
    for layer in [*manifest["layers"], manifest["config"]]:
        url = f"http://{host}/v2/copy/of/app/blobs/uploads/?mount={layer['digest']}&from=app"
        same("the status", 201, client.do_request(url, "POST").status_code)
    answer = client.upload_manifest(manifest, client.get_container(f"{host}/copy/of/app:v1"))
    same("the status", 201, answer.status_code)
    pull("copy/of/app:v1", "hello.txt", *layers("image"))


@case
def delete_tag():
    # The client deletes the manifest behind the tag, and so every tag of it.
    same("the deletion", True, client.delete_tag(f"{host}/app", "v2"))
    same("the tags", ["sbom"], client.get_tags(f"{host}/app"))
    same("a second deletion", False, client.delete_tag(f"{host}/app", "v2"))
