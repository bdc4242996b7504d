"""A vocabulary of two languages: the teacher's word pieces, and German ones behind them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, models, trainers

GERMAN_PIECES = 21_000
LEARNED = 30_000


def bilingual_tokenizer(teacher: Path, german: Iterable[str]) -> Tokenizer:
    """Return the teacher's tokenizer with up to 21,000 German pieces added to its vocabulary.

    The teacher's pieces keep their numbers, and its normaliser (lower case, no accents) stays, so
    English words that it knows are cut as before.

    Args:
        teacher: The teacher's ``tokenizer.json``.
        german: German text, in any order that is the same every time.
    """
    settings = json.loads(teacher.read_text(encoding="utf-8"))
    vocabulary = dict(settings["model"]["vocab"])
    for piece in _learn_pieces(teacher, german):
        if piece not in vocabulary:
            vocabulary[piece] = len(vocabulary)
        if len(vocabulary) == len(settings["model"]["vocab"]) + GERMAN_PIECES:
            break
    settings["model"]["vocab"] = vocabulary
    settings["padding"] = settings["truncation"] = None  # the model decides how long a text may be
    return Tokenizer.from_str(json.dumps(settings))


def _learn_pieces(teacher: Path, german: Iterable[str]) -> list[str]:
    learner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    like = Tokenizer.from_file(str(teacher))
    learner.normalizer = like.normalizer
    learner.pre_tokenizer = like.pre_tokenizer
    texts = list(german)
    # The trainer numbers "##a" to "##z" as its hash table happens to yield them, and lets these
    # numbers break ties; naming them beforehand makes the same text give the same vocabulary.
    letters = sorted({letter for text in texts for letter in like.normalizer.normalize_str(text)})
    learner.train_from_iterator(
        texts,
        trainers.WordPieceTrainer(
            vocab_size=LEARNED,
            min_frequency=3,
            special_tokens=["[UNK]", *(f"##{letter}" for letter in letters if letter.strip())],
            continuing_subword_prefix="##",
            show_progress=False,
        ),
    )
    learned = learner.get_vocab()
    return sorted(learned, key=learned.__getitem__)
