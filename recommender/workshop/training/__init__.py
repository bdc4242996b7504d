"""How Tandem's bilingual encoder is made; ``python -m recommender.workshop encoder`` runs it.

Four stages, each in a module: a vocabulary with German pieces, their first vectors, distillation
from the English teacher, and contrast on the skill catalogue. Nothing that serves requests
imports this package.
"""
