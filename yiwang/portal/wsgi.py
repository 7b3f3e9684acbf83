"""The WSGI entry that granian serves. A worker loads what every request needs before the first one comes."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.portal.settings")
application = get_wsgi_application()

from yiwang.portal import limits  # noqa: E402

limits.install()


def _warm() -> None:
    """URLconf, lawbook and the pinyin tables; then what is there now is left alone by the collector (full passes took 350–500 ms)."""
    from django.urls import get_resolver

    from yiwang.core.standards.book import load
    from yiwang.kit.pinyin import sort_key

    _ = get_resolver().url_patterns
    load()
    sort_key("一网")
    gc.collect()
    gc.freeze()


_warm()
