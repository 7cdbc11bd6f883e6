"""Kills the host in its very first start, while it makes its data folder and database; each time on a fresh folder.

Each time the next start must be ready on what is left, take a message and dispatch it, and the database must be sound.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile

import store_facts
from lives import Broken, Life, Moment, eventually
from load import Door

MESSAGE = {"from": "a@example.com", "to": "b@example.com", "body": "ok first Hello"}
SPAN_S = 0.1  # from the start of the process, or from its first write, to the kill


def moment_of(draw, number):
    return Moment(("start", "recovery")[number % 2], draw.uniform(0, SPAN_S), 0.0)


def judge(arguments, folder, moment):
    """What is wrong with one first start that was killed, and with the start behind it; empty when nothing is."""
    environment = {"API_PLUGIN_DIR": os.path.abspath(arguments.witness),
                   "WITNESS_FILE": os.path.join(folder, "seen")}

    def life(number):
        return Life(number, arguments.herald, environment, folder, Door(), arguments.ready_within)

    killed, second = life(1), life(2)
    killed.begin()
    try:
        killed.end_at(moment)
        second.begin()
        second.wait_until_ready()
        status, _, body = second.host.call("POST", "/api/messages/email", MESSAGE)
        if status != 202:
            return f"the first message is answered {status}: {body[:300]!r}, expected 202"

        def dispatched():
            with store_facts.opened(os.path.join(folder, "data")) as database:
                return store_facts.statuses(database)["dispatched"] == 1

        if not eventually(dispatched, within_s=10):
            return "the first message is not dispatched within 10 s"
        second.host.drain()
        code = second.host.wait()
        if code != 0:
            return f"the host ended with {code} on SIGTERM, expected 0"
    except Broken as error:
        return str(error)
    finally:
        second.host.kill()
    with store_facts.opened(os.path.join(folder, "data")) as database:
        return "; ".join(store_facts.half(database))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--witness", required=True, help="the folder of the built providers witness_*.so")
    parser.add_argument("--kills", type=int, default=10, help="first starts that are killed (default 10)")
    parser.add_argument("--seed", type=int, default=20260103, help="of the moments (default 20260103)")
    parser.add_argument("--ready-within", type=float, default=15.0, help="seconds for every start (default 15)")
    arguments = parser.parse_args()
    draw = random.Random(f"first starts {arguments.seed}")
    for number in range(1, arguments.kills + 1):
        folder = tempfile.mkdtemp(prefix="herald-first-start-")
        moment = moment_of(draw, number)
        fault = judge(arguments, folder, moment)
        if fault:
            print(f"FAULT seed {arguments.seed}, kill {number} of {arguments.kills} ({moment.kind}, "
                  f"{moment.first_s * 1000:.1f} ms): {fault}; the folder is kept in {folder}")
            return 1
        shutil.rmtree(folder)
    print(f"{arguments.kills} first starts killed, every next one was ready, with --seed {arguments.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
