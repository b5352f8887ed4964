"""The REST API: every Resource as JSON, for programs that come with a token.

It has no rules of its own. Who may, what is seen, what is valid and what happens is said by the resource, its form and its
services, as for the pages; here stand only the ways in and out: strict JSON, tokens, limits, keys against repetition.
"""
