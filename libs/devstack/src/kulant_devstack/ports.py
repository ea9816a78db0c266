"""Free TCP ports on the loopback interface, and asking whether somebody listens on one."""

import json
import secrets
import socket
from pathlib import Path

from kulant_devstack.errors import StackFailed

LOOPBACK = "127.0.0.1"
# Below the range from which systems take ports for outgoing connections: a client that keeps knocking while its
# server restarts could else be given the server's own port.
_RANGE = range(15_000, 32_000)


def free_ports(count: int) -> list[int]:
    """That many different ports nobody listens on now."""
    found: set[int] = set()
    for _ in range(1_000):
        if len(found) == count:
            return sorted(found)
        port = secrets.choice(_RANGE)
        if is_free(port):
            found.add(port)
    raise StackFailed("No free TCP ports were found between 15000 and 32000 on 127.0.0.1.")


def kept_ports(file: Path, count: int) -> list[int]:
    """The ports that were noted in this file at an earlier start, if all are free; else new ones, noted there."""
    ports: list[int] = json.loads(file.read_text()) if file.exists() else []
    if len(ports) != count or not all(map(is_free, ports)):
        ports = free_ports(count)
        file.write_text(json.dumps(ports))
    return ports


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def is_listening(port: int) -> bool:
    """Whether a server accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
