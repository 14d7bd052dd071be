"""The console: one file for each noun that an administrator works on."""
