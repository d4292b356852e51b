"""What dtypes a layer computes in and keeps its weights in: policies, under the names of `keras.dtype_policies`."""

from onionskin.dtype_policies.lookup import deserialize as deserialize
from onionskin.dtype_policies.lookup import dtype_policy as dtype_policy
from onionskin.dtype_policies.lookup import get as get
from onionskin.dtype_policies.lookup import serialize as serialize
from onionskin.dtype_policies.lookup import set_dtype_policy as set_dtype_policy
from onionskin.dtype_policies.policy import DTypePolicy as DTypePolicy
from onionskin.dtype_policies.policy import FloatDTypePolicy as FloatDTypePolicy
