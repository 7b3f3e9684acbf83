"""Schemathesis against `/api/v1`: 100 examples an operation for five roles. What the suite does with fewer examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys

EXAMPLES = 100
TESTS = "yiwang/portal/api/tests/test_contract.py"


def contract() -> dict[str, int]:
    """How many roles were tried and how many of them met a fault; RuntimeError where the tests did not run."""
    env = os.environ | {"YIWANG_EXAMPLES": str(EXAMPLES)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", TESTS]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    if "passed" not in counts:
        raise RuntimeError(done.stdout[-3000:])
    return {"passed": counts["passed"], "faults": counts.get("failed", 0) + counts.get("error", 0)}


if __name__ == "__main__":
    print(contract())
