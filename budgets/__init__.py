"""`make budgets`: measure the readers' pages as they are served; fail on what is too large, asked elsewhere or wrong.

Bytes and requests are a browser's, findings the Nu HTML checker's, scores Lighthouse's.
"""
