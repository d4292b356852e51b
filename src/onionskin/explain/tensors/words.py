"""The words in which tensors, their operations and their geometry are explained, in English and Korean."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, str]] = {
    "en": {
        # operations side by side
        "side by side": "{name}: {given}",
        "loop": "as a plain loop",
        "vector": "as one vector operation",
        "form": "form",
        "time": "time",
        "result": "result",
        "loop time": "loop",
        "vector time": "vector",
        "median": "median of {repeat}",
        "agree": "Both give the same result (largest difference {difference:.3g}).",
        "differ": "The two results differ, by up to {difference:.3g}.",
        "faster": "The vector form takes 1/{ratio:,.0f} of the loop's time.",
        "slower": "The vector form takes {ratio:.2g} times as long as the loop: these arrays are small.",
        "table": "Tensor operations as loops and as vector operations",
        "operation": "operation",
        "shapes": "shapes",
        "ratio": "loop / vector",
        "same": "same",
        "yes": "yes",
        "no": "no",
        # a tensor
        "tensor": "A tensor of rank {rank}",
        "property": "property",
        "value": "value",
        "rank": "rank (number of axes)",
        "shape": "shape",
        "dtype": "dtype",
        "elements": "elements",
        "memory": "memory",
        "strides": "strides",
        "strides of": "steps of {strides} bytes along the axes",
        "range": "values",
        "range of": "{low} to {high}",
        "kind": "It looks like {kind}.",
        "kind given": "Taken as {kind}.",
        "axis": "axis",
        "size": "size",
        "meaning": "meaning",
        "slices": "Slices",
        "slice": "slice",
        "batches": "Batches",
        "batches of": "{count:,} batches of {size}; the last has {last}.",
        "one batch": "All {last} samples fit into one batch of {size}.",
        "batch": "batch",
        "batch n": "batch {n}",
        # kinds of data
        "scalar": "a scalar: one number",
        "vector data": "vector data (samples, features)",
        "a vector": "a vector",
        "sequences": "sequences (samples, timesteps, features)",
        "grey images": "grey images (samples, height, width)",
        "images": "images, channels last (samples, height, width, channels)",
        "images first": "images, channels first (samples, channels, height, width)",
        "video": "video, channels last (samples, frames, height, width, channels)",
        "video first": "video, channels first (samples, frames, channels, height, width)",
        "tensor of": "a tensor of {rank} axes",
        "samples": "samples",
        "features": "features",
        "timesteps": "timesteps",
        "height": "height",
        "width": "width",
        "channels": "channels",
        "frames": "frames",
        "entries": "entries",
        "no name": "axis {axis}",
        "kinds": "Kinds of data and how large they are ({dtype})",
        "data": "data",
        "people": "100,000 people: age, postcode, income",
        "texts": "500 texts, how often each of 20,000 words",
        "prices": "250 trading days, 390 minutes, 3 prices",
        "tweets": "1,000,000 messages, 280 letters, one-hot over 128",
        "grey pictures": "128 grey pictures of 256×256",
        "colour pictures": "128 colour pictures of 256×256",
        "clips": "4 clips of 60 s, 4 frames a second, 144×256",
        # broadcasting
        "broadcasting": "Broadcasting {a} with {b}",
        "first": "a",
        "second": "b",
        "together": "result",
        "what happens": "what happens",
        "equal": "equal",
        "adds": "{name} has no such axis: added, repeated {times}×",
        "stretches": "{name} has size 1: repeated {times}×",
        "stretch both": "both have size 1",
        "clash": "{a} and {b}: neither is 1, so they do not fit",
        "fits": "Lined up from the right, the shapes fit: the result has shape {shape}.",
        "no fit": "The shapes do not fit: axis {axis} (number {place} from the right) is {a} in a and {b} in b. Only a "
        "size of 1 can be stretched.",
        "try": "b with shape {shape} would fit: its numbers would go along axis {axis}.",
        "library says": "The library refuses it in these words:",
        "copies": "In brackets: virtual copies, which take no memory.",
        # geometry
        "unfold": "{model}, layer by layer",
        "layer": "layer",
        "layer class": "class",
        "units": "units",
        "one unit": "1 unit: only left and right count",
        "plane of": "plane of the two widest directions",
        "straight": "linearly separated",
        "input": "input",
        "projected": "Layers with more than 2 units are shown in the plane of their two widest directions.",
        "separable at": "After {layer} the classes are linearly separable: straight cuts part them all.",
        "never": "After no layer are the classes linearly separable.",
        "translation": "translation",
        "rotation": "rotation",
        "scaling": "scaling",
        "shear": "shear",
        "linear": "linear",
        "affine": "affine",
        "affine relu": "affine, then relu",
        "transformation": "Tensor operations as geometry",
        "transformation name": "map",
        "formula": "formula",
        "area": "area ×",
    },
    "ko": {
        "side by side": "{name}: {given}",
        "loop": "단순 반복문",
        "vector": "벡터 연산 하나",
        "form": "형태",
        "time": "시간",
        "result": "결과",
        "loop time": "반복문",
        "vector time": "벡터 연산",
        "median": "{repeat}회의 중앙값",
        "agree": "두 결과가 같습니다 (가장 큰 차이 {difference:.3g}).",
        "differ": "두 결과가 다릅니다. 가장 큰 차이는 {difference:.3g}입니다.",
        "faster": "벡터 연산은 반복문이 걸린 시간의 1/{ratio:,.0f}만에 끝납니다.",
        "slower": "벡터 연산이 반복문보다 {ratio:.2g}배 오래 걸립니다. 배열이 작기 때문입니다.",
        "table": "반복문과 벡터 연산으로 본 텐서 연산",
        "operation": "연산",
        "shapes": "크기",
        "ratio": "반복문/벡터",
        "same": "일치",
        "yes": "예",
        "no": "아니요",
        "tensor": "랭크 {rank} 텐서",
        "property": "속성",
        "value": "값",
        "rank": "랭크(축의 개수)",
        "shape": "크기(shape)",
        "dtype": "자료형",
        "elements": "원소 수",
        "memory": "메모리",
        "strides": "보폭(strides)",
        "strides of": "축마다 {strides}바이트씩",
        "range": "값의 범위",
        "range of": "{low} ~ {high}",
        "kind": "추정한 데이터 종류: {kind}.",
        "kind given": "지정한 데이터 종류: {kind}.",
        "axis": "축",
        "size": "크기",
        "meaning": "의미",
        "slices": "슬라이스",
        "slice": "슬라이스",
        "batches": "배치",
        "batches of": "크기 {size}의 배치 {count:,}개이고, 마지막 배치는 {last}개입니다.",
        "one batch": "표본 {last}개가 크기 {size}의 배치 하나에 모두 들어갑니다.",
        "batch": "배치",
        "batch n": "{n}번 배치",
        "scalar": "스칼라: 숫자 하나",
        "vector data": "벡터 데이터 (표본, 특성)",
        "a vector": "벡터",
        "sequences": "시퀀스 (표본, 시간 단계, 특성)",
        "grey images": "흑백 이미지 (표본, 높이, 너비)",
        "images": "이미지, 채널 마지막 (표본, 높이, 너비, 채널)",
        "images first": "이미지, 채널 우선 (표본, 채널, 높이, 너비)",
        "video": "동영상, 채널 마지막 (표본, 프레임, 높이, 너비, 채널)",
        "video first": "동영상, 채널 우선 (표본, 프레임, 채널, 높이, 너비)",
        "tensor of": "축이 {rank}개인 텐서",
        "samples": "표본",
        "features": "특성",
        "timesteps": "시간 단계",
        "height": "높이",
        "width": "너비",
        "channels": "채널",
        "frames": "프레임",
        "entries": "원소",
        "no name": "{axis}번 축",
        "kinds": "데이터의 종류와 크기 ({dtype})",
        "data": "데이터",
        "people": "사람 100,000명: 나이, 우편번호, 소득",
        "texts": "글 500편, 단어 20,000개의 출현 횟수",
        "prices": "거래일 250일, 390분, 가격 3가지",
        "tweets": "메시지 1,000,000개, 글자 280개, 문자 128종의 원-핫",
        "grey pictures": "256×256 흑백 사진 128장",
        "colour pictures": "256×256 컬러 사진 128장",
        "clips": "60초 영상 4개, 초당 4프레임, 144×256",
        "broadcasting": "브로드캐스팅: {a}, {b}",
        "first": "a",
        "second": "b",
        "together": "결과",
        "what happens": "일어나는 일",
        "equal": "같음",
        "adds": "{name}에 없는 축이라 추가되어 {times}번 반복됨",
        "stretches": "{name}의 크기가 1이라 {times}번 반복됨",
        "stretch both": "둘 다 크기가 1",
        "clash": "{a}, {b}: 어느 쪽도 1이 아니라 맞지 않음",
        "fits": "오른쪽부터 맞추면 두 크기가 맞습니다. 결과의 크기는 {shape}입니다.",
        "no fit": "크기가 맞지 않습니다. 축 {axis}(오른쪽에서 {place}번째)의 크기가 a는 {a}, b는 {b}입니다. 크기가 1인 "
        "축만 늘릴 수 있습니다.",
        "try": "b의 크기가 {shape}이면 맞습니다. 그러면 b의 값이 축 {axis} 방향으로 놓입니다.",
        "library says": "라이브러리는 다음과 같이 거부합니다.",
        "copies": "괄호 안은 메모리를 쓰지 않는 가상의 복사본입니다.",
        "unfold": "{model}, 층마다",
        "layer": "층",
        "layer class": "클래스",
        "units": "유닛",
        "one unit": "유닛 1개: 좌우 위치만 의미가 있음",
        "plane of": "가장 넓게 퍼진 두 방향의 평면",
        "straight": "선형 분리된 비율",
        "input": "입력",
        "projected": "유닛이 2개보다 많은 층은 가장 넓게 퍼진 두 방향의 평면으로 나타냅니다.",
        "separable at": "{layer} 다음에는 클래스가 선형 분리됩니다. 곧은 경계로 모두 나눌 수 있습니다.",
        "never": "어느 층에서도 클래스가 선형 분리되지 않습니다.",
        "translation": "이동",
        "rotation": "회전",
        "scaling": "크기 변경",
        "shear": "기울이기",
        "linear": "선형 변환",
        "affine": "아핀 변환",
        "affine relu": "아핀 변환 뒤 relu",
        "transformation": "기하학으로 본 텐서 연산",
        "transformation name": "변환",
        "formula": "식",
        "area": "넓이 ×",
    },
}


def say(language: str, key: str, **values: Any) -> str:
    """Return a text in a language, with values filled in.

    Example:
        >>> say("ko", "rotation")
        '회전'
    """
    return WORDS[language][key].format(**values)


def size_text(nbytes: int) -> str:
    """Return a number of bytes in units of 1,024 bytes and their powers.

    Example:
        >>> size_text(784), size_text(424_673_280)
        ('784 B', '405.0 MiB')
    """
    size = float(nbytes)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1023.95 or unit == "TiB":
            break
        size /= 1024
    return f"{nbytes} B" if unit == "B" else f"{size:.1f} {unit}"


def time_text(seconds: float) -> str:
    """Return a time with three figures.

    Example:
        >>> time_text(0.0123), time_text(4.56e-6)
        ('12.3 ms', '4.56 µs')
    """
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= 0.9995 * scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
