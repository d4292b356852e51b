"""The words of drawn computational graphs, in English and Korean."""

from __future__ import annotations

from onionskin.base.languages import known_language

WORDS = {
    "en": {
        "loss": "loss",
        "result": "result",
        "sum": "sum of the result",
        "weights": "{n:,} weights",
        "weight": "1 weight",
        "operations": "{n:,} operations",
        "operation": "1 operation",
        "backward": "{name}: backward",
        "update": "{name}: update",
        "optimizer": "optimizer",
        "new": "new {name}",
        "output first": "output first",
        "value": "value",
        "derivative": "derivative",
        "graph of": "computational graph of {name}",
        "all": "open all",
        "none": "close all",
        "hint": "Click a layer to open or close it.",
        "legend": "→ values forward    ⇠ derivatives backward",
    },
    "ko": {
        "loss": "손실",
        "result": "결과",
        "sum": "결과의 합",
        "weights": "가중치 {n:,}개",
        "weight": "가중치 1개",
        "operations": "연산 {n:,}개",
        "operation": "연산 1개",
        "backward": "{name}: 역전파",
        "update": "{name}: 갱신",
        "optimizer": "옵티마이저",
        "new": "새 {name}",
        "output first": "출력부터",
        "value": "값",
        "derivative": "미분",
        "graph of": "{name}의 계산 그래프",
        "all": "모두 펼치기",
        "none": "모두 접기",
        "hint": "층을 누르면 펼치거나 접습니다.",
        "legend": "→ 순전파의 값    ⇠ 역전파의 미분",
    },
}


def words_of(language: str, where: str) -> dict[str, str]:
    """Return the words of a language.

    Raises:
        UnknownNameError: there are none in this language.
    """
    return WORDS[known_language(language, where)]
