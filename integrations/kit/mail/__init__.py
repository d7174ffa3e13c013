"""Mail, whoever carries it: `outgoing.py` makes the headers of ours."""
