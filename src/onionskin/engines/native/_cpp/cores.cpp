// Counts usable processors; see cores.hpp.
#include "cores.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace onionskin {
namespace {

// Processors' worth of time that one folder of a control group grants; infinite where it sets no limit.
double granted(const std::string& folder) {
  double quota = -1, period = 0;
  if (std::ifstream both(folder + "/cpu.max"); both) // "max 100000" or "50000 100000"
    both >> quota >> period;
  else {
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  }
  return quota > 0 && period > 0 ? quota / period : HUGE_VAL;
}

// The least that the control groups of this process and those above them grant; read once, as it seldom
// changes.
double granted() {
  double least = std::min(granted("/sys/fs/cgroup"), granted("/sys/fs/cgroup/cpu"));
  std::ifstream groups("/proc/self/cgroup"); // lines as "0::/a/b" and "4:cpu,cpuacct:/a/b"
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      continue;
    std::string kinds(1, ',');
    kinds.append(line, first + 1, second - first - 1).push_back(',');
    if (kinds != ",," && kinds.find(",cpu,") == std::string::npos)
      continue;
    const std::string root = kinds == ",," ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
    for (std::string path = line.substr(second + 1); path.size() > 1; path.resize(path.rfind('/')))
      least = std::min(least, granted(root + path));
  }
  return least;
}

} // namespace

int usable_cores() {
  static const double limit = granted();
  int cores = static_cast<int>(std::thread::hardware_concurrency());
#ifdef __linux__
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) // fails on more than 1024 processors
    cores = CPU_COUNT(&allowed);
#endif
  return std::max(1, static_cast<int>(std::min<double>(cores, std::ceil(limit))));
}

} // namespace onionskin
