"""Pulls an image with oras-py, and says whether it could. Arguments: HOST:PORT, the folder of OCI image layouts."""

import hashlib
import sys
from pathlib import Path

import oras.client

host = sys.argv[1]
client = oras.client.OrasClient(hostname=host, insecure=True)
try:
    container = client.get_container(f"{host}/app:v1")
    for layer in client.get_manifest(container)["layers"]:
        path = client.download_blob(container, layer["digest"], str(Path("layer").resolve()))
        if hashlib.sha256(Path(path).read_bytes()).hexdigest() != layer["digest"].split(":")[1]:
            raise AssertionError("it took other bytes")
except Exception as error:  # Whatever goes wrong is what the case is there to show.
    print(f"FAILED pull: {type(error).__name__}: {' '.join(str(error).split())}")
else:
    print("ok pull")
