"""One file for each kind of directory server."""
