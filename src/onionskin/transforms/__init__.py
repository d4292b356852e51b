"""Graph to graph: derivatives, simplification, stable forms."""

from onionskin.prims.movement import zeros as zeros
from onionskin.transforms.forward import push_forward as push_forward
from onionskin.transforms.reverse import cotangents_of as cotangents_of
from onionskin.transforms.reverse import differentiate as differentiate
from onionskin.transforms.reverse import pullback as pullback
from onionskin.transforms.simplify import simplify as simplify
from onionskin.transforms.stabilize import stabilize as stabilize
from onionskin.transforms.stabilize import stabilized as stabilized
from onionskin.transforms.widen import widened as widened
