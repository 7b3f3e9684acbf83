"""The WSGI entry that granian serves. A worker loads what every request needs before the first one comes."""

import gc
import os

import django
from django.core.handlers.wsgi import WSGIHandler

from yiwang.portal import worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")


def _load() -> None:
    """URLconf, lawbook and the pinyin tables; then what is there now is left alone by the collector (full passes took 350–500 ms)."""
    django.setup(set_prefix=False)

    from django.urls import get_resolver

    from yiwang.core.standards.book import load
    from yiwang.kit.pinyin import sort_key
    from yiwang.portal import limits

    limits.install()
    _ = get_resolver().url_patterns
    load()
    sort_key("一网")
    gc.collect()
    gc.freeze()


with worker.loading():
    _load()
# After the gate: the middleware of the static files looks at once which there are.
application = WSGIHandler()
