"""The words of the reports, in English and Korean, and which of the two the environment asks for."""

from __future__ import annotations

import os
from typing import Any

LANGUAGES = ("en", "ko")

WORDS: dict[str, dict[str, str]] = {
    # what is trained
    "data": {"en": "data", "ko": "데이터"},
    "samples of": {
        "en": "{train:,} training and {test:,} test samples, {classes} classes",
        "ko": "훈련 표본 {train:,}개, 시험 표본 {test:,}개, 클래스 {classes}개",
    },
    "network": {"en": "network", "ko": "신경망"},
    "weights": {"en": "{n:,} weights", "ko": "가중치 {n:,}개"},
    "goes on": {"en": "goes on from {file}", "ko": "{file}에서 이어서 훈련"},
    "training": {"en": "training", "ko": "훈련 방법"},
    "how": {
        "en": "{optimizer}, learning rate {rate}, batches of {batch:,}, {epochs:,} epochs, seed {seed}",
        "ko": "{optimizer}, 학습률 {rate}, 배치 {batch:,}개, {epochs:,} 에포크, 시드 {seed}",
    },
    # what came out
    "result": {"en": "Result: {name}", "ko": "결과: {name}"},
    "train": {"en": "train", "ko": "훈련"},
    "validation": {"en": "validation", "ko": "검증"},
    "test": {"en": "test", "ko": "시험"},
    "samples": {"en": "samples", "ko": "표본"},
    "accuracy": {"en": "accuracy", "ko": "정확도"},
    "loss": {"en": "loss", "ko": "손실"},
    "confusion": {
        "en": "Test samples: what they are (rows), what they were read as (columns)",
        "ko": "시험 표본: 실제 클래스(행)와 예측한 클래스(열)",
    },
    "right": {"en": "right", "ko": "정답률"},
    "trained in": {"en": "Trained in {seconds}.", "ko": "훈련 시간 {seconds}."},
    "evaluated": {"en": "{file} on {name}", "ko": "{name}(으)로 시험한 {file}"},
    "files": {"en": "Files in {folder}", "ko": "파일: {folder}"},
    "model.onionskin": {"en": "the trained network", "ko": "훈련한 신경망"},
    "model.previous.onionskin": {"en": "the network that was here before", "ko": "이전에 있던 신경망"},
    "curves.png": {"en": "loss and accuracy, epoch by epoch", "ko": "에포크별 손실과 정확도"},
    "confusion.png": {"en": "confusion matrix of the test", "ko": "시험의 혼동 행렬"},
    "wrong.png": {"en": "test images that were read wrong", "ko": "잘못 읽은 시험 이미지"},
    "boundary.png": {"en": "the boundary among the colours, in 3-D", "ko": "색 공간의 3차원 결정 경계"},
    "try": {"en": "Try it: {command}", "ko": "사용해 보기: {command}"},
    "measuring": {"en": "measuring and drawing", "ko": "측정하고 그리는 중"},
    "no plots": {"en": "No plots: {why} To have them: {fix}", "ko": "그림 없음: {why} 설치 방법: {fix}"},
    "note": {"en": "note", "ko": "참고"},
    # Ctrl-C
    "stopped": {
        "en": "Stopped in epoch {epoch:,} of {epochs:,}, after step {steps:,} of it.",
        "ko": "{epochs:,} 에포크 중 {epoch:,}번째에서, 그 에포크의 {steps:,}단계 뒤에 중단했습니다.",
    },
    "kept": {"en": "The model trained so far is saved: {file}", "ko": "여기까지 훈련한 모델을 저장했습니다: {file}"},
    "go on": {"en": "To go on: {command}", "ko": "이어서 하려면: {command}"},
    "nothing kept": {"en": "Stopped.", "ko": "중단했습니다."},
    # predictions
    "input": {"en": "input", "ko": "입력"},
    "colour": {"en": "colour", "ko": "색"},
    "font": {"en": "font", "ko": "글자"},
    "prediction": {"en": "prediction", "ko": "예측"},
    "probability": {"en": "probability", "ko": "확률"},
    "next": {"en": "next", "ko": "다음"},
    "is": {"en": "is", "ko": "정답"},
    "yes": {"en": "yes", "ko": "예"},
    "no": {"en": "no", "ko": "아니요"},
    "of which": {
        "en": "{shown:,} of {n:,} shown; --limit 0 shows all.",
        "ko": "{n:,}개 중 {shown:,}개 표시; 모두 보려면 --limit 0.",
    },
    "share right": {"en": "{right:,} of {n:,} right ({share}).", "ko": "{n:,}개 중 {right:,}개 정답 ({share})."},
    "ask": {
        "en": "Type a background colour, such as 255,200,0 or #ffc800 or gold; an empty line ends.",
        "ko": "배경색을 입력하세요. 예: 255,200,0 또는 #ffc800 또는 gold. 빈 줄을 입력하면 끝납니다.",
    },
    "not scaled": {
        "en": "the model does not scale its inputs, so they were divided by {divisor:g} for it",
        "ko": "모델에 입력의 크기를 조정하는 층이 없어 입력을 {divisor:g}(으)로 나누었습니다",
    },
    "small": {
        "en": "all inputs are from 0 to 1; this model takes numbers from 0 to {divisor:g}",
        "ko": "모든 입력이 0에서 1 사이입니다. 이 모델은 0에서 {divisor:g} 사이의 수를 받습니다",
    },
    "name light": {"en": "LIGHT", "ko": "밝은 글자"},
    "name dark": {"en": "DARK", "ko": "어두운 글자"},
    "light font": {"en": "light font", "ko": "밝은 글자"},
    "dark font": {"en": "dark font", "ko": "어두운 글자"},
    # the catalogue
    "name": {"en": "name", "ko": "이름"},
    "what": {"en": "what", "ko": "내용"},
    "shape": {"en": "shape", "ko": "모양"},
    "classes": {"en": "classes", "ko": "클래스"},
    "here": {"en": "here", "ko": "준비됨"},
    "licence": {"en": "licence", "ko": "라이선스"},
    "download of": {"en": "no: downloads {size}", "ko": "아니요: {size} 내려받음"},
    "not installed": {"en": "no: needs {what}", "ko": "아니요: {what} 필요"},
    "description font-shade": {
        "en": "Light or dark font: which one reads better on a background colour",
        "ko": "배경색에서 밝은 글자와 어두운 글자 중 어느 쪽이 더 잘 보이는지",
    },
    "description digits": {"en": "Handwritten digits, small: 8×8 pixels", "ko": "작은 손글씨 숫자: 8×8 화소"},
    "description mnist": {"en": "Handwritten digits: 28×28 pixels", "ko": "손글씨 숫자: 28×28 화소"},
    "description fashion-mnist": {"en": "Clothes in ten kinds: 28×28 pixels", "ko": "열 가지 옷: 28×28 화소"},
    # the demonstration
    "summary": {"en": "Summary", "ko": "요약"},
    "test accuracy": {"en": "test\naccuracy", "ko": "시험\n정확도"},
    "unit seconds": {"en": " s", "ko": "초"},
    "seconds": {"en": "seconds", "ko": "초"},
    "files column": {"en": "files", "ko": "파일"},
    "left out": {"en": "{name} is left out: {why}", "ko": "{name}은(는) 건너뜁니다: {why}"},
    "not here": {
        "en": "it is not on this machine; onionskin train {name} downloads {size}",
        "ko": "이 컴퓨터에 없습니다. onionskin train {name} 명령이 {size}를 내려받습니다",
    },
    "needs": {"en": "it needs {what}", "ko": "{what} 설치가 필요합니다"},
    # errors
    "error": {"en": "error", "ko": "오류"},
}


class Words:
    """Looks words up in one language.

    Args:
        language: "en", "ko", or None for that of the environment.

    Example:
        >>> Words("ko")("test"), Words("en")("weights", n=1200)
        ('시험', '1,200 weights')
    """

    def __init__(self, language: str | None = None) -> None:
        self.language = environment_language() if language is None else language

    def __call__(self, key: str, **values: Any) -> str:
        """Return a text with values filled in."""
        return WORDS[key][self.language].format(**values)

    def own(self, text: str) -> str:
        """Return a class name in this language where the table has it, else as it is."""
        return WORDS[text][self.language] if text in ("light font", "dark font") else text


def environment_language() -> str:
    """Return "ko" where the locale of the environment is Korean, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"
