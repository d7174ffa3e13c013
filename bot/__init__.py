"""The shell: accept a message, think one turn, remember it in one transaction, deliver.

Storage, outbox, worker, channels, chores, settings and wiring live here. HTTP does not (see
`webhooks/`), calls to vendors do not (see `integrations/`), and what to say is not decided here
(see `conversations/`).
"""
