"""The registry of datasets. Every area declares its own in `datasets.py`; they are imported on first use."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from yiwang.core.datasets.types import Dataset

_datasets: dict[str, Dataset] = {}
_loaded = False


def register(dataset: Dataset) -> Dataset:
    """Declare a dataset; a second one with the same key is a programming error."""
    if _datasets.setdefault(dataset.key, dataset) is not dataset:
        raise ValueError(f"dataset {dataset.key} is declared twice")
    return dataset


def _load() -> None:
    """Import `yiwang.areas.*.datasets`: by name, since core knows no area."""
    global _loaded
    if _loaded:
        return
    areas = import_module("yiwang.areas")
    for module in iter_modules(areas.__path__):
        name = f"yiwang.areas.{module.name}.datasets"
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    _loaded = True


def all_datasets() -> dict[str, Dataset]:
    """Every dataset by key, in the order of the keys."""
    _load()
    return dict(sorted(_datasets.items()))


def get(key: str) -> Dataset:
    """The dataset with this key; KeyError if there is none."""
    _load()
    return _datasets[key]
