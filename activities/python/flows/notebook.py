"""Runs a notebook: python -m flows.notebook NOTEBOOK EXECUTED PARAMETERS.json, in a real kernel, by nbclient."""

import base64
import json
import os
import sys

MISSING = """This interpreter cannot run notebooks: it does not find {names}. Install Debian's python3-nbclient and python3-ipykernel, or name nbclient and ipykernel in the step's requirements."""


def main():
    source, executed, given = sys.argv[1:4]
    # Jupyter would write to the home folder of whoever runs the server.
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"):
        os.environ.setdefault(name, os.path.join(os.getcwd(), ".jupyter"))
    # The kernel's debugger would warn of what nobody asked for.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    missing = [name for name in ("nbclient", "nbformat", "ipykernel") if not there(name)]
    if missing:
        sys.exit(MISSING.format(names=", ".join(missing)))
    import nbformat
    try:
        notebook = nbformat.read(source, as_version=4)
    except Exception as broken:  # noqa: BLE001: nbformat has no type of its own for all that can be wrong
        sys.exit(f"The notebook cannot be read: {broken}")
    with open(given, encoding="utf-8") as file:
        inject(notebook, json.load(file))
    failed = execute(notebook, os.path.dirname(os.path.abspath(source)))
    nbformat.write(notebook, executed)
    keep(notebook, executed)
    if failed:
        sys.exit(1)


def there(name):
    from importlib.util import find_spec
    return find_spec(name) is not None


def inject(notebook, parameters):
    """As papermill does: a cell behind the one that is tagged "parameters", which gives the defaults; at the top when there is none."""
    import nbformat
    cells = [cell for cell in notebook.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    if parameters:
        from .current import current
        bad = [name for name in parameters if not name.isidentifier()]
        if bad:
            sys.exit(f"{bad[0]!r} is no name of a variable: a notebook's parameters are variables of Python.")
        for name, value in parameters.items():
            current().parameter(name, value)
        text = "# Parameters\n" + "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
        tagged = [place for place, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])]
        cell = nbformat.v4.new_code_cell(text, metadata={"tags": ["injected-parameters"]})
        # Not by chance: the same run gives the same bytes.
        if notebook.nbformat_minor >= 5:
            cell["id"] = "injected-parameters"
        else:
            cell.pop("id", None)
        cells.insert(tagged[0] + 1 if tagged else 0, cell)
    notebook.cells = cells


def begin(folder):
    """In the kernel, before the first cell: what a script's process has."""
    from . import seeds
    sys.path.insert(0, folder)
    seeds.begin()


def execute(notebook, folder):
    """Says whether a cell failed; what the cells say goes on as it comes."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbclient.util import run_sync

    class Client(NotebookClient):
        def process_message(self, message, cell, cell_index):
            if message["msg_type"] == "stream":
                out = sys.stderr if message["content"].get("name") == "stderr" else sys.stdout
                out.write(message["content"]["text"])
                out.flush()
            return super().process_message(message, cell, cell_index)

        async def async_start_new_kernel_client(self):
            client = await super().async_start_new_kernel_client()
            client.execute(f"__import__('flows.notebook', fromlist=['begin']).begin({folder!r})", silent=True, store_history=False)
            return client

        # The one that is called is bound to the class above.
        start_new_kernel_client = run_sync(async_start_new_kernel_client)

    # When each cell ran is in the log; in the notebook it would make its bytes other ones each time.
    try:
        Client(notebook, timeout=None, record_timing=False, kernel_name="python3", resources={"metadata": {"path": os.getcwd()}}).execute()
        return False
    except CellExecutionError as failed:
        print(plain(str(failed)), file=sys.stderr)
    except DeadKernelError:
        print("The notebook's kernel died.", file=sys.stderr)
    return True


def plain(text):
    """Without the colours of a terminal."""
    import re
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def keep(notebook, executed):
    """The pictures of its cells, beside the notebook as it came out: also of one that failed."""
    from .current import current
    recorder = current()
    recorder.file("notebook", executed, "File", os.path.basename(executed), 0)
    for number, cell in enumerate(notebook.cells, 1):
        for place, output in enumerate(cell.get("outputs", [])):
            data = output.get("data", {})
            for media, kind in (("image/png", "png"), ("image/jpeg", "jpg")):
                if media in data:
                    recorder.file(f"notebook/cell {number}", base64.b64decode(data[media]), "Image", f"cell-{number}-{place}.{kind}", place)


if __name__ == "__main__":
    main()
