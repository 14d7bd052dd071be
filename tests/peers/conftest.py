"""Fixtures of the tests against real programs."""

from tests.support.operator import _prepared, operator, service

__all__ = ["_prepared", "operator", "service"]
