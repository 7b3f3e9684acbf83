"""Model fields that read what a person wrote into one normal form, and refuse what is none."""

from __future__ import annotations

from typing import Any

from django.db import models

from yiwang.kit import credit_code


class CreditCodeField(models.CharField[str, str]):
    """统一社会信用代码: kept in its normal form; forms and imports check its check characters (`read`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 18)
        super().__init__(*args, **kwargs)

    @staticmethod
    def read(text: str) -> str:
        """The code in its normal form. Refusals `credit-code.shape`, `credit-code.check`."""
        return credit_code.validate(text)
