"""The ways to tell the network that somebody logged in: one file for each."""
