"""The first values of weights."""

from onionskin.initializers.constant import Constant as Constant
from onionskin.initializers.constant import Constant as constant  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.constant import Ones as Ones
from onionskin.initializers.constant import Ones as ones  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.constant import Zeros as Zeros
from onionskin.initializers.constant import Zeros as zeros  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.distributions import RandomNormal as RandomNormal
from onionskin.initializers.distributions import RandomNormal as random_normal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.distributions import RandomUniform as RandomUniform
from onionskin.initializers.distributions import RandomUniform as random_uniform  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.distributions import TruncatedNormal as TruncatedNormal
from onionskin.initializers.distributions import TruncatedNormal as truncated_normal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.initializer import Initializer as Initializer
from onionskin.initializers.lookup import deserialize as deserialize
from onionskin.initializers.lookup import get as get
from onionskin.initializers.lookup import serialize as serialize
from onionskin.initializers.matrices import STFT as STFT
from onionskin.initializers.matrices import STFT as STFTInitializer  # noqa: F401,N811 - Keras's other name
from onionskin.initializers.matrices import STFT as stft  # noqa: F401,N811 - Keras's other name
from onionskin.initializers.matrices import Identity as Identity
from onionskin.initializers.matrices import Identity as IdentityInitializer  # noqa: F401 - Keras's other name
from onionskin.initializers.matrices import Identity as identity  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.matrices import Orthogonal as Orthogonal
from onionskin.initializers.matrices import Orthogonal as OrthogonalInitializer  # noqa: F401 - Keras's other name
from onionskin.initializers.matrices import Orthogonal as orthogonal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import GlorotNormal as GlorotNormal
from onionskin.initializers.scaling import GlorotNormal as glorot_normal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import GlorotUniform as GlorotUniform
from onionskin.initializers.scaling import GlorotUniform as glorot_uniform  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import HeNormal as HeNormal
from onionskin.initializers.scaling import HeNormal as he_normal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import HeUniform as HeUniform
from onionskin.initializers.scaling import HeUniform as he_uniform  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import LecunNormal as LecunNormal
from onionskin.initializers.scaling import LecunNormal as lecun_normal  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import LecunUniform as LecunUniform
from onionskin.initializers.scaling import LecunUniform as lecun_uniform  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import VarianceScaling as VarianceScaling
from onionskin.initializers.scaling import VarianceScaling as variance_scaling  # noqa: F401,N813 - Keras's other name
from onionskin.initializers.scaling import compute_fans as compute_fans
