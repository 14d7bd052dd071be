"""Fixtures of the operator's tests."""

from tests.support.operator import _prepared, operator, service

__all__ = ["_prepared", "operator", "service"]
