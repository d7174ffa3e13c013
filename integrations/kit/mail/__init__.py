"""Mail, whoever carries it: `outgoing.py` makes the headers of ours, `refusals.py` its ends."""
