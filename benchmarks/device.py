"""The benchmarks' device: ``python -m benchmarks.device N`` prints two ports, bulk and Modbus/TCP, and serves them.

Modbus is served on N loopback addresses, from 127.0.0.1 on.
"""

import socket
import sys
import threading

BLOCK = 1 << 20
REGISTERS = 10
ANSWER_TAIL = bytes([3, 2 * REGISTERS]) + bytes(range(2 * REGISTERS))


def serve_bulk(connection: socket.socket) -> None:
    """``U``: count what comes until the half-close, answer with the count. ``D``: send as many bytes as asked."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    buffer = bytearray(BLOCK)
    with connection:
        match connection.recv(1):
            case b"U":
                total = 0
                while size := connection.recv_into(buffer):
                    total += size
                connection.sendall(total.to_bytes(8))
            case b"D":
                left = int.from_bytes(connection.recv(8, socket.MSG_WAITALL))
                while left:
                    left -= connection.send(memoryview(buffer)[: min(left, len(buffer))])


def serve_modbus(connection: socket.socket) -> None:
    """Answer every 12-byte request with ten registers (MODBUS Application Protocol V1.1b3, 6.3)."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        while request := connection.recv(12, socket.MSG_WAITALL):
            length = (1 + len(ANSWER_TAIL)).to_bytes(2)
            connection.sendall(request[:4] + length + request[6:7] + ANSWER_TAIL)


def main() -> None:
    """Listen on two ports of the system's choice."""
    bulk, first = listen("127.0.0.1", 0), listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    others = [listen(f"127.0.0.{number + 1}", port) for number in range(1, int(sys.argv[1]))]
    print(bulk.getsockname()[1], port, flush=True)
    pairs = [(bulk, serve_bulk), *((listener, serve_modbus) for listener in (first, *others))]
    threads = [threading.Thread(target=accept, args=pair) for pair in pairs]
    threading.stack_size(256 * 1024)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def listen(host: str, port: int) -> socket.socket:
    """Listen for many who come at once."""
    return socket.create_server((host, port), backlog=2048)


def accept(listener: socket.socket, serve: object) -> None:
    """Serve each connection in a thread of its own."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
