"""`make bench`: every figure that the project promises, measured in one run; writes docs/developing/bench.md.

Ratios hold on any machine; absolute figures are of the machine that ran them and wobble where it is shared.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPORT = Path(__file__).resolve().parent.parent / "docs" / "developing" / "bench.md"


@dataclass(frozen=True)
class Line:
    """One promise and what was measured."""

    what: str
    promise: str
    measured: str
    kept: bool


def _line(what: str, value: float, sign: str, bound: float, unit: str = "", digits: int = 2) -> Line:
    kept = value >= bound if sign == "≥" else value <= bound
    return Line(what, f"{sign} {bound:,g}{unit}", f"{value:,.{digits}f}{unit}", kept)


def standards() -> list[Line]:
    """The bulk check against numpy and OpenFisca, and one record."""
    from bench import peer_openfisca
    from bench import standards as bench

    found = bench.bulk()
    peer = peer_openfisca.run()
    worst = max(bench.single().items(), key=lambda each: each[1])
    return [
        _line("5 M person-rooms, records per CPU-s (million)", found["per_cpu_s"] / 1e6, "≥", 3),
        _line("… against a numpy dense look-up", found["ratio"], "≥", 0.35, " ×"),
        _line("… against OpenFisca, the same look-up", found["per_cpu_s"] / peer["per_cpu_s"], "≥", 8, " ×", 1),
        _line(f"one record, all clauses ({worst[0]}, the slowest dataset)", worst[1], "≤", 100, " µs", 0),
    ]


def check() -> list[Line]:
    """The command on a workbook of 100,000 rows."""
    from bench import check as bench

    found = bench.check()
    return [
        _line("yiwang check, 100,000 rows XLSX with report", found["seconds"], "≤", 20, " s", 1),
        _line("… memory with its reader", found["peak_mb"], "≤", 600, " MB", 0),
        _line("yiwang --help", bench.start_up(), "≤", 0.6, " s"),
    ]


def importing() -> list[Line]:
    """The portal's import path on both databases."""
    from bench import importing as bench

    found = bench.figures()
    lines = []
    for database, bound in (("sqlite", 3000), ("postgresql", 5000)):
        rates = {key: rate for key, rate in found[database].items() if key != "rows_per_s"}
        if rates:
            together = len(rates) / sum(1 / rate for rate in rates.values())
            lines.append(_line(f"import, all checks, ledger on, {database}", together, "≥", bound, " rows/s", 0))
            each = ", ".join(f"{key} {rate:,.0f}" for key, rate in rates.items())
            lines.append(Line(f"… by register: {each}", "", "", kept=True))
    return lines


def pages() -> list[Line]:
    """The list of 200,000 rooms."""
    from bench import pages as bench

    found = bench.pages()
    return [
        _line("list over 200,000 rooms, 2 workers, 8 connections", found["per_s"], "≥", 100, " requests/s", 0),
        _line("… CPU a page", found["cpu_ms"], "≤", 15, " ms", 1),
        _line("… p95", found["p95_ms"], "≤", 200, " ms", 0),
        _line("… queries", found["queries"], "≤", 8, "", 0),
        _line("… HTML", found["html_kb"], "≤", 60, " KB", 0),
        _line("… search for part of a number, one at a time", found["search_ms"], "≤", 300, " ms", 0),
    ]


def ledger() -> list[Line]:
    """Entries, seals, verification."""
    from bench import ledger as bench

    raced, verified = bench.throughput(), bench.verification()
    if not raced:
        return [Line("ledger", "PostgreSQL", "left out: no server answers", kept=False)]
    return [
        _line("ledger: transactions/s with an entry against without", raced["ratio"], "≥", 0.6, " ×"),
        _line("… sealing delay p99", raced["delay_p99"], "≤", 1, " s"),
        _line("… verified entries per CPU-s", min(verified.values()), "≥", 100_000, "", 0),
    ]


