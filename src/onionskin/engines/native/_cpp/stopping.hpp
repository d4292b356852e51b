// Whether what runs is to end early. A file of its own, since kernels include it: see watch.hpp for the rest.
#pragma once

namespace onionskin {

// True where the call that runs on this thread, or that this thread helps, is to end. Then the work may be
// left undone: whoever watches the call hears of it. It costs a few nanoseconds, so it is asked between any
// two tasks, instructions or blocks; once in some 40 ms it asks Python.
bool stopping();

} // namespace onionskin
