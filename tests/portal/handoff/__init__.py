"""Tests of the ways to tell the network."""
