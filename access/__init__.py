"""May this person, with this proof, here, now? Zones, rules, decisions, sessions, enforcement."""
