"""The clients of the crash harness: they send through every kill, and ask again where a careful client would."""

import collections
import http.client
import json
import threading
import time

from lives import pause
from traffic import Traffic

REFUSED_PAUSE_S = 0.01
LOST_PAUSE_S = 0.02
PATIENCE_S = 0.2  # between two looks whether a host is there, or the end has come

# One thing to be done: `kind` is send, cancel or confirm.
Errand = collections.namedtuple("Errand", "kind request")
PROVIDERS = {"sms": "witness-phone", "mms": "witness-phone", "email": "witness-mail"}


class Door:
    """Where the host of the day can be reached. Opened and closed by the harness, passed by the clients."""

    def __init__(self):
        self._changed = threading.Condition()
        self._host = None
        self._life = 0

    def open(self, host, life):
        with self._changed:
            self._host, self._life = host, life
            self._changed.notify_all()

    def close(self):
        with self._changed:
            self._host = None

    def host(self):
        """(host, its life) once one listens; (None, life) when there was none in a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._host is not None, PATIENCE_S)
            return self._host, self._life


class Client:
    """One thread on one connection. `ending`: nothing new is begun, what is due to be repeated still is."""

    def __init__(self, number, seed, pause_s, door, journal, ending):
        self._traffic = Traffic(seed, number)
        self._pause_s = pause_s
        self._door = door
        self._journal = journal
        self._ending = ending
        self._due = collections.deque()
        self._host = None
        self._life = 0
        self._connection = None
        self.thread = threading.Thread(target=self._run, name=f"client-{number}", daemon=True)

    def _run(self):
        while True:
            host, life = self._door.host()
            if self._ending.is_set() and not self._due:
                break
            if host is None:
                continue
            if life != self._life:
                self._host, self._life, self._connection = host, life, host.connect()
            self._carry_out(self._next())
            self._ending.wait(self._pause_s)
        if self._connection:
            self._connection.close()

    def _next(self):
        if self._due:
            return self._due.popleft()
        request = self._traffic.next()
        self._journal.asks(request)
        return Errand("send", request)

    def _carry_out(self, errand):
        method, path, payload, headers = wire_of(errand, self._journal)
        if errand.kind == "cancel":
            self._journal.tries_to_cancel(errand.request)
        try:
            status, told, body = self._host.call(method, path, payload, headers, self._connection)
        except (OSError, http.client.HTTPException):
            return self._lose(errand)
        try:
            self._hear(errand, status, told, body)
        except (ValueError, KeyError, TypeError) as error:
            self._journal.fault(self._life, f"{errand.request.tag}: {errand.kind} answered {status} {body[:200]!r}: "
                                            f"{type(error).__name__} {error}")

    def _lose(self, errand):
        """No answer: whoever asks with a key, and every carrier, asks again."""
        self._connection.close()
        pause(LOST_PAUSE_S)
        if errand.kind == "send":
            self._journal.cuts_off(errand.request, self._life)
            if not errand.request.repeats:
                return
        if errand.kind != "cancel":
            self._due.appendleft(errand)

    def _hear(self, errand, status, told, body):
        if status == 503:
            return self._put_off(errand)
        request = errand.request
        if errand.kind == "send" and status == 202:
            replayed = told.get("idempotency-replayed") == "true"
            again = request.tag in self._journal.acknowledged
            self._journal.accepts(request, json.loads(body)["id"], self._life, replayed)
            if again and request.key and not replayed:
                self._journal.fault(self._life, f"{request.tag}: its key was answered before, and now as a new one")
            if not again:
                self._follow(request)
        elif errand.kind == "cancel" and status == 200:
            self._journal.cancels(request, time.time())
        elif errand.kind == "cancel" and status == 409:
            pass  # a provider has it, or its end has come
        elif errand.kind == "confirm" and status == 200:
            self._journal.confirms(request)
        else:
            self._journal.fault(self._life, f"{request.tag}: {errand.kind} answered {status}: {body[:300]!r}")

    def _put_off(self, errand):
        """It starts or drains."""
        if errand.kind == "send" and not errand.request.repeats:
            self._journal.refuses(errand.request)
        elif errand.kind != "cancel":
            self._due.append(errand)
        pause(REFUSED_PAUSE_S)

    def _follow(self, request):
        if request.cancels:
            self._due.append(Errand("cancel", request))
        if request.confirms:
            self._due.append(Errand("confirm", request))
        if request.asks_again:
            self._due.append(Errand("send", request._replace(asks_again=False)))


def wire_of(errand, journal):
    """Method, path, body and headers."""
    request = errand.request
    if errand.kind == "cancel":
        return "POST", f"/api/messages/{journal.acknowledged[request.tag][0]}/cancel", b"", {}
    if errand.kind == "confirm":
        return "POST", f"/api/providers/{PROVIDERS[request.kind]}/webhook", request.tag.encode(), {}
    headers = {"Content-Type": "application/json"}
    if request.key:
        headers["Idempotency-Key"] = request.key
    return "POST", request.path, json.dumps(request.fields).encode("utf-8"), headers


class Load:
    """All clients."""

    def __init__(self, seed, clients, rate, journal):
        self.door = Door()
        self._ending = threading.Event()
        pause_s = clients / rate
        self._clients = [Client(number, seed, pause_s, self.door, journal, self._ending) for number in range(clients)]

    def start(self):
        for client in self._clients:
            client.thread.start()

    def end(self, within_s):
        """Nothing new; waits until all that is to be repeated has been answered. False when it was not in time."""
        self._ending.set()
        deadline = time.monotonic() + within_s
        for client in self._clients:
            client.thread.join(max(0.0, deadline - time.monotonic()))
        return not any(client.thread.is_alive() for client in self._clients)
