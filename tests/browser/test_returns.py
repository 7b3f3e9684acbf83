"""The grid of returns in Chromium: expressions mean the same as in Python; keys, paste, checks, autosave, without the network."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Browsers, Portal
from tests.browser.test_pages import AXE, _violations
from yiwang.areas.reporting.schemes.reading import compiled_from, shipped
from yiwang.kit.expr import Type, compile_expression
from yiwang.kit.expr.tree import as_tree

SCRIPT = Path("yiwang/areas/reporting/static/reporting-expr.js")
COLUMNS = {"x": Type.NUMBER, "y": Type.NUMBER, "z": Type.NUMBER, "t": Type.TEXT, "d": Type.DATE, "b": Type.BOOL}
RUN = """(cases) => cases.map(([tree, facts]) => {
  const typed = Object.fromEntries(Object.entries(facts).map(([key, value]) =>
    [key, "xyz".includes(key) && value !== null ? YwExpr.parse(value) : value]));
  const value = YwExpr.run(tree, typed);
  return typeof value === "bigint" ? YwExpr.text(value) : value;
})"""


def _number(rng: Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["x", "y", "z", "0", "1", "0.5", "500", "3.1415", "0.0001"])
    one, other = _number(rng, depth - 1), _number(rng, depth - 1)
    return rng.choice(
        [
            f"({one} + {other})",
            f"({one} - {other})",
            f"({one} * {other})",
            f"({one} / {other})",
            f"(-{one})",
            f"coalesce({one}, {other})",
            f"least({one}, {other})",
            f"greatest({one}, {other})",
            f"round({one}, {rng.randrange(4)})",
            f"floor({one})",
            f"ceil({one})",
            f"abs({one})",
            f"case when {_truth(rng, depth - 1)} then {one} else {other} end",
            "(d - '2026-01-01')",
            "year(d)",
            "month(d) + day(d)",
        ]
    )


def _truth(rng: Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(["b", "t = '甲'", "d > '2026-03-01'", "true", "x is null", "t in ('甲', '乙')"])
    one, other = _number(rng, depth - 1), _number(rng, depth - 1)
    sign = rng.choice(["=", "<>", "<", "<=", ">", ">="])
    return rng.choice(
        [
            f"{one} {sign} {other}",
            f"({_truth(rng, depth - 1)} and {_truth(rng, depth - 1)})",
            f"({_truth(rng, depth - 1)} or {_truth(rng, depth - 1)})",
            f"(not {_truth(rng, depth - 1)})",
            f"{one} between {other} and x",
            f"{one} is not null",
        ]
    )


def _facts(rng: Random) -> dict[str, Any]:
    def figure() -> Decimal | None:
        return None if rng.random() < 0.15 else Decimal(rng.randrange(-(10**7), 10**7)).scaleb(-rng.randrange(5))

    return {
        "x": figure(),
        "y": figure(),
        "z": rng.choice([None, Decimal(0), Decimal(1), figure()]),
        "t": rng.choice([None, "甲", "丙"]),
        "d": rng.choice([None, date(2026, 2, 28), date(2024, 12, 31)]),
        "b": rng.choice([None, True, False]),
    }


def _said(value: Any) -> Any:
    """A value as the script writes it."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value.quantize(Decimal('1e-10')):f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def test_expressions_mean_the_same_as_in_python(chromium: Browser) -> None:
    """Three thousand made-up ones, seeded, with missing facts; figures to the tenth place."""
    rng = Random(20261130)
    cases: list[Any] = []
    expected: list[tuple[str, Any, Any]] = []
    while len(cases) < 3000:
        text = _number(rng, 3) if rng.random() < 0.5 else _truth(rng, 3)
        facts = _facts(rng)
        value = compile_expression(text, COLUMNS).run(facts)
        if isinstance(value, Decimal) and abs(value) > 10**18:
            continue  # beyond what any check may reach: twelve digits come in
        plain = {key: str(one) if isinstance(one, Decimal | date) else one for key, one in facts.items()}
        cases.append([as_tree(text, COLUMNS), plain])
        expected.append((text, plain, _said(value)))
    page = chromium.new_page()
    page.add_script_tag(path=str(SCRIPT))
    found = page.evaluate(RUN, cases)
    page.close()
    wrong = [(*one, got) for one, got in zip(expected, found, strict=True) if one[2] != got]
    assert wrong == []


