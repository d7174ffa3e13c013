"""Dead letters: what may be replayed (`replay.py`), and the commands of `main.py dlq`."""
