"""SendGrid: mail out and in.

`adapter.py` sends over the v3 API and `wire.py` knows what its answers mean; `signature.py`,
`inbound.py` and `events.py` read what SendGrid posts to us; `sandbox.py` is its twin. Facts are
from contracts/messaging.md, section 3. No SDK is used: it waits without end and knows no async.
"""
