"""How many questions a client may ask in a minute, for one process."""

import time
from dataclasses import dataclass, field

NUMBER, SECONDS = 600, 60
CLIENTS = 10_000
"""Of which something is remembered: beyond it all are forgotten."""


@dataclass
class Allowances:
    """Questions of each client within the present minute."""

    number: int = NUMBER
    seconds: int = SECONDS
    since: float = field(default_factory=time.monotonic)
    used: dict[str, int] = field(default_factory=dict)

    def take(self, client: str) -> int:
        """What is left to this client after one more question; below zero it had none left."""
        now = time.monotonic()
        if now - self.since >= self.seconds or len(self.used) >= CLIENTS:
            self.since, self.used = now, {}
        self.used[client] = self.used.get(client, 0) + 1
        return self.number - self.used[client]

    def reset_in(self) -> int:
        """Seconds until the next minute begins."""
        return max(1, round(self.seconds - (time.monotonic() - self.since)))
