"""A TCP proxy that can hang, drop its connections, or be gone."""

import socket
import struct
import threading
from contextlib import suppress

PIECE = 65_536
RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of 127.0.0.1 and forwards to `target`, a host and port or the path of a Unix socket."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        """Begin to forward."""
        self._target = target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hang(self) -> None:
        """Take whatever comes and forward nothing until `flow`."""
        self._flows.clear()

    def flow(self) -> None:
        """Forward again."""
        self._flows.set()

    def drop(self) -> None:
        """Reset all connections; new ones are welcome."""
        with self._lock:
            dropped, self._open = self._open, set()
        for one in dropped:
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RD)  # wakes whoever reads
            one.close()

    def close(self) -> None:
        """Listen and forward no longer."""
        self._listener.close()
        self.flow()
        self.drop()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = self._connect()
                except OSError:
                    near.close()
                    continue
                with self._lock:
                    self._open |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            return far
        return socket.create_connection(self._target, timeout=None)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while piece := source.recv(PIECE):
                self._flows.wait()
                sink.sendall(piece)
        with self._lock:
            self._open -= {source, sink}
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