def test_every_shipped_check_runs_in_the_browser(chromium: Browser) -> None:
    """With everything known and with nothing: no tree is beyond the script, nothing unknown accuses."""
    page = chromium.new_page()
    page.add_script_tag(path=str(SCRIPT))
    for name, (_, text) in shipped().items():
        one = compiled_from(text)
        trees = [rule.tree for rule in one.rules] + [tree for _, _, tree in one.derived]
        known = {key: "7" if kind is Type.NUMBER else "甲" for key, kind in one.columns.items()}
        script = """([trees, facts]) => trees.map((tree) => [YwExpr.run(tree, Object.fromEntries(Object.entries(facts)
            .map(([key, value]) => [key, value === "7" ? YwExpr.parse(value) : value]))), YwExpr.run(tree, {})])
            .map((pair) => pair.map((value) => typeof value === "bigint" ? YwExpr.text(value) : value))"""
        found = page.evaluate(script, [trees, known])
        facts = {key: Decimal(7) if value == "7" else value for key, value in known.items()}
        wanted = [rule.fails.run(facts) for rule in one.rules] + [_said(e.run(facts)) for _, e, _ in one.derived]
        assert [pair[0] for pair in found] == wanted, name
        assert True not in [pair[1] for pair in found]
    page.close()


def _open(browse: Browsers, portal: Portal, key: str = "return", *, phone: bool = False) -> Page:
    page = browse("filler", phone=phone, first=False)
    page.goto(f"/reporting/returns/{portal.ids[key]}/")
    expect(page.locator("[data-returns-grid][data-ready]")).to_be_attached()
    return page


def test_a_clerk_pastes_is_told_corrects_and_submits(browse: Browsers, portal: Portal) -> None:
    """Gas a thousand times last year's is said as it is pasted; the keys move; what is typed is saved by itself."""
    page = _open(browse, portal)
    cell = page.locator("[data-key=users]")
    cell.focus()
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData('text/plain', '100\\n5,000\\n12000\\n');
           document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"""
    )
    expect(page.locator("[data-key=gas]")).to_have_value("12000")
    expect(page.locator("[data-derived=per_user]")).to_have_text("50")
    expect(page.locator("#says-gas")).to_contain_text("12,000 是上年 12 的几百倍")
    expect(page.locator("[data-save-state]")).to_have_text("已保存")
    page.get_by_role("button", name="报送").click()
    expect(page.locator("[data-save-state]")).to_contain_text("必须改正")
    cell.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-key=gas]")).to_be_focused()
    page.keyboard.type("3万")
    expect(page.locator("#says-gas")).to_contain_text("不要写“3万”")
    page.locator("[data-key=gas]").fill("12.5")
    expect(page.locator("#says-gas")).to_be_empty()
    page.evaluate(AXE)
    assert _violations(page) == []
    page.get_by_role("button", name="报送").click()
    expect(page.get_by_role("status").first).to_contain_text("等待审核")


def test_without_the_network_nothing_is_lost(browse: Browsers, portal: Portal) -> None:
    """Typed, checked, kept here over a reload, sent when the network is back; usable on a phone."""
    page = _open(browse, portal, "return_offline", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.locator("[data-returns-grid][data-ready]")).to_be_attached()
    page.context.set_offline(True)
    page.locator("[data-key=users]").fill("0")
    page.locator("[data-key=power]").fill("700")
    expect(page.locator("[data-save-state]")).to_contain_text("没有网络")
    expect(page.locator("#says-users")).to_contain_text("用能人数应大于 0")
    page.locator("[data-key=users]").fill("7")
    page.reload()
    expect(page.locator("[data-returns-grid][data-ready]")).to_be_attached()
    expect(page.locator("[data-key=power]")).to_have_value("700")
    expect(page.locator("[data-derived=per_user]")).to_have_text("100")
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_have_text("已保存")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("[data-key=users]")).to_have_value("7")
