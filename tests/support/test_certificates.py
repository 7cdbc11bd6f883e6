"""Certificates for one test, made by the openssl program: an authority, and servers that it vouches for."""

import os
import ssl
import subprocess
import tempfile


class Authority:
    """A certificate authority in a folder of its own. Use as a context manager: it is gone afterwards."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="herald-ca-")
        self.certificate = self._path("ca.pem")
        self._openssl("req", "-x509", *NEW_KEY, "-keyout", self._path("ca.key"), "-out", self.certificate,
                      "-days", "2", "-subj", "/CN=Test authority",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def server_context(self, name="IP:127.0.0.1"):
        """What a server with this subjectAltName needs to speak TLS."""
        key, request, certificate = self._path("server.key"), self._path("server.csr"), self._path("server.pem")
        extensions = self._path("extensions")
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={name}\n")
        self._openssl("req", *NEW_KEY, "-keyout", key, "-out", request, "-subj", "/CN=mail.test")
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._path("ca.key"),
                      "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def _path(self, name):
        return os.path.join(self._folder.name, name)

    @staticmethod
    def _openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.decode(errors='replace')}")


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
