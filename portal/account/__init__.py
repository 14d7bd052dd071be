"""My account: a person's own sessions, devices, password and second factor."""
