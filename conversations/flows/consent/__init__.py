"""Consent: one confirming question when a text may mean "stop texting me"."""
