"""The grammar: nodes, graphs, how they are recorded, walked and verified; knows no operation by name."""

from onionskin.graph.bind import bind as bind
from onionskin.graph.bind import concrete as concrete
from onionskin.graph.graph import Graph as Graph
from onionskin.graph.graph import free_inputs as free_inputs
from onionskin.graph.graph import inline as inline
from onionskin.graph.graph import listing as listing
from onionskin.graph.graph import replay as replay
from onionskin.graph.graph import substitute as substitute
from onionskin.graph.graph import topological as topological
from onionskin.graph.graph import trace as trace
from onionskin.graph.node import NUMBERS as NUMBERS
from onionskin.graph.node import OPERATORS as OPERATORS
from onionskin.graph.node import Node as Node
from onionskin.graph.node import as_node as as_node
from onionskin.graph.node import living as living
from onionskin.graph.node import make as make
from onionskin.graph.node import make_constant as make_constant
from onionskin.graph.node import make_input as make_input
from onionskin.graph.node import pick as pick
from onionskin.graph.primitive import CALL as CALL
from onionskin.graph.primitive import CONSTANT as CONSTANT
from onionskin.graph.primitive import INPUT as INPUT
from onionskin.graph.primitive import PICK as PICK
from onionskin.graph.primitive import Primitive as Primitive
from onionskin.graph.verify import check_closed as check_closed
from onionskin.graph.verify import verify as verify
