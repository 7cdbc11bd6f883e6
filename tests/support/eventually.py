"""Waiting for a condition with a deadline, instead of sleeping for luck."""

import time


def eventually(condition, within_s=10.0, pause_s=0.02):
    """Polls `condition` until it answers something true or `within_s` has passed; its last answer."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if answer or time.monotonic() >= deadline:
            return answer
        time.sleep(pause_s)
