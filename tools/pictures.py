"""The three pictures of the README, from a portal that is running with the demo province: `python tools/pictures.py ADDRESS PASSWORD`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).resolve().parents[1] / "docs/pictures"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


def log_in(page: Page, password: str) -> None:
    """As the manager of the province."""
    page.goto("/login")
    page.get_by_label("账号").fill("province-manager")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)


def take(page: Page) -> None:
    """Home, a clause with the course of its figure, a record with its verdict."""
    page.goto("/")
    page.screenshot(path=OUT / "home.png")
    page.goto("/law/c/FGTZ-2014-2674/room?row=15")
    page.screenshot(path=OUT / "clause.png")
    page.goto("/findings/?q=办公厅")
    page.locator("#list tbody th a").filter(has_text="·").first.click()
    page.screenshot(path=OUT / "finding.png")


def main() -> None:
    """Take them; a picture above 200 kB would be too heavy for a README."""
    address, password = sys.argv[1:]
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("YIWANG_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1320, "height": 800}, locale="zh-CN", base_url=address).new_page()
        log_in(page, password)
        take(page)
        browser.close()
    heavy = [one.name for one in OUT.glob("*.png") if one.stat().st_size > 200_000]
    if heavy:
        sys.exit(f"too heavy: {', '.join(heavy)}")


if __name__ == "__main__":
    main()
