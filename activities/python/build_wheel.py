"""Makes the wheel that pip installs, by the standard library alone (PEP 517): no package has to come from anywhere first, so it works without a network."""

import base64
import hashlib
import os
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME, VERSION = "flows_sdk", "0.1.0"
INFO = f"{NAME}-{VERSION}.dist-info"

METADATA = f"""Metadata-Version: 2.1
Name: flows-sdk
Version: {VERSION}
Summary: Inputs, outputs, metrics, pictures, models and data sets of scripts, in a Flows pipeline and outside of one.
License: MIT
Requires-Python: >=3.9
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: flows\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PROGRAMS = "[console_scripts]\nflows-sync = flows.sync:main\n"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write(wheel_directory, {path: read(path) for path in sorted(sources())})


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return write(wheel_directory, {"flows_sdk.pth": (HERE + "\n").encode()})


def sources():
    for folder, _, files in os.walk(os.path.join(HERE, "flows")):
        yield from (os.path.relpath(os.path.join(folder, file), HERE).replace(os.sep, "/") for file in files if file.endswith(".py"))


def read(path):
    with open(os.path.join(HERE, path), "rb") as file:
        return file.read()


def write(wheel_directory, files):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    files = {**files, f"{INFO}/METADATA": METADATA.encode(), f"{INFO}/WHEEL": WHEEL.encode(), f"{INFO}/entry_points.txt": PROGRAMS.encode()}
    record = [f"{path},sha256={digest(content)},{len(content)}" for path, content in files.items()] + [f"{INFO}/RECORD,,"]
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in {**files, f"{INFO}/RECORD": "\n".join(record).encode() + b"\n"}.items():
            # The same sources give the same bytes.
            wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content)
    return name


def digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
