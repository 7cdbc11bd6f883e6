"""Kannel from Debian's packages: bearerbox, smsbox and fakesmsc on free ports, in a folder of their own."""

import os
import re
import socket
import subprocess
import time
import urllib.request

BEARERBOX = "/usr/sbin/bearerbox"
SMSBOX = "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PATIENCE_S = 20
CONFIGURATION = """group = core
admin-port = {admin}
admin-password = bench
smsbox-port = {boxes}
log-level = 3
store-type = {store}
store-location = {folder}/store

group = smsc
smsc = fake
smsc-id = fake
port = {carrier}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
log-level = 3

group = sendsms-user
username = bench
password = bench
"""
TEXT = "Your+code+is+123456.+It+is+valid+for+ten+minutes%3B+tell+it+to+nobody."


def installed():
    return all(os.access(program, os.X_OK) for program in (BEARERBOX, SMSBOX, FAKESMSC))


def free_ports(many):
    """Taken together, so that none comes twice; free until somebody else takes one."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(many)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Kannel:
    """`store`: "file" or "spool". Use as a context manager."""

    def __init__(self, folder, store):
        self.folder = folder
        self.admin, boxes, carrier, self.http = free_ports(4)
        self.carrier = carrier
        os.makedirs(os.path.join(folder, "store") if store == "spool" else folder, exist_ok=True)
        self.configuration = os.path.join(folder, "kannel.conf")
        with open(self.configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(admin=self.admin, boxes=boxes, carrier=carrier, http=self.http,
                                            store=store, folder=folder))
        self.processes = []

    def __enter__(self):
        try:
            self.start([BEARERBOX, "-v", "4", self.configuration])
            self.wait_for(lambda: "Status: running" in self.status(), "bearerbox")
            self.start([SMSBOX, "-v", "4", self.configuration])
            # It has to send something: one message in months, to nobody.
            self.start([FAKESMSC, "-H", "127.0.0.1", "-r", str(self.carrier), "-i", "10000000", "-v", "4",
                        "100 200 text nothing"])
            self.wait_for(lambda: "smsbox:" in self.status() and "(online" in self.status(), "its boxes")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def start(self, command):
        with open(os.path.join(self.folder, os.path.basename(command[0]) + ".log"), "wb") as log:
            self.processes.append(subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL,
                                                   stdout=log, stderr=log))

    def wait_for(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if condition():
                    return
            except OSError:
                pass  # it does not listen yet
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kannel: {what} did not come up; its logs are in {self.folder}")
            time.sleep(0.05)  # tidy: sleeps because it polls a process that is not ours

    def status(self):
        url = f"http://127.0.0.1:{self.admin}/status.txt?password=bench"
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.read().decode("utf-8", "replace")

    def sent(self):
        return int(re.search(r"SMS: received \d+ \(\d+ queued\), sent (\d+)", self.status()).group(1))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http}"

    def paths(self):
        """A file with the sends of mix A, as Kannel's own HTTP interface takes them."""
        file = os.path.join(self.folder, "paths")
        with open(file, "w", encoding="ascii") as out:
            for recipient in range(9_000):
                out.write("/cgi-bin/sendsms?username=bench&password=bench"
                          f"&from=%2B1{2_013_000_000 + recipient * 7919 % 1_000}&to=%2B1{2_012_000_000 + recipient}"
                          f"&text={TEXT}\n")
        return file
