"""A small expression language: a whitelisted SQL subset, compiled once to Python closures and to DuckDB SQL.

Both forms give the same answer (a property test holds them to it). Three choices differ from plain SQL, all for one
rule, that a missing fact never turns into an answer: a CASE whose condition is unknown is unknown, LEAST and GREATEST
of an unknown are unknown, and division by zero is unknown. Numbers are decimals; division is an IEEE division rounded
to ten places, products are rounded to ten places.
"""

from yiwang.kit.expr.compiler import Expression, ExpressionError, Type, compile_expression

__all__ = ["Expression", "ExpressionError", "Type", "compile_expression"]
