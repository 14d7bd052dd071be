"""The HTTP API: one file for each noun, the same acts as the console, under /api/v1."""
