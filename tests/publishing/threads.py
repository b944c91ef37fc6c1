"""Calls at the same moment, each in a thread with a connection of its own."""

import threading

from django.db import connection


def at_once(*calls):
    """Run `calls` at the same moment; return what each returned, or the exception it raised."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results
