"""One file for each vendor of network devices; found by name, switched on by the device record."""
