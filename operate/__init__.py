"""What an operator starts and types. Wires the other packages, and decides nothing."""
