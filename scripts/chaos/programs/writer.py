"""A plain writer that knows nothing of sigctl: one long numbered line every 20 ms, straight to standard output."""

import os
import signal
import sys
import time

FOLDER = os.environ["CHAOS_EVIDENCE"]
KEY = os.environ["SIGCTL_SERVICE"]
PAD = "x" * 1500


def start_token(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(") ")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def append(kind, text):
    with open(os.path.join(FOLDER, f"{KEY}.{kind}"), "a", encoding="ascii") as file:
        file.write(text + "\n")


def previous_run():
    try:
        with open(os.path.join(FOLDER, f"{KEY}.runs"), encoding="ascii") as file:
            starts = [line.split() for line in file if line.startswith("start ")]
    except OSError:
        return None
    return starts[-1][1:] if starts else None


def uptime_ms():
    with open("/proc/uptime", encoding="ascii") as file:
        return round(float(file.read().split()[0]) * 1000)


ME = f"{os.getpid()} {start_token(os.getpid())}"
RUN = ME.replace(" ", "-")


def leave(*_):
    append("runs", f"end {ME} 0")
    os._exit(0)


previous = previous_run()
append("runs", f"start {ME}")
if previous and start_token(previous[0]) == previous[1]:
    append("runs", f"overlap {' '.join(previous)}")
signal.signal(signal.SIGINT, leave)
signal.signal(signal.SIGTERM, leave)

seq = 0
while True:
    seq += 1
    line = f"@{RUN}:{seq}; {PAD}\n".encode("ascii")
    try:
        if os.write(sys.stdout.fileno(), line) == len(line):
            append("acked", f"{RUN} {seq} {uptime_ms()}")
    except OSError:
        pass  # A full disk: this line is lost, and nobody was told otherwise.
    time.sleep(0.02)
