"""A whole Polyfeed of several processes on this machine, for `make cluster`, the tests and the benchmarks.

Everything listens on loopback and keeps what it writes in a folder of its own: nothing of the machine's own PostgreSQL,
Redis or nginx is read or changed. Nothing here is imported by the service.
"""
