"""Digests of files and folders, the same that the server makes: a folder's is that of a manifest of its files."""

import hashlib
import json
import mimetypes
import os

FOLDER = "application/vnd.flows.folder+json"


def of_bytes(content):
    return hashlib.sha256(content).hexdigest()


def of_file(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()


def artifact(path, kind, name, keep):
    """Keeps a file or folder by `keep(sha256, path or bytes)` and says what it is."""
    if os.path.islink(path):
        raise ValueError(f"{path!r} is a link: it points elsewhere. Name the file itself.")
    if not os.path.isdir(path):
        sha256 = of_file(path)
        keep(sha256, path)
        return {"sha256": sha256, "kind": kind, "name": name, "size": os.path.getsize(path), "mediaType": media_type(name)}
    files = [{"path": relative, "sha256": of_file(full), "size": os.path.getsize(full)} for relative, full in inside(path)]
    for file in files:
        keep(file["sha256"], os.path.join(path, file["path"]))
    manifest = json.dumps({"files": files}, separators=(",", ":"), ensure_ascii=False).encode()
    keep(of_bytes(manifest), manifest)
    return {"sha256": of_bytes(manifest), "kind": kind, "name": name, "size": sum(file["size"] for file in files), "mediaType": FOLDER}


def inside(folder):
    """Files below a folder, sorted by path. A link may lead out of it, so that there may be none."""
    found = []
    for base, folders, files in os.walk(folder):
        for name in folders + files:
            if os.path.islink(os.path.join(base, name)):
                raise ValueError(f"{os.path.join(base, name)!r} is a link. Links are not stored: copy the file that it points to.")
        found += [os.path.join(base, name) for name in files]
    return sorted((os.path.relpath(full, folder).replace(os.sep, "/"), full) for full in found)


def media_type(name):
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
