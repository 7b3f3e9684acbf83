"""Datasets: typed flat views of registers, the only thing that checks, reports, exchange and analytics read.

Nothing here imports Django, so that a workbook can be judged without a database.
"""

from yiwang.core.datasets.registry import all_datasets, get, register
from yiwang.core.datasets.types import Column, Dataset, Kind

__all__ = ["Column", "Dataset", "Kind", "all_datasets", "get", "register"]
