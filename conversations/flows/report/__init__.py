"""The report: what, where, the details a request type needs, one read-back, submit."""
