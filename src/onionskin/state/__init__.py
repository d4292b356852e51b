"""What is remembered between calls: variables, seeds, and the door from stateful functions to pure graphs."""

from onionskin.state.call import CallContext as CallContext
from onionskin.state.call import calling as calling
from onionskin.state.call import current_call as current_call
from onionskin.state.masks import mask_of as mask_of
from onionskin.state.masks import masks_carried as masks_carried
from onionskin.state.masks import set_mask as set_mask
from onionskin.state.purify import Pure as Pure
from onionskin.state.purify import purify as purify
from onionskin.state.scope import EagerScope as EagerScope
from onionskin.state.scope import NumberedScope as NumberedScope
from onionskin.state.scope import Scope as Scope
from onionskin.state.scope import current as current
from onionskin.state.scope import number_of as number_of
from onionskin.state.scope import opened as opened
from onionskin.state.scope import tracing as tracing
from onionskin.state.seeds import SeedGenerator as SeedGenerator
from onionskin.state.seeds import draw_seed as draw_seed
from onionskin.state.seeds import seed_words as seed_words
from onionskin.state.seeds import set_random_seed as set_random_seed
from onionskin.state.stateless import StatelessScope as StatelessScope
from onionskin.state.variable import Variable as Variable
