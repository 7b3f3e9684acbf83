"""`yiwang demo`."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from yiwang.cli.demo import command
from yiwang.core.orgs import factories
from yiwang.kit.refusal import Refusal


def test_list_touches_no_database() -> None:
    done = CliRunner().invoke(command, ["--list", "--scale", "0.01", "--seed", "3"], catch_exceptions=False)
    assert done.exit_code == 0
    assert {group["plant"] for group in yaml.safe_load(done.output)} >= {"person_over", "two_buildings", "quota_over"}


@pytest.mark.django_db
def test_load() -> None:
    done = CliRunner().invoke(command, ["--scale", "0.01", "--no-judge"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "示例省已装入" in done.output
    assert "county-clerk" in done.output


@pytest.mark.django_db
def test_refuses_a_database_in_use() -> None:
    factories.organ()
    with pytest.raises(Refusal, match="空库"):
        CliRunner().invoke(command, [], catch_exceptions=False)
