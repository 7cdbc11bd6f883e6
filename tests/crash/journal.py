"""What the clients of the crash harness asked for and what they were told; shared by their threads.

Written to a file as well, a line before each request and one behind each answer, for whoever looks into a failure.
"""

import threading


class Journal:
    """The members are read once all clients have ended; until then only through the methods."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._file = open(path, "w", encoding="utf-8", buffering=1)  # a line at a time
        self.requests = {}      # tag → Request
        self.acknowledged = {}  # tag → every id that a 202 gave it
        self.accepted_in = {}   # tag → the life of the host that gave the first 202
        self.refused = set()    # tags whose every request was answered, and none with a 202
        self.cut_off = set()    # tags of which at least one request got no answer
        self.cancelled = {}     # tag → when the answer to the cancel came, Unix seconds
        self.cancel_tried = set()
        self.confirmed = set()  # tags whose delivery receipt was answered 200
        self.replayed = 0
        self.faults = []        # answers that nothing explains: (life, text)

    def asks(self, request):
        with self._lock:
            self.requests[request.tag] = request
            self._file.write(f"asks {request.tag} {request.path} {request.key or '-'} {request.fate}\n")

    def accepts(self, request, message_id, life, replayed):
        with self._lock:
            self._file.write(f"accepted {request.tag} {message_id} by {life}{' again' if replayed else ''}\n")
            self.acknowledged.setdefault(request.tag, []).append(message_id)
            self.accepted_in.setdefault(request.tag, life)
            self.refused.discard(request.tag)
            self.replayed += replayed

    def refuses(self, request):
        with self._lock:
            self._file.write(f"refused {request.tag}\n")
            if request.tag not in self.acknowledged:
                self.refused.add(request.tag)

    def cuts_off(self, request, life):
        with self._lock:
            self._file.write(f"cut-off {request.tag} by {life}\n")
            self.cut_off.add(request.tag)

    def tries_to_cancel(self, request):
        with self._lock:
            self.cancel_tried.add(request.tag)

    def cancels(self, request, at_s):
        with self._lock:
            self._file.write(f"cancelled {request.tag}\n")
            self.cancelled[request.tag] = at_s

    def confirms(self, request):
        with self._lock:
            self._file.write(f"confirmed {request.tag}\n")
            self.confirmed.add(request.tag)

    def fault(self, life, text):
        with self._lock:
            self.faults.append((life, text))

    def close(self):
        self._file.close()
