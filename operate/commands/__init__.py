"""One file for each noun an operator works on."""
