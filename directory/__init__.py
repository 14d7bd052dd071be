"""Who exists: people and units in the registry, published to LDAP, mirrored in memory."""
