"""The fork server of one Python environment: python -m flows.worker SOCKET IMPORTS.json

A warm parent imports what the environment's scripts import and forks a step's process from there. Standard library only.

    parent   listens on the socket, imports, forks; never reads a request, so it holds no step's secrets and no step can hurt it
    keeper   one for each step that runs: forks the script's process, passes the request on, carries out the hub's orders, reports the end, leaves
             nothing behind, and then waits for another step
    script   in a session of its own, with the environment, folder, outputs and limits of the request, and nothing else

A fork costs more than many a step does, so keeper and script's process of the next step are forked while nobody waits for them. They know
nothing of any step, and end when the parent does, or when it has imported more than they have. A step's request passes through its keeper unread
and is wiped there: the next step's process, forked from the same keeper, finds nothing of it.

The hub opens a connection for each step, which the parent hands to a keeper that waits, and sends two messages, with the first the descriptors of
standard output and error: each four bytes of length (big endian), then JSON: for the keeper arguments, folder, limits (memory in bytes, cpu in seconds,
files); for the script the same, module and environment. Then single bytes: T asks the script's group to end, K ends it. A closed connection means the hub is gone, and is K. The keeper answers in lines:
"started PID" before the script's first instruction, "ended CODE SECONDS BYTES PASSED FILES" once its last process is gone: CODE is
128 + signal when one ended it, then processor time, peak memory, and the limit that was passed ("memory", "cpu" or "-"), and, if its files
were to be looked at, what was seen of them, as JSON.
"""
