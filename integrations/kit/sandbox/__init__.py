"""The harness of the providers' twins: clock, call log, fault switches, discovery, serving.

A twin lives in its provider's folder (`integrations/<provider>/sandbox.py`) and behaves as
the real one does where it hurts. The harness mounts each at `/<provider>` and puts the same
switches before all of them under `/_sandbox/`. Never imported by anything that runs in
production: an adapter does not know whether it talks to a twin.
"""
