"""The words of the reports, in English and Korean, and which of the two the environment asks for."""

from __future__ import annotations

import os
from typing import Any

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
    # the shell
    "ask": {
        "en": "Type a background colour: 255,200,0 or #ffc800 or gold (help; empty line ends).",
        "ko": "배경색 입력: 255,200,0 또는 #ffc800 또는 gold (도움말: help, 끝: 빈 줄).",
    },
    "shell read": {"en": "The network of {file} answers.", "ko": "{file}의 신경망이 답합니다."},
    "shell trains": {
        "en": "Training 3-3-1 on {samples:,} colours: {steps:,} steps of one each, learning rate {rate}.",
        "ko": "3-3-1 신경망을 색 {samples:,}개로 훈련합니다: 하나씩 {steps:,}단계, 학습률 {rate}.",
    },
    "shell trained": {
        "en": "Trained in {seconds}: {after} of {tests:,} test colours right ({before} before training).",
        "ko": "훈련 시간 {seconds}. 시험용 색 {tests:,}개의 정확도 {after} (훈련 전 {before}).",
    },
    "shown": {"en": "{name}, {part} sample {number:,}: {label}", "ko": "{name}, {part} 표본 {number:,}: {label}"},
    "written": {"en": "Written: {file}", "ko": "파일: {file}"},
    "training now": {"en": "training", "ko": "훈련하는 중"},
    "shell saved": {"en": "Saved in {file}.", "ko": "{file}에 저장했습니다."},
    "shell help": {
        "en": "R,G,B            three numbers from 0 to 255: 255,200,0 or rgb(255, 200, 0)\n"
        "#rrggbb or #rgb  a colour as a web page writes it: #ffc800 or #fc0\n"
        "a name           of CSS: gold, navy, rebeccapurple\n"
        "why              the numbers by which the network read the last colour\n"
        "help             this list\n"
        "quit or exit     ends, as an empty line, Ctrl-C and Ctrl-D do",
        "ko": "R,G,B            0에서 255 사이의 수 세 개: 255,200,0 또는 rgb(255, 200, 0)\n"
        "#rrggbb, #rgb    웹 페이지에 쓰는 색: #ffc800 또는 #fc0\n"
        "이름             CSS 색 이름: gold, navy, rebeccapurple\n"
        "why 또는 왜      신경망이 마지막 색을 계산한 과정의 수\n"
        "help 또는 도움말 이 목록\n"
        "quit 또는 끝     끝내기. 빈 줄, Ctrl-C, Ctrl-D도 같습니다",
    },
    "command help": {"en": "help ?", "ko": "도움말"},
    "command why": {"en": "why", "ko": "왜"},
    "command quit": {"en": "quit exit", "ko": "끝 종료"},
    "why nothing": {"en": "no colour was typed yet.", "ko": "아직 입력한 색이 없습니다."},
    "colour name": {"en": "this is no colour.", "ko": "색이 아닙니다."},
    "colour near": {"en": "this is no colour; did you mean {detail}?", "ko": "색이 아닙니다. {detail}인가요?"},
    "colour count": {
        "en": "a colour has three numbers, not {detail}.",
        "ko": "색은 수 세 개인데 {detail}개입니다.",
    },
    "colour range": {"en": "{detail} is above 255.", "ko": "{detail}은(는) 255보다 큽니다."},
    "colour whole": {
        "en": "the three numbers are whole ones from 0 to 255.",
        "ko": "세 수는 0에서 255 사이의 정수입니다.",
    },
    "colour hex": {
        "en": "after # stand 3 or 6 digits of 0-9 and a-f.",
        "ko": "# 뒤에는 0-9, a-f 중 3자리나 6자리를 씁니다.",
    },
    "colour example": {
        "en": "Try 255,200,0 or gold.",
        "ko": "입력 예: 255,200,0 또는 gold.",
    },
    "swatch": {"en": "Can you read this?", "ko": "잘 읽히나요?"},
    "contrast": {"en": "contrast {ratio:.1f} to 1", "ko": "대비 {ratio:.1f}:1"},
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
