"""What `scripts/deploy`, `scripts/rollback` and `scripts/smoke-test` are made of; the standard library is all it needs.

``errors <- packages, smoke, target, versions <- contexts, local_index, processes, releases <- ending, server <-
deploying``; ``cloud_foundry`` is the other kind of target.
"""
