"""SMTP: mail out through a city's own server, for cities without SendGrid.

`adapter.py` is the port, `letter.py` writes the mail's bytes, `session.py` talks to the server and
knows up to which line nothing is sent yet, `wire.py` what its answers mean, `sandbox.py` is a small
server for rehearsals. Reports come back as mails (RFC 3464), read by `kit/mail`.
"""
