"""What a process that runs foreign queries may not do: take all memory, or open a connection.

Both are second walls. The first are `kg.sparql.guard` and the limits of time and size, which hold on every system;
these hold on Linux (memory on most Unix systems), and where they are not to be had nothing is said.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import struct
import sys
from pathlib import Path
from typing import Final

__all__ = ["limit_memory", "refuse_connections"]

_SOCKET: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine → its mark in a seccomp filter, and the number of its system call `socket`."""
_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13
"""The call fails with EACCES."""


def limit_memory(most: int) -> None:
    """From now on this process gets no more than so many bytes beyond what it has."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        whole = _size(resource.getpagesize()) + most
        resource.setrlimit(resource.RLIMIT_AS, (whole, whole))


def refuse_connections() -> None:
    """From now on this process, with all its threads to come, opens no socket."""
    if sys.platform == "linux" and platform.machine() in _SOCKET:
        _refuse_sockets(*_SOCKET[platform.machine()])


def _size(page: int) -> int:
    """Bytes of address space in use; where the system does not say, enough for any start."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 1 << 30
    return pages * page


def _refuse_sockets(machine: int, call: int) -> None:
    """A filter of system calls: load the machine's mark and the call's number, refuse the one, allow all others."""
    steps = (
        (0x20, 0, 0, 4),
        (0x15, 0, 3, machine),
        (0x20, 0, 0, 0),
        (0x15, 0, 1, call),
        (0x06, 0, 0, _REFUSE),
        (0x06, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    prctl(_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0)
