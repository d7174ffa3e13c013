"""The inside of Twilio's twin: its store, its carrier, its webhooks, its API and its switches.

`integrations/twilio/sandbox.py` puts it together. Never imported by an adapter.
"""
