"""Starts generators of random numbers with the step's seed: those that are loaded already at once, others as soon as a script loads them."""

import os
import sys


def _numpy(module, seed):
    module.seed(seed % 2**32)


def _torch(module, seed):
    module.manual_seed(seed)


STARTS = {"random": lambda module, seed: module.seed(seed), "numpy.random": _numpy, "torch": _torch}


def begin():
    """In a step's process, before its script."""
    text = os.environ.get("FLOWS_SEED", "")
    if not text.lstrip("-").isdigit():
        return
    seed = int(text)
    for name, start in STARTS.items():
        if name in sys.modules:
            start(sys.modules[name], seed)
    sys.meta_path.insert(0, _Later(seed, {name: start for name, start in STARTS.items() if name not in sys.modules}))


class _Later:
    """Finds modules as everybody else does, and starts their generators once they are loaded."""

    def __init__(self, seed, starts):
        self.seed, self.starts = seed, starts

    def find_spec(self, name, path=None, target=None):
        start = self.starts.pop(name, None)
        if start is None:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if finder is not self and hasattr(finder, "find_spec") else None
            if spec is not None:
                break
        else:
            return None
        if hasattr(spec.loader, "exec_module"):
            spec.loader = _Loader(spec.loader, lambda module: start(module, self.seed))
        return spec


class _Loader:
    def __init__(self, inner, loaded):
        self._inner, self._loaded = inner, loaded

    def create_module(self, spec):
        return self._inner.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._inner
        self._inner.exec_module(module)
        self._loaded(module)

    def __getattr__(self, name):
        return getattr(self._inner, name)
