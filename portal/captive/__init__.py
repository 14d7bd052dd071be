"""The pages of a person at the door, without script and without cookies."""
