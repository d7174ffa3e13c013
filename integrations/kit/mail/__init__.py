"""Mail, whoever carries it.

Out: `outgoing.py` makes the headers of ours, `refusals.py` its ends.

In: a delivery is a form (`multipart.py`) that holds a mail. Its head is read in bounds and in
linear time (`head.py`); its body is taken apart in a child process with limits (`opening.py`
starts `child.py`, which runs `structure.py` and `bodies.py`), because a hostile mail costs the
standard parser half a minute (RELIABILITY 0.9). What the head means is judged by `addresses.py`
(who), `trust.py` (proven by whom), `machines.py` and `bounces.py` (no person at all).
"""
