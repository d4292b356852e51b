"""Random tensors under the names of keras.random."""

from onionskin.random.draws import bernoulli as bernoulli
from onionskin.random.draws import categorical as categorical
from onionskin.random.draws import dropout as dropout
from onionskin.random.draws import normal as normal
from onionskin.random.draws import permutation as permutation
from onionskin.random.draws import randint as randint
from onionskin.random.draws import shuffle as shuffle
from onionskin.random.draws import truncated_normal as truncated_normal
from onionskin.random.draws import uniform as uniform
from onionskin.random.families import beta as beta
from onionskin.random.families import binomial as binomial
from onionskin.random.families import gamma as gamma
from onionskin.state import SeedGenerator as SeedGenerator
