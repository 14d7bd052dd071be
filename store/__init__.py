"""What we remember: SQL, the change feed, sealed secrets, the record of administrative acts."""
