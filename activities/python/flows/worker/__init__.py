"""The fork server of one Python environment: python -m flows.worker SOCKET IMPORTS.json

A warm parent imports what the environment's scripts import and forks a step's process from there. Standard library only.

    parent   listens on the socket, imports, forks; never reads a request, so it holds no step's secrets and no step can hurt it
    keeper   one for each step: reads the request, forks the script, carries out the hub's orders, reports the end, leaves nothing behind
    script   in a session of its own, with the environment, folder, outputs and limits of the request, and nothing else

The hub opens a connection for each step and sends one message with the descriptors of standard output and error:
four bytes of length (big endian), then JSON: module, arguments, environment, folder, limits (memory in bytes, cpu in seconds,
files). Then single bytes: T asks the script's
group to end, K ends it. A closed connection means the hub is gone, and is K. The keeper answers in lines:
"started PID" before the script's first instruction, "ended CODE SECONDS BYTES PASSED" once its last process is gone: CODE is
128 + signal when one ended it, then processor time, peak memory, and the limit that was passed ("memory", "cpu" or "-").
"""
