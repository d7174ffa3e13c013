"""The status of a request by its number, or of the resident's own latest requests."""