def rollup() -> list[Line]:
    """A subtree of 600,000 organs added up without a query per node."""
    from bench import rollup as bench

    found = bench.rollup()
    return [
        _line("roll-up of 600,000 organs, queries", found["queries"], "≤", 8, "", 0),
        _line("… seconds", found["seconds"], "≤", 10, " s", 1),
    ]


def flow() -> list[Line]:
    """The process engine."""
    from bench import flow as bench

    lines = []
    for database, found in bench.desk().items():
        lines += [
            _line(f"one step of a case, CPU, {database}", found["act_ms"], "≤", 30, " ms", 1),
            _line("… my desk, 10,000 open cases and 50 users, p95", found["p95_ms"], "≤", 200, " ms", 0),
        ]
    found = bench.walks()
    ended = sum(found[state] for state in ("DONE", "REFUSED", "WITHDRAWN", "VOID") if state in found)
    return [*lines, _line("random walks that came to an end (10,000)", ended, "≥", bench.WALKS, "", 0)]


def mixed() -> list[Line]:
    """Pages, lists, exports and writes on the demo province for five minutes, on both databases."""
    from bench import mixed as bench

    lines = []
    for database, found in bench.figures().items():
        lines += [
            _line(f"mixed load, 8 clients, 300 s, {database}", found["per_s"], "≥", 50, " requests/s", 0),
            _line("… p95", found["p95_ms"], "≤", 500, " ms", 0),
            _line("… wrong answers", found["errors"], "≤", 0, "", 0),
            _line("… memory growth", found["growth"] * 100, "≤", 5, " %", 1),
        ]
    return lines


def throttle() -> list[Line]:
    """Others do not wait for one who exports without end."""
    from bench import throttle as bench

    found = bench.throttle()
    return [
        _line("200 exports a minute by one: refused", found["refused"], "≥", 1, "", 0),
        _line("… p95 of the others, against alone", found["ratio"], "≤", 1.5, " ×"),
    ]


def contract() -> list[Line]:
    """The public interface under schemathesis."""
    from bench import contract as bench

    found = bench.contract()
    return [_line("/api/v1, 5 roles, 100 examples an operation: faults", found["faults"], "≤", 0, "", 0)]


def desk() -> list[Line]:
    """My desk with 10,000 open cases."""
    from bench import desk as bench

    found = bench.desk()
    return [
        _line("my desk, 10,000 open cases, 50 users every 2 s, p95", found["p95_ms"], "≤", 200, " ms", 0),
        _line("… CPU a page", found["cpu_ms"], "≤", 25, " ms", 1),
        _line("… queries", found["queries"], "≤", 12, "", 0),
    ]


def board() -> list[Line]:
    """The dispatch board and the live map, on SQLite."""
    from bench.board import figures

    found = figures()
    return [
        _line("dispatch board, 500 trips × 200 cars, p95", found["board of 500 trips"]["p95_ms"], "≤", 300, " ms", 0),
        _line("… a trip picked, judged for 200 cars, p95", found["one trip picked"]["p95_ms"], "≤", 300, " ms", 0),
        _line("live map of 2,000 cars, a refresh, p95", found["live map of 2,000 cars"]["p95_ms"], "≤", 150, " ms", 0),
    ]


def venues() -> list[Line]:
    """Rooms: 32 clients on each slot; one winner each, and a control that shows the race."""
    from bench import venues as bench

    lines = []
    for database, found in bench.races().items():
        real, none = found["real"], found["none"]
        lines += [
            _line(
                f"rooms, {real['rounds']:,} rounds, 32 clients, {database}: one winner",
                real["one"],
                "≥",
                real["rounds"],
                "",
                0,
            ),
            _line("… rounds without lock and belt that book double", none["double"], "≥", 1, "", 0),
        ]
    return lines


