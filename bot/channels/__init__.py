"""How a thing looks on each medium: one folder per channel with a `render.py`.

A channel is the medium and its manners; who carries it is a provider (`integrations/`).
"""
