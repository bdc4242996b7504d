"""``python -m service``: serve this machine, and this machine only."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

import uvicorn

from recommender.domain.errors import InvalidInput, TandemError
from recommender.settings import PREFIX, Settings, read_settings
from service.app import create_app
from service.running import opened

HOST = "127.0.0.1"
BACKLOG = 2048
LONGEST_GOODBYE_S = 10


class Server(uvicorn.Server):
    """A server that says where it listens, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            port = sockets[0].getsockname()[1]
            sys.stdout.write(
                f"Tandem listens on http://{HOST}:{port} "
                "(this machine only: there is no access control yet)\n"
            )
            sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve Tandem on this machine. Without an option, the variable "
        f"{PREFIX}<OPTION> or the default counts.",
    )
    parser.add_argument("--workspace", help="the folder that Tandem writes to")
    parser.add_argument("--port", help="where to listen; 0 takes a free port")
    parser.add_argument("--encoder", help="a model folder or a hub id")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = read_settings(**vars(parser.parse_args(arguments)))
    except InvalidInput as refusal:
        _complain(str(refusal))
        return 2
    try:
        listening = _listen(settings.port)
    except OSError as error:
        _complain(f"{HOST}:{settings.port} cannot be listened on ({error.strerror}). Try --port 0.")
        return 1
    with listening:
        try:
            return _serve(settings, listening)
        except TandemError as refusal:
            _complain(str(refusal))
            return 1


def _listen(port: int) -> socket.socket:
    """Return a listening socket of this machine alone.

    With the protocol named, unlike ``socket.create_server``: asyncio sets TCP_NODELAY only then,
    and without it each answer waits 40 ms for the client's delayed acknowledgement.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _serve(settings: Settings, listening: socket.socket) -> int:
    with opened(settings) as recommender:
        recommender.load()
        config = uvicorn.Config(
            create_app(settings, recommender),
            access_log=False,  # Paths hold ids, and ids are personal data.
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=LONGEST_GOODBYE_S,
        )
        server = Server(config)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
        return 0 if server.started else 1


def _complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
