"""Twilio: text messages in and out.

`signature.py`, `inbound.py` and `receipts.py` read what Twilio sends to us, `adapter.py` and
`media.py` call it, `errors_table.py` says what its error numbers mean for us, `sandbox.py` is
its twin. Facts are from contracts/messaging.md, section 1. No SDK is used: its async client
ignores timeouts and repeats sends (decision D4); its validator is an oracle in the tests.
"""
