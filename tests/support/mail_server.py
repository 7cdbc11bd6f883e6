"""A real SMTP server (aiosmtpd) on a free loopback port, that keeps what it takes and misbehaves on request."""

import asyncio
import collections
import logging
import socket
import threading

from aiosmtpd.smtp import SMTP, AuthResult

PATIENCE_S = 30
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # clients that break off are tested here

Received = collections.namedtuple("Received", "sender recipients content user encrypted")


class Conduct:
    """How a server answers; a test overrides what it wants otherwise. Called on the server's own thread.

    Each answers a reply to send, or None for the usual one. `connection` is the aiosmtpd protocol: its `transport` can
    be aborted, which is how a server vanishes.
    """

    async def greet(self, connection):
        return None

    async def sender(self, connection, address):
        return None

    async def recipient(self, connection, address):
        return None

    async def before_content(self, connection):
        """After 354 has been said, before a byte of the mail is read."""

    async def content(self, connection, envelope):
        """After the whole mail has been read."""
        return None

    async def quit(self, connection):
        return None


async def for_ever(connection):
    """Says nothing more on this connection, until the client or the test ends it."""
    await asyncio.get_running_loop().create_future()


async def vanish(connection):
    """Ends the connection without a word."""
    connection.transport.abort()
    await for_ever(connection)


class _Connection(SMTP):
    def __init__(self, server, **options):
        self._server = server
        super().__init__(server, hostname="mail.test", **options)

    def connection_made(self, transport):
        if self._original_transport is None:  # else it is the same one, encrypted from here on
            self._server.connections += 1
            self._server.open.add(self)
        super().connection_made(transport)

    def connection_lost(self, error):
        self._server.open.discard(self)
        super().connection_lost(error)

    async def push(self, status):
        text = status if isinstance(status, str) else status.decode()
        if text.startswith("220 mail.test"):
            text = await self._server.conduct.greet(self) or text
        if text.startswith("354 "):
            await super().push(text)
            return await self._server.conduct.before_content(self)
        return await super().push(text)

    async def smtp_QUIT(self, arg):
        await self._server.conduct.quit(self)
        await super().smtp_QUIT(arg)


class MailServer:
    """Use as a context manager. `received` and `connections` may be read from any thread."""

    def __init__(self, conduct=None, users=None, tls=None, implicit_tls=None, **options):
        """`users`: passwords by name, and every client has to show one. `tls`: an SSL context to offer STARTTLS with;
        `implicit_tls`: one to speak from the first byte."""
        self.conduct = conduct or Conduct()
        self.received = []
        self.connections = 0
        self.open = set()
        self.port = None
        self._users = users or {}
        self._implicit_tls = implicit_tls
        self._options = dict(options, enable_SMTPUTF8=True)
        if tls:
            self._options.update(tls_context=tls)
        if users:
            self._options.update(auth_required=True, auth_require_tls=bool(tls), authenticator=self._authenticate)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mail-server")

    def __enter__(self):
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(self, *_):
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def drop_connections(self):
        """Closes every connection, as a server does with idle ones."""
        self._call(self._drop())

    async def handle_MAIL(self, connection, session, envelope, address, options):
        reply = await self.conduct.sender(connection, address)
        if reply is None or reply.startswith("2"):
            envelope.mail_from = address
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(self, connection, session, envelope, address, options):
        reply = await self.conduct.recipient(connection, address)
        if reply is None or reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 OK"

    async def handle_DATA(self, connection, session, envelope):
        reply = await self.conduct.content(connection, envelope)
        if reply is None or reply.startswith("2"):
            user = session.auth_data.login.decode() if session.auth_data else None
            self.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content), user,
                                          connection.transport.get_extra_info("ssl_object") is not None))
        return reply or f"250 2.0.0 OK: queued as {len(self.received):08X}"

    def _authenticate(self, connection, session, envelope, mechanism, credentials):
        known = self._users.get(credentials.login.decode())
        success = known is not None and known == credentials.password.decode()
        return AuthResult(success=success, handled=False, auth_data=credentials)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)

    async def _listen(self):
        def factory():
            return _Connection(self, loop=self._loop, **self._options)

        self._server = await self._loop.create_server(factory, "127.0.0.1", 0, ssl=self._implicit_tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _drop(self):
        for connection in list(self.open):
            if connection.transport:
                connection.transport.close()

    async def _close(self):
        self._server.close()
        for connection in list(self.open):
            if connection.transport:
                connection.transport.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class ClosedPort:
    """A port of loopback where nobody listens, and nobody else will while this lives. Use as a context manager."""

    def __enter__(self):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self._socket.close()
