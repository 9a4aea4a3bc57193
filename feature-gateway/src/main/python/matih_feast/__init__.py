"""The one process that writes to Feast: definitions in, materialization, and Feast's own online endpoints.

Each tenant is a Feast project with its own schema in the online store; the registry is shared by all.
"""
