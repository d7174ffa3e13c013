"""New York City's pack: data only. Where the data comes from stands in PROVENANCE.md."""
