"""Several tables in one operation: the same tables as one by one, there and back, and each model rendered once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import OperationWriter

from yiwang.kit.migrating import Together

ID = ("id", models.BigAutoField(primary_key=True))


def made(count: int) -> list[migrations.CreateModel]:
    """A chain of models, each linked to the one before."""
    found = []
    for number in range(count):
        fields: list[tuple[str, models.Field[Any, Any]]] = [ID, ("name", models.CharField(max_length=9))]
        if number:
            fields.append(("before", models.ForeignKey(f"kit.Link{number - 1}", models.PROTECT)))
        found.append(migrations.CreateModel(f"Link{number}", fields))
    return found


def ran(operations: list[Any]) -> ProjectState:
    """The state after them; the tables are made and taken away again."""
    state = ProjectState()
    with connection.schema_editor(atomic=False) as editor:
        steps = []
        for one in operations:
            before = state.clone()
            one.state_forwards("kit", state)
            one.database_forwards("kit", editor, before, state)
            steps.append((one, before, state.clone()))
        tables = {name for name in connection.introspection.table_names() if name.startswith("kit_link")}
        assert len(tables) == len(state.models)
        for one, before, after in reversed(steps):
            one.database_backwards("kit", editor, after, before)
    assert not [name for name in connection.introspection.table_names() if name.startswith("kit_link")]
    return state


@pytest.mark.django_db(transaction=True)
def test_the_same_models_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    renders = 0
    real = ModelState.render

    def counted(self: ModelState, apps: Any) -> Any:
        nonlocal renders
        renders += 1
        return real(self, apps)

    monkeypatch.setattr(ModelState, "render", counted)
    alone = ran(list(made(6)))
    slow, renders = renders, 0
    together = ran([Together(made(6))])
    assert together.models == alone.models
    assert renders * 2 < slow


def test_it_can_be_written() -> None:
    text, _ = OperationWriter(Together(made(2)), indentation=0).serialize()
    assert text.count("CreateModel") == 2
    assert text.startswith("yiwang.kit.migrating.Together(")
