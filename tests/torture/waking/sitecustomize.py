"""Read by each Python that the rig starts in 2019. libfaketime 0.9.10 makes an absolute deadline of the steady clock
invalid, with which Python's `time.sleep` waits: programs died of their first sleep. A select's wait is relative."""

import select
import time
from typing import Any


def sleep(seconds: Any) -> None:
    select.select([], [], [], float(seconds))


time.sleep = sleep
