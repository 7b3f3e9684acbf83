"""The pages below 我的账号, in order: label and name of the address. One line a page."""

from __future__ import annotations

from django.urls import reverse

from yiwang.portal.shell import Tab

TABS: list[tuple[str, str]] = [
    ("登录会话", "me:index"),
    ("密码", "me:password"),
    ("动态口令", "me:second"),
    ("接口令牌", "me:tokens"),
    ("委托", "me:delegations"),
]


def tabs(path: str) -> list[Tab]:
    """For the page at `path`."""
    return [Tab(label, url, path == url) for label, name in TABS for url in [reverse(name)]]
