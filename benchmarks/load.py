"""The load: the same bytes through whatever listens on a local port, measured where the user sits."""

import socket
import time

SECONDS = 120
BLOCK = bytes(1 << 20)
MIB = 1 << 20
READ = bytes.fromhex("0000000000060103000A000A")
ANSWER_BYTES = 29


def connect(port: int) -> socket.socket:
    """Connect without Nagle's delay."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def throughput_up(port: int, size: int) -> float:
    """MiB/s towards the device, until it has counted every byte."""
    with connect(port) as connection:
        begin = time.perf_counter()
        connection.sendall(b"U")
        for _ in range(size // len(BLOCK)):
            connection.sendall(BLOCK)
        connection.shutdown(socket.SHUT_WR)
        if int.from_bytes(connection.recv(8, socket.MSG_WAITALL)) != size:
            raise RuntimeError("bytes were lost on the way up")
        return size / (time.perf_counter() - begin) / MIB


def throughput_down(port: int, size: int) -> float:
    """MiB/s from the device."""
    buffer, total = bytearray(MIB), 0
    with connect(port) as connection:
        begin = time.perf_counter()
        connection.sendall(b"D" + size.to_bytes(8))
        while count := connection.recv_into(buffer):
            total += count
        if total != size:
            raise RuntimeError("bytes were lost on the way down")
        return size / (time.perf_counter() - begin) / MIB


def round_trips(port: int, count: int) -> list[float]:
    """Seconds of single Modbus reads, one after the other; the first tenth warms up and is left out."""
    times = []
    with connect(port) as connection:
        for number in range(count):
            request = (number & 0xFFFF).to_bytes(2) + READ[2:]
            begin = time.perf_counter()
            connection.sendall(request)
            answer = connection.recv(ANSWER_BYTES, socket.MSG_WAITALL)
            times.append(time.perf_counter() - begin)
            if len(answer) != ANSWER_BYTES or answer[:2] != request[:2]:
                raise RuntimeError(f"not the answer to the request: {answer.hex()}")
    return times[count // 10 :]


def openings(port: int, count: int) -> list[float]:
    """Seconds from connecting to the first answer, one stream after the other."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        with connect(port) as connection:
            connection.sendall(READ)
            if len(connection.recv(ANSWER_BYTES, socket.MSG_WAITALL)) != ANSWER_BYTES:
                raise RuntimeError("the stream was closed instead of opened")
            times.append(time.perf_counter() - begin)
    return times


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
