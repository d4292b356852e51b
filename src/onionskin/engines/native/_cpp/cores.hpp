// How many processors this process may use.
#pragma once

namespace onionskin {

// Those that the calling thread may run on, at most as many as its control group grants time for; at least 1.
int usable_cores();

} // namespace onionskin
