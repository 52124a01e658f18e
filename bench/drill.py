"""The restore drill: a backup while people write, restored elsewhere and checked, with the times.

The installation holds the demonstration and is served; three writers and two browsers write while
the backup is taken. `flask restore` compares what it restored with the manifest of the backup:
every balance, every row of the trail, every file. The drill ends with 1 if anything differs.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from bench._served import ROOT, command_of
from bench.kills import (
    CURRENCIES,
    MailServer,
    Stand,
    browser_of_an_officer,
    stand_of,
    type_rates,
    write,
)

SETTLED = 3
"""Seconds of writing before the backup begins."""


def run(stand: Stand, *words: str) -> tuple[int, float]:
    """A command of the installation, with what it prints: exit code and seconds."""
    print(f"\n  flask {' '.join(words)}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        command_of(*words),
        cwd=ROOT,
        env=stand.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    for line in (done.stdout + done.stderr).splitlines():
        print(f"    {line}")
    print(f"    exit {done.returncode}, {seconds:.1f} s")
    return done.returncode, seconds


def backed_up(stand: Stand, file: Path) -> int:
    """Take the backup while people write; how many of their writes were acknowledged meanwhile."""
    over, emails, rates = Event(), list[str](), list[str]()
    browsers = {currency: browser_of_an_officer(stand, currency) for currency in CURRENCIES}
    with ThreadPoolExecutor(5) as pool:
        writers = [pool.submit(write, stand, name, over, emails) for name in range(3)]
        writers += [
            pool.submit(type_rates, stand, browser, currency, over, rates)
            for currency, browser in browsers.items()
        ]
        try:
            time.sleep(SETTLED)
            before = len(emails), len(rates)
            code, _seconds = run(stand, "backup", str(file))
            print(
                f"    meanwhile acknowledged: {len(emails) - before[0]} e-mails, "
                f"{len(rates) - before[1]} rates"
            )
        finally:
            over.set()
    for writer in writers:
        writer.result()
    return code


def drill(folder: Path) -> bool:
    mail = MailServer()
    mail.serve()
    here, there = (stand_of(folder / name, mail) for name in ("here", "there"))
    file = folder / "backup.p20"
    for command in ("setup", "demo"):
        here.run(command)
    here.start()
    try:
        here.until_ready()
        print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
        codes = [backed_up(here, file)]
    finally:
        here.stop()
    codes += [run(there, "restore", str(file))[0]]
    codes += [run(there, name, "verify")[0] for name in ("ledger", "trail")]
    again, _seconds = run(there, "restore", str(file))
    return codes == [0, 0, 0, 0] and again == 2  # refused: it is not empty


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="p20-drill-", ignore_cleanup_errors=True) as folder:
        sys.exit(0 if drill(Path(folder)) else "the restored installation differs")


if __name__ == "__main__":
    main()
