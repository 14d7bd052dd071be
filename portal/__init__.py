"""The doors for people: captive pages, my account, the console and its API."""
