"""The bodies of requests and answers, and the way between them and the domain.

Answers are written straight from the domain's dataclasses; their models here describe them in
/openapi.json, and a test holds the two together.
"""
