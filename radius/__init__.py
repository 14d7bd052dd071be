"""RADIUS: octets from switches and controllers in, decisions carried out. See docs/architecture.md."""
