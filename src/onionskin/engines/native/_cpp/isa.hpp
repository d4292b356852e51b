// Which instruction set's kernels are used.
#pragma once

#include "kernels.hpp"

#include <string>
#include <vector>

namespace onionskin {

// The kernels in use: the best that the processor has, or what ONIONSKIN_ISA or set_isa names.
const Kernels& active();

// The names of those that this processor can run, the plainest first.
std::vector<std::string> isas();

// Uses the kernels of this name from now on. Throws std::invalid_argument where the processor lacks them.
void set_isa(const std::string& name);

} // namespace onionskin
