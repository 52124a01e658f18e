"""A process that takes orders as a printer does, and does what the HTML says instead."""

import faulthandler
import os
import signal
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from grants.papers.typesetting.printer import Order, Unprinted


def answer_to(order: Order) -> bytes | Unprinted:
    faulthandler.dump_traceback_later(order.limit, exit=True)
    word, _space, more = order.given["html"].partition(" ")
    match word:
        case "waits":
            while not Path(more).exists():
                time.sleep(0.01)
        case "hangs" | "<!DOCTYPE":  # whatever a page wants printed
            time.sleep(600)
        case "stops":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "fails":
            return Unprinted(names_more=False, failure="ValueError: no such page")
        case "names":
            return Unprinted(names_more=True)
    faulthandler.cancel_dump_traceback_later()
    return f"{os.getpid()} {order.given['html']}".encode()


if __name__ == "__main__":
    with Connection(int(sys.argv[1])) as pipe, suppress(EOFError):
        pipe.send(None)
        while True:
            pipe.send(answer_to(pipe.recv()))
