"""Measurements against FreeRADIUS in the same run."""
