/* Expressions of the house over their JSON trees (yiwang.kit.expr.tree), with the same meaning as in Python and DuckDB: a missing
   fact is unknown, figures are decimals of ten places (whole numbers of 10^-10), division is the machine's, rounded. No eval. */
(function (root) {
  "use strict";
  const PLACES = 10;
  const ONE = 10n ** BigInt(PLACES);

  /* "1234.5" → 12345000000000n; null for what is no plain number. */
  function parse(text) {
    const found = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(text);
    if (!found || (!found[2] && !found[3])) return null;
    const places = (found[3] || "").padEnd(PLACES, "0");
    const whole = BigInt(found[2] || "0") * ONE + BigInt(places.slice(0, PLACES));
    const up = places.length > PLACES && places[PLACES] >= "5" ? 1n : 0n;
    return found[1] === "-" ? -(whole + up) : whole + up;
  }

  function text(value) {
    const sign = value < 0n ? "-" : "";
    const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, "0");
    const places = digits.slice(-PLACES).replace(/0+$/, "");
    return sign + digits.slice(0, -PLACES) + (places ? "." + places : "");
  }

  /* n / d, half away from zero. */
  function divided(n, d) {
    const negative = n < 0n !== d < 0n;
    const top = n < 0n ? -n : n;
    const bottom = d < 0n ? -d : d;
    const whole = (top * 2n + bottom) / (bottom * 2n);
    return negative ? -whole : whole;
  }

  function rounded(value, places) {
    const step = 10n ** BigInt(PLACES - places);
    return divided(value, step) * step;
  }

  function floor(value) {
    const whole = value / ONE;
    return (value < 0n && whole * ONE !== value ? whole - 1n : whole) * ONE;
  }

  const ARITHMETIC = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => divided(a * b, ONE),
    "/": (a, b) => (b === 0n ? null : parse(plain(Number(text(a)) / Number(text(b))))),
    days: (a, b) => BigInt(Math.round((Date.parse(a) - Date.parse(b)) / 86400000)) * ONE,
  };

  /* A double to ten places, exactly; toFixed is exact below 10^21. */
  function plain(double) {
    return Math.abs(double) < 1e21 ? double.toFixed(PLACES) : BigInt(Math.round(double)).toString();
  }

  const COMPARE = {
    "=": (a, b) => a === b,
    "<>": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };

  const SINGLE = {
    neg: (a) => -a,
    not: (a) => !a,
    abs: (a) => (a < 0n ? -a : a),
    floor: floor,
    ceil: (a) => -floor(-a),
    year: (a) => BigInt(a.slice(0, 4)) * ONE,
    month: (a) => BigInt(a.slice(5, 7)) * ONE,
    day: (a) => BigInt(a.slice(8, 10)) * ONE,
  };

  function many(values, better) {
    if (values.some((value) => value === null)) return null;
    return values.reduce((one, other) => (better(other, one) ? other : one));
  }

  function caseOf(tree, facts) {
    for (const [when, then] of tree[1]) {
      const truth = run(when, facts);
      if (truth === null) return null;
      if (truth) return run(then, facts);
    }
    return tree[2] === null ? null : run(tree[2], facts);
  }

  const FORMS = {
    col: (tree, facts) => (facts[tree[1]] === undefined ? null : facts[tree[1]]),
    num: (tree) => parse(tree[1]),
    text: (tree) => tree[1],
    bool: (tree) => tree[1],
    null: (tree, facts) => run(tree[1], facts) === null,
    case: caseOf,
    and: (tree, facts) => {
      const a = run(tree[1], facts);
      const b = a === false ? false : run(tree[2], facts);
      return a === false || b === false ? false : a === null || b === null ? null : true;
    },
    or: (tree, facts) => {
      const a = run(tree[1], facts);
      const b = a === true ? true : run(tree[2], facts);
      return a === true || b === true ? true : a === null || b === null ? null : false;
    },
    in: (tree, facts) => {
      const value = run(tree[1], facts);
      return value === null ? null : tree[2].some((one) => run(one, facts) === value);
    },
    coalesce: (tree, facts) => {
      for (const one of tree[1]) {
        const value = run(one, facts);
        if (value !== null) return value;
      }
      return null;
    },
    greatest: (tree, facts) => many(tree[1].map((one) => run(one, facts)), (a, b) => a > b),
    least: (tree, facts) => many(tree[1].map((one) => run(one, facts)), (a, b) => a < b),
    round: (tree, facts) => {
      const value = run(tree[1], facts);
      return value === null ? null : rounded(value, tree[2]);
    },
  };

  /* The value of a tree: BigInt (of 10^-10), string, boolean, or null for unknown. */
  function run(tree, facts) {
    const form = FORMS[tree[0]];
    if (form) return form(tree, facts);
    const a = run(tree[1], facts);
    if (a === null) return null;
    if (SINGLE[tree[0]]) return SINGLE[tree[0]](a);
    const b = run(tree[2], facts);
    if (b === null) return null;
    return (ARITHMETIC[tree[0]] || COMPARE[tree[0]])(a, b);
  }

  /* Grouped by three, without needless zeros. */
  function shown(value) {
    if (value === null || value === undefined) return "—";
    if (typeof value !== "bigint") return String(value);
    const [whole, places] = text(value).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (places ? "." + places : "");
  }

  root.YwExpr = { parse, text, run, rounded, shown };
})(typeof globalThis === "undefined" ? window : globalThis);