def trips() -> list[Line]:
    """Cars and drivers: 32 dispatchers on each; one trip each, and a control that shows the race."""
    from bench import trips as bench

    lines = []
    for database, found in bench.races().items():
        real, none = found["real"], found["none"]
        what = f"cars and drivers, {real['rounds']:,} rounds, 32 clients, {database}: one trip"
        lines += [
            _line(what, real["one"], "≥", real["rounds"], "", 0),
            _line("… rounds without lock and belt that send one car twice", none["double"], "≥", 1, "", 0),
        ]
    return lines


def quota() -> list[Line]:
    """Places of quotas: 32 clients at five places; never more given than there are, and a control that shows the race."""
    from bench import quota as bench

    lines = []
    for database, found in bench.races().items():
        locked, control = found["locked"], found["open"]
        lines += [
            _line(
                f"quota, {found['asks']:,} asks, 32 clients, {database}: oversold", locked["oversold"], "≤", 0, "", 0
            ),
            _line(
                "… places given or left, of those there were",
                locked["given"] + locked["left"],
                "≥",
                locked["had"],
                "",
                0,
            ),
            _line("… rounds without the lock that oversell", control["oversold"], "≥", 1, "", 0),
        ]
    return lines


def kills() -> list[Line]:
    """The server killed in the middle of approvals."""
    from bench import kills as bench

    lines = []
    for database, found in bench.kills().items():
        broken = found["torn"] + found["lost"] + found["left"] + len(found["wrong"]) + (not found["ledger"])
        lines += [
            _line(
                f"server killed {found['kills']} times over HTTP, {database}: torn, lost, left", broken, "≤", 0, "", 0
            ),
            _line("… kills that found approvals on their way", found["cut"], "≥", found["kills"] // 2, "", 0),
        ]
    return lines


def dispatch() -> list[Line]:
    """Days of trips against first-come-first-served, pooling, one live request, pickup and delivery."""
    from bench import dispatch as bench

    lines, found = [], bench.days()
    for (trips, cars, seconds, most), (name, one) in zip(bench.DAYS, found.items(), strict=True):
        what = f"day {trips:,} × {cars}, {seconds:.0f} CPU-s: cost against first come, first served"
        lines += [
            _line(what, one["ratio"], "≤", most, " ×", 3),
            _line("… trips not served, rules broken", one["unserved"] + one["faults"], "≤", 0, "", 0),
            Line(
                f"… against a lower bound {one['over_bound']:.2f} ×; {one['cpu_s']:.0f} CPU-s ({name})",
                "",
                "",
                kept=True,
            ),
        ]
    last = found[f"{bench.DAYS[-1][0]} × {bench.DAYS[-1][1]}"]
    lines += [
        _line("one live request at 800 cars, 2,000 trips planned, CPU p95", last["live_p95_ms"], "≤", 50, " ms", 1),
        _line("… with the plan not yet in memory, CPU", last["live_cold_ms"], "≤", 100, " ms", 0),
    ]
    pool = bench.pooling()
    lines.append(_line("pooling of one-way trips, cost saved", pool["saved"] * 100, "≥", 15, " %", 1))
    for kind, one in bench.pairs().items():
        lines.append(
            _line(f"pickup and delivery, {kind}, 30 s: vehicles above the best of 150 s", one["more"], "≤", 1, "", 0)
        )
        lines.append(_line("… distance where the number is equal", one["ratio"], "≤", 1.03, " ×", 3))
    return lines


def costs() -> list[Line]:
    """A budget under 32 clients: never more entered than there is, and a control that shows the race."""
    from bench import costs as bench

    lines = []
    for database, found in bench.races().items():
        locked, control = found["locked"], found["open"]
        over = locked["given"] - locked["had"]
        lines += [
            _line(f"budget, {locked['bills']:,} bills, 32 clients, {database}: oversold", over, "≤", 0, "", 0),
            _line("… bills entered, of those there was room for", locked["given"], "≥", locked["had"], "", 0),
            _line("… without the conditional update: oversold", control["given"] - control["had"], "≥", 1, "", 0),
        ]
    return lines


def watch() -> list[Line]:
    """The rules over points: a tenth of a day of 40,000 cars, scaled by ten."""
    from bench import watch as bench

    found = bench.run()
    points = f"{found['points'] / 1e6:.1f} M points of {found['cars']:,} cars"
    return [
        _line(f"rules over tracks, {points}, scaled to 38 M", found["minutes_scaled"], "≤", 10, " min", 1),
        _line("… memory of the process (does not grow with the cars: batches)", found["peak_mb"], "≤", 4096, " MB", 0),
        _line("… signs found, of those planted", found["signs"], "≥", found["planted"], "", 0),
    ]


def returns() -> list[Line]:
    """Edit checks of one province's month, outliers over five years."""
    from bench import returns as bench

    found = bench.run()
    return [
        _line("edit checks, 50,000 units × 200 items × 60 checks, last year joined", found["checks_with_messages_s"], "≤", 10, " s", 1),
        _line("… million cells per CPU-s, without messages", found["mcells_per_cpu_s"], "≥", 15, "", 1),
        _line("… million cells per CPU-s, with messages", found["mcells_per_cpu_s_with_messages"], "≥", 7, "", 1),
        _line("outliers of 50,000 units × 60 months × 20 items", found["outliers_s"], "≤", 10, " s", 1),
    ]  # fmt: skip


def rush() -> list[Line]:
    """The month's end: 10,000 workbooks in ten minutes, on both databases."""
    from bench import rush as bench

    lines = []
    for database, found in bench.rush().items():
        what = f"month-end rush, {found['workbooks']:,} workbooks of 50 rows over HTTP, {database}"
        lines += [
            _line(what, found["seconds"] / 60, "≤", 10.1, " min", 1),
            _line("… answered with a receipt", found["receipts"], "≥", found["workbooks"], "", 0),
            _line("… lost", found["lost"] + found["errors"], "≤", 0, "", 0),
            _line("… other pages, p95", found["page_p95_ms"], "≤", 1000, " ms", 0),
            _line("… CPU a workbook, web, reader and tasks", found["cpu_ms"], "≤", 100, " ms", 0),
        ]
    return lines


def gateway() -> list[Line]:
    """The vehicle gateway: parser, server, fleet, storage, one car's day."""
    from bench import gateway as bench

    lines = [_line("JT/T 808 positions parsed per CPU-s", min(bench.parser().values()), "≥", 250_000, "", 0)]
    if not bench.available():
        return [*lines, Line("gateway", "PostgreSQL", "left out: no server answers", kept=False)]
    served, fleet, stored, day = bench.throughput(), bench.fleet(), bench.storage(), bench.day()
    return [
        *lines,
        _line("gateway, answered after the commit: frames per CPU-s against an echo", served["ratio"], "≥", 0.8, " ×"),
        _line("5,000 terminals, 1,000 messages/s, 10 % broken, all reconnecting: good points lost", fleet["lost"], "≤", 0, "", 0),
        _line("… p99 of the answer against an echo", fleet["p99_ratio"], "≤", 3, " ×", 1),
        _line("points/s into PostgreSQL", stored["per_s"], "≥", 50_000, "", 0),
        _line("one car's day out of 10 M points (a tenth), worst of forty", day["worst_ms"], "≤", 200, " ms", 0),
    ]  # fmt: skip


def meters() -> list[Line]:
    """Readings of meters over MQTT, acknowledged after the commit, and across a restart of the receiver."""
    from bench import meters as bench

    if (found := bench.figures()) is None:
        return [Line("meters over MQTT", "a broker", "left out: none answers", kept=False)]
    return [
        _line("readings of meters over MQTT, 1,000 a message, by the clock", found["per_s"], "≥", 100_000, " /s", 0),
        _line("… hours of meters lost", found["missing_hours"], "≤", 0, "", 0),
        _line("… lost across a restart of the receiver", found["restarted_missing_hours"], "≤", 0, "", 0),
    ]


def warning() -> list[Line]:
    """Early warning over planted anomalies, and the year-end forecast against the seasonal naive and statsforecast."""
    from bench import warning as bench

    found, told = bench.warning(), bench.year_end()
    lines = [
        _line(
            f"early warning, {found['series']:,} series × {bench.MONTHS} months, one core",
            found["seconds"],
            "≤",
            10,
            " s",
            1,
        ),
        _line("… precision", found["precision"], "≥", 0.75),
        _line("… recall", found["recall"], "≥", 0.80),
        _line("… recall of wrong units and missing months", min(found["unit_recall"], found["missing_recall"]), "≥", 1),
        _line(
            "year-end forecast, p90 error, per cent", told["forecast_p90"] * 100, "≤", round(told["naive_p90"] * 100, 2)
        ),
    ]
    peers = [key.removesuffix("_p90") for key in told if key.endswith("_p90") and key[0].isupper()]
    if not peers:
        return [*lines, Line("… against statsforecast", "", "left out: not installed", kept=False)]
    best = min(peers, key=lambda name: told[f"{name}_p90"])
    share = 100 * told["cpu_ms_series"] / told[f"{best}_cpu_ms_series"]
    return [
        *lines,
        _line(f"… against the best of statsforecast ({best})", told["forecast_p90_same"] * 100, "≤", round(told[f"{best}_p90"] * 100, 2)),
        _line("… at this share of its CPU", share, "≤", 1, " %"),
    ]  # fmt: skip


def national() -> list[Line]:
    """The nation's figure: a year of 1.6 M institutions rolled up, and the page that reads the cube."""
    from bench import national as bench

    found = bench.national()
    slowest = max(found[f"{name}_ms"] for name in ("nation", "province", "city"))
    return [
        _line(
            "national roll-up, 153.6 M rows: CPU against a raw scan of the same columns", found["to_raw"], "≤", 4, " ×"
        ),
        _line("… by Ibis against the same SQL by hand", found["to_hand"], "≤", 1.15, " ×"),
        _line("… peak memory against the Parquet", found["to_parquet"], "≤", 0.75, " ×"),
        _line("… a page from the cube, median of the slowest level", slowest, "≤", 50, " ms", 1),
    ]


SECTIONS: dict[str, Callable[[], list[Line]]] = {
    "standards": standards,
    "check": check,
    "importing": importing,
    "pages": pages,
    "desk": desk,
    "ledger": ledger,
    "rollup": rollup,
    "flow": flow,
    "mixed": mixed,
    "throttle": throttle,
    "contract": contract,
    "venues": venues,
    "board": board,
    "trips": trips,
    "kills": kills,
    "quota": quota,
    "dispatch": dispatch,
    "costs": costs,
    "watch": watch,
    "returns": returns,
    "rush": rush,
    "gateway": gateway,
    "meters": meters,
    "warning": warning,
    "national": national,
}


def main(names: list[str]) -> int:
    """Run the sections named (default: all); 1 if a promise is not kept. A full run writes the report."""
    lines: list[Line] = []
    started = time.monotonic()
    for name in names or list(SECTIONS):
        try:
            found = SECTIONS[name]()
        except Exception:
            traceback.print_exc()
            found = [Line(name, "", "failed to run", kept=False)]
        for line in found:
            print(f"{'  ' if line.kept else '✗ '}{line.what:60}{line.promise:>22}{line.measured:>24}", flush=True)
        lines += found
    if not names:
        REPORT.write_text(_report(lines, time.monotonic() - started), encoding="utf-8")
    return 0 if all(line.kept for line in lines) else 1


def _report(lines: list[Line], seconds: float) -> str:
    rows = "\n".join(
        f"| {each.what} | {each.promise} | {each.measured} | {'yes' if each.kept else '**no**'} |" for each in lines
    )
    return (
        f"# Figures\n\nMade by `make bench` in one run of {seconds:.0f} s. Ratios are against a peer or a limit in the same run;"
        " absolute figures belong to the machine (2 shared cores).\n\n"
        f"| what | promise | measured | kept |\n|---|---|---|---|\n{rows}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
